"""An index of the proposals that owe a report, so that late reports are counted without reading other proposals."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0073"
branch_labels = None
depends_on = None

_INDEX, _TABLE = "ix_proposal_report", "proposal"
_OWES = sa.text("report_due_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(_INDEX, _TABLE, ["edition_id", "report_due_at"], postgresql_where=_OWES, sqlite_where=_OWES)


def downgrade() -> None:
    op.drop_index(_INDEX, _TABLE)
