"""Files of proposals."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal_file",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("has_small", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_by_id", Key, nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed_by_id", Key, nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("bytes_removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_proposal_file_added_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_file_proposal_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["person.id"], name=op.f("fk_proposal_file_removed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_file")),
        sa.UniqueConstraint("key", name=op.f("uq_proposal_file_key")),
    )
    op.create_index("ix_proposal_file_proposal", "proposal_file", ["proposal_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_proposal_file_proposal", table_name="proposal_file")
    op.drop_table("proposal_file")
