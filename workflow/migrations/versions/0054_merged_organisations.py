"""By whom and when an organisation was merged into another one."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0054"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation") as table:
        table.add_column(sa.Column("merged_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("merged_by_id", Key, nullable=True))
        table.create_foreign_key(op.f("fk_organisation_merged_by_id"), "person", ["merged_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("organisation") as table:
        table.drop_constraint(op.f("fk_organisation_merged_by_id"), type_="foreignkey")
        table.drop_column("merged_by_id")
        table.drop_column("merged_at")
