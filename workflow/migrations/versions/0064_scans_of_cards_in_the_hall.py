"""The scan of the cards of a vote in the hall."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0064"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hall_card_scan",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_key", sa.String(64), nullable=False),
        sa.Column("attached_by_id", Key, nullable=False),
        sa.Column("attached_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["hall_poll.id"], name=op.f("fk_hall_card_scan_poll_id")),
        sa.ForeignKeyConstraint(["attached_by_id"], ["person.id"], name=op.f("fk_hall_card_scan_attached_by_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_hall_card_scan")),
        sa.UniqueConstraint("file_key", name=op.f("uq_hall_card_scan_file_key")),
    )


def downgrade() -> None:
    op.drop_table("hall_card_scan")
