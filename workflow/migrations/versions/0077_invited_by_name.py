"""The name by which somebody was invited into a group, whose address the group does not learn."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group_invitation", sa.Column("name", sa.String(200), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    op.drop_column("group_invitation", "name")
