"""A longer term for handing in that one group was given."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposal", sa.Column("submission_until", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("proposal", "submission_until")
