"""No index that nobody asks: each step of the work wrote into both."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_history_actor", "history")
    op.drop_index("ix_outbox_subject", "outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_subject", "outbox", ["subject_kind", "subject_id"])
    op.create_index("ix_history_actor", "history", ["actor_id", "at"])
