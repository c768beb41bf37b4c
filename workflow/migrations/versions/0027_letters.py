"""Texts of letters that an edition has of its own, and letters that wait for a person before they go out."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0027"
down_revision = "0033"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    op.create_table(
        "letter_text",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_shipped", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("subject", sa.String(length=200), server_default=EMPTY, nullable=False),
        sa.Column("happened", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("below", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("appeal", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("expected", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("changed_by_id", Key, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("approved_by_id", Key, nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_letter_text_approved_by_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_letter_text_changed_by_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_letter_text_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
    )
    op.create_index("ix_letter_text_edition", "letter_text", ["edition_id", "topic", "language"])
    op.create_table(
        "letter_batch",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=80), server_default=EMPTY, nullable=False),
        sa.Column("recipients", sa.String(length=40), server_default=EMPTY, nullable=False),
        sa.Column("made_by_id", Key, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", Key, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_letter_batch_decided_by_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_letter_batch_edition_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_letter_batch_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_index("ix_letter_batch_edition", "letter_batch", ["edition_id", "id"])
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    # In plain SQL: SQLite adds such a column without copying the table, which other tables refer to.
    reference = "CONSTRAINT fk_outbox_batch_id REFERENCES letter_batch (id)"
    op.execute(f"ALTER TABLE outbox ADD COLUMN batch_id {kind} {reference}")
    given = sa.text("batch_id IS NOT NULL")
    op.create_index("ix_outbox_batch", "outbox", ["batch_id"], postgresql_where=given, sqlite_where=given)


def downgrade() -> None:
    op.drop_index("ix_outbox_batch", "outbox")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("batch_id")
    op.drop_table("letter_batch")
    op.drop_table("letter_text")
