"""Proxies of meetings, and who casts the vote of a seat by proxy."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0037"
down_revision = "0034"
branch_labels = None
depends_on = None

RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "proxy",
        sa.Column("id", Key, nullable=False),
        sa.Column("meeting_id", Key, nullable=False),
        sa.Column("from_seat_id", Key, nullable=False),
        sa.Column("to_seat_id", Key, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_type", sa.String(length=100), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=True),
        sa.Column("recorded_by_id", Key, nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("from_seat_id <> to_seat_id", name=op.f("ck_proxy_two_seats")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_proxy_meeting_id")),
        sa.ForeignKeyConstraint(["from_seat_id"], ["seat.id"], name=op.f("fk_proxy_from_seat_id")),
        sa.ForeignKeyConstraint(["to_seat_id"], ["seat.id"], name=op.f("fk_proxy_to_seat_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_proxy_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy")),
        sa.UniqueConstraint("file_key", name=op.f("uq_proxy_file_key")),
    )
    op.create_index("uq_proxy_running", "proxy", ["meeting_id", "from_seat_id"], unique=True, postgresql_where=RUNNING,
                    sqlite_where=RUNNING)  # fmt: skip
    # One statement on both databases: SQLite adds a column with its reference, but no constraint afterwards.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE elector ADD COLUMN cast_by_id {kind} CONSTRAINT fk_elector_cast_by_id REFERENCES person (id)"
    )
    op.create_index(op.f("ix_elector_cast_by_id"), "elector", ["cast_by_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_elector_cast_by_id"), "elector")
    op.drop_column("elector", "cast_by_id")
    op.drop_table("proxy")
