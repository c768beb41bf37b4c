"""Pictures of projects that everybody may see."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_picture",
        sa.Column("file_id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("description", sa.String(300), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.Column("shown_by_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["proposal_file.id"], name=op.f("fk_public_picture_file_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_public_picture_proposal_id")),
        sa.ForeignKeyConstraint(["shown_by_id"], ["person.id"], name=op.f("fk_public_picture_shown_by_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_public_picture")),
    )
    op.create_index(op.f("ix_public_picture_proposal_id"), "public_picture", ["proposal_id"])


def downgrade() -> None:
    op.drop_table("public_picture")
