"""Letters that were withdrawn because the step that they tell of was taken back."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import UtcDateTime

revision = "0036"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("outbox", "delivery"):
        op.add_column(table, sa.Column("withdrawn_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    for table in ("outbox", "delivery"):
        op.drop_column(table, "withdrawn_at")
