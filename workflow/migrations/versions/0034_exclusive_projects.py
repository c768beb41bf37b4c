"""Projects of which only one can be selected."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0034"
down_revision = "0036"
branch_labels = None
depends_on = None

VALID = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "exclusive_project",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", Key, nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_exclusive_project_edition_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_exclusive_project_proposal_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_exclusive_project_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusive_project")),
    )
    op.create_index(op.f("ix_exclusive_project_edition_id"), "exclusive_project", ["edition_id"])
    op.create_index("uq_exclusive_project_valid", "exclusive_project", ["proposal_id"], unique=True,
                    postgresql_where=VALID, sqlite_where=VALID)  # fmt: skip


def downgrade() -> None:
    op.drop_table("exclusive_project")
