"""Receipts for projects that were handed in."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", Key, nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("printed", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_receipt_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
    )
    op.create_index("ix_receipt_proposal_id", "receipt", ["proposal_id"])


def downgrade() -> None:
    op.drop_index("ix_receipt_proposal_id", table_name="receipt")
    op.drop_table("receipt")
