"""Versions of the project sheet, drafts of its sections, and what an edition settles about them."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sheet_sections", Json, server_default=sa.text("'{}'"), nullable=False))
    op.create_table(
        "sheet_version",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by_id", Key, nullable=True),
        sa.Column("by_name", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("receipt", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_sheet_version_proposal_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_sheet_version_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_version")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_sheet_version_proposal_id_number")),
    )
    op.create_table(
        "section_draft",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("typed", Json, nullable=True),
        sa.Column("base", sa.String(length=16), server_default=sa.text("''"), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_section_draft_proposal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_section_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_draft")),
        sa.UniqueConstraint(
            "proposal_id", "section", "person_id", name=op.f("uq_section_draft_proposal_id_section_person_id")
        ),
    )
    with op.batch_alter_table("section_draft", schema=None) as batch_op:
        batch_op.create_index("ix_section_draft_person", ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("section_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_section_draft_person")
    op.drop_table("section_draft")
    op.drop_table("sheet_version")
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_column("sheet_sections")
