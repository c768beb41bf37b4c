"""An index for each order of a list, and lists kept under a name."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PUBLIC = sa.text(
    "state IN ('cancelled', 'completed', 'in_implementation', 'reserve', 'selected', 'settled', 'suspended')"
)
DEFAULT = sa.text("is_default")


def upgrade() -> None:
    op.create_index("ix_proposal_cost", "proposal", ["edition_id", "cost", "id"])
    op.create_index("ix_proposal_due", "proposal", ["edition_id", "due_at", "id"])
    op.create_index(
        "ix_proposal_public", "proposal", ["edition_id", "sort_key", "id"], postgresql_where=PUBLIC, sqlite_where=PUBLIC
    )
    # A list is of one edition, and is read from the index of its order.
    op.drop_index("ix_proposal_sector", "proposal")
    op.drop_index("ix_proposal_area", "proposal")
    op.create_table(
        "saved_filter",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_saved_filter_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("person_id", "edition_id", "name", name=op.f("uq_saved_filter_person_id_edition_id_name")),
    )
    op.create_index(op.f("ix_saved_filter_edition_id"), "saved_filter", ["edition_id"])
    op.create_index(
        "uq_saved_filter_default", "saved_filter", ["person_id", "edition_id"], unique=True,
        postgresql_where=DEFAULT, sqlite_where=DEFAULT,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("saved_filter")
    op.create_index("ix_proposal_area", "proposal", ["area"])
    op.create_index("ix_proposal_sector", "proposal", ["sector"])
    op.drop_index("ix_proposal_public", "proposal")
    op.drop_index("ix_proposal_due", "proposal")
    op.drop_index("ix_proposal_cost", "proposal")
