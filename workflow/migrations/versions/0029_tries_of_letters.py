"""Each try to send a letter is a row; addresses whose letters come back; letters are found by their subject."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_try",
        sa.Column("id", Key, nullable=False),
        sa.Column("delivery_id", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reply", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_try_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_try")),
    )
    op.create_index("ix_delivery_try_delivery", "delivery_try", ["delivery_id"])
    op.create_index("ix_delivery_try_at", "delivery_try", ["at"])
    op.create_table(
        "address_fault",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("lasting", sa.Boolean(), nullable=False),
        sa.Column("reply", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_address_fault")),
    )
    op.create_index("ix_outbox_subject", "outbox", ["subject_kind", "subject_id"])
    # What was sent before there were tries has its one success written down, so that the figures go back as far.
    op.execute(
        "INSERT INTO delivery_try (delivery_id, at, outcome, reply) SELECT id, sent_at, 'accepted', '' FROM delivery "
        "WHERE channel = 'email' AND state = 'sent' AND sent_at IS NOT NULL ORDER BY id"
    )
    op.execute(
        "INSERT INTO delivery_try (delivery_id, at, outcome, reply) SELECT id, next_try_at, 'refused', error "
        "FROM delivery WHERE channel = 'email' AND state = 'failed' ORDER BY id"
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_subject", "outbox")
    op.drop_table("address_fault")
    op.drop_table("delivery_try")
