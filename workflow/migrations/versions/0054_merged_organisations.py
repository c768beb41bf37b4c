"""By whom and when an organisation was merged into another one."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import UtcDateTime

revision = "0054"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("merged_at", UtcDateTime(), nullable=True))
    # In plain SQL: SQLite adds such a column without copying the table, which other tables refer to.
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    reference = "CONSTRAINT fk_organisation_merged_by_id REFERENCES person (id)"
    op.execute(f"ALTER TABLE organisation ADD COLUMN merged_by_id {kind} {reference}")


def downgrade() -> None:
    op.execute("ALTER TABLE organisation DROP COLUMN merged_by_id")
    op.drop_column("organisation", "merged_at")
