"""Notes of the office about projects, the contact of the office, and saved views of the worklist."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

CONTACT = {"body": 200, "office": 200, "address": 300, "email": 254, "telephone": 60, "website": 200, "officer": 200,
           "officer_email": 254, "logo_digest": 64}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "office_note",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("written_by_id", Key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("key", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_office_note_proposal_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_office_note_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_note")),
        sa.UniqueConstraint("key", name=op.f("uq_office_note_key")),
    )
    op.create_index("ix_office_note_proposal", "office_note", ["proposal_id", "id"])
    texts = [
        sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''"))
        for name, length in CONTACT.items()
    ]
    op.create_table(
        "office_contact",
        sa.Column("id", Key, nullable=False),
        *texts,
        sa.Column("logo", sa.LargeBinary()),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_office_contact_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_contact")),
    )
    op.add_column("person", sa.Column("work_views", sa.Text(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    op.drop_column("person", "work_views")
    op.drop_table("office_contact")
    op.drop_index("ix_office_note_proposal", "office_note")
    op.drop_table("office_note")
