"""Votes by hands: counts of two people by sector and choice."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("poll", sa.Column("by_hands", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "hand_count",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("clerk", sa.Integer(), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("typed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("clerk IN (1, 2)", name=op.f("ck_hand_count_two_clerks")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_hand_count_poll_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hand_count_person_id")),
        sa.PrimaryKeyConstraint("poll_id", "clerk", name=op.f("pk_hand_count")),
        sa.UniqueConstraint("poll_id", "person_id", name=op.f("uq_hand_count_poll_id_person_id")),
    )
    op.create_table(
        "hand_line",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("clerk", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(length=120), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_hand_line_count")),
        sa.ForeignKeyConstraint(
            ["poll_id", "clerk"], ["hand_count.poll_id", "hand_count.clerk"], name=op.f("fk_hand_line_poll_id_clerk")
        ),
        sa.PrimaryKeyConstraint("poll_id", "clerk", "sector", "choice", name=op.f("pk_hand_line")),
    )


def downgrade() -> None:
    op.drop_table("hand_line")
    op.drop_table("hand_count")
    op.drop_column("poll", "by_hands")
