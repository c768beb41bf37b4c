"""Webhooks of an edition, their calls and every try of one."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

DUE = sa.text("state IN ('created', 'sending')")


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("secret", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", Key, nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_webhook_edition_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_webhook_created_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_webhook_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_edition_id"), "webhook", ["edition_id"])
    op.create_table(
        "webhook_call",
        sa.Column("id", Key, nullable=False),
        sa.Column("webhook_id", Key, nullable=False),
        sa.Column("outbox_id", Key, nullable=False),
        sa.Column("state", sa.String(length=10), server_default=sa.text("'created'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_webhook_call_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("webhook_id", "outbox_id", name=op.f("uq_webhook_call_webhook_id_outbox_id")),
    )
    op.create_index(
        "ix_webhook_call_due", "webhook_call", ["next_try_at", "id"], postgresql_where=DUE, sqlite_where=DUE
    )
    op.create_table(
        "webhook_try",
        sa.Column("id", Key, nullable=False),
        sa.Column("call_id", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["webhook_call.id"], name=op.f("fk_webhook_try_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_try")),
    )
    op.create_index(op.f("ix_webhook_try_call_id"), "webhook_try", ["call_id"])


def downgrade() -> None:
    op.drop_table("webhook_try")
    op.drop_table("webhook_call")
    op.drop_table("webhook")
