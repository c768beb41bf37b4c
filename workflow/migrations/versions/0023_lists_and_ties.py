"""Ballots of a hall, the draw of an edition, and ties that were broken."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0023"
down_revision = "0018"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    op.create_table(
        "hall_vote",
        sa.Column("edition_id", Key, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_hall_vote_edition_id")),
        sa.ForeignKeyConstraint(["imported_by_id"], ["person.id"], name=op.f("fk_hall_vote_imported_by_id")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_hall_vote")),
    )
    op.create_table(
        "tie_draw",
        sa.Column("edition_id", Key, autoincrement=False, nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("committed_at", UtcDateTime(), nullable=False),
        sa.Column("committed_by_id", Key, nullable=False),
        sa.Column("word", sa.String(length=200), server_default=EMPTY, nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=True),
        sa.Column("drawn_by_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_tie_draw_edition_id")),
        sa.ForeignKeyConstraint(["committed_by_id"], ["person.id"], name=op.f("fk_tie_draw_committed_by_id")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["person.id"], name=op.f("fk_tie_draw_drawn_by_id")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_tie_draw")),
    )
    op.create_table(
        "tie",
        sa.Column("edition_id", Key, autoincrement=False, nullable=False),
        sa.Column("members_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("members", Json, nullable=False),
        sa.Column("taken_in", Json, nullable=False),
        sa.Column("broken_by", sa.String(length=12), nullable=False),
        sa.Column("meeting_id", Key, nullable=True),
        sa.Column("motion_number", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_tie_edition_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_tie_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "motion_number"], ["motion.meeting_id", "motion.number"],
            name=op.f("fk_tie_meeting_id_motion_number"),
        ),
        sa.PrimaryKeyConstraint("edition_id", "members_digest", name=op.f("pk_tie")),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("tie", "tie_draw", "hall_vote"):
        op.drop_table(table)
