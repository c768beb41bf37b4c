"""Where letters for minors go, whom a letter is for, and addresses for letters on paper."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    op.add_column("consent", sa.Column("letters_to", sa.String(length=254), server_default=EMPTY, nullable=False))
    op.add_column("person", sa.Column("postal_address", sa.String(length=300), server_default=EMPTY, nullable=False))
    op.add_column("delivery", sa.Column("for_id", Key, nullable=True))


def downgrade() -> None:
    op.drop_column("delivery", "for_id")
    op.drop_column("person", "postal_address")
    op.drop_column("consent", "letters_to")
