"""Resolutions about appeals wait beside one of the committee: one waits for a project and a body at a time.

Down, the index is made anew for all bodies together, which fails while two resolutions wait about one project.

Revision ID: 0056
Revises: 0061
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0056"
down_revision: str | None = "0061"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PENDING = sa.text("pending")


def upgrade() -> None:
    _index("proposal_id", "body")


def downgrade() -> None:
    _index("proposal_id")


def _index(*columns: str) -> None:
    op.drop_index("uq_decision_pending", "decision")
    op.create_index("uq_decision_pending", "decision", list(columns), unique=True, postgresql_where=PENDING,
                    sqlite_where=PENDING)  # fmt: skip
