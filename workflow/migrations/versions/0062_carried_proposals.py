"""Projects of an earlier edition that go on as ideas in a later one."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0062"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name = "carried_proposal"
    op.create_table(
        name,
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("from_id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f(f"fk_{name}_proposal_id")),
        sa.ForeignKeyConstraint(["from_id"], ["proposal.id"], name=op.f(f"fk_{name}_from_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f(f"fk_{name}_edition_id")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("from_id", "edition_id", name=op.f(f"uq_{name}_from_id_edition_id")),
    )


def downgrade() -> None:
    op.drop_table("carried_proposal")
