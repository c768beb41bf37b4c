"""Why and by whom projects that excluded each other were admitted together again."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0039"
down_revision = "0051"
branch_labels = None
depends_on = None

TABLE = "exclusive_project"
KEY = "fk_exclusive_project_removed_by_id"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("removed_by_id", Key, nullable=True))
        table.add_column(sa.Column("removal_reason", sa.Text(), nullable=False, server_default=sa.text("''")))
        table.create_foreign_key(op.f(KEY), "person", ["removed_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(KEY), type_="foreignkey")
        table.drop_column("removal_reason")
        table.drop_column("removed_by_id")
