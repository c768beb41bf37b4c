"""The ladder of reminders: what the clock looks at next is worked out anew for every subject; no table changes."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from workflow.models.base import UtcDateTime

revision = "0028"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The days of reminders have changed, so that the next of them may come before the moment that was noted. Nothing is
    # sent twice: reminders until `reminded_until` stay over.
    timer = sa.table("timer", sa.column("due_at", UtcDateTime()))
    now = datetime.now(UTC)
    op.execute(timer.update().where(timer.c.due_at > now).values(due_at=now))


def downgrade() -> None:
    """Nothing to take back: the next look at a subject works out when to look again."""
