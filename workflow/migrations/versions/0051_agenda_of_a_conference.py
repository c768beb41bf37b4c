"""The agenda of a conference, and what its screen shows."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0051"
down_revision = "0047"
branch_labels = None
depends_on = None

EMPTY, ZERO = sa.text("''"), sa.text("0")
OF_PROJECT = sa.text("proposal_id IS NOT NULL")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    _create_agenda()
    _create_agenda_slot()
    _create_agenda_change()
    _create_screen()


def _create_agenda() -> None:
    op.create_table(
        "agenda",
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default=ZERO),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ordered_by", sa.String(8), nullable=False, server_default=sa.text("'hand'")),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("word", sa.String(80), nullable=False, server_default=EMPTY),
        sa.Column("drawn_at", UtcDateTime(), nullable=True),
        sa.Column("frozen_from", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        _refers("agenda", "conference_id", "conference"),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_agenda")),
    )


def _create_agenda_slot() -> None:
    op.create_table(
        "agenda_slot",
        sa.Column("id", Key, nullable=False),
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("title", sa.String(200), nullable=False, server_default=EMPTY),
        sa.Column("proposal_id", Key, nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("presenter", sa.String(200), nullable=False, server_default=EMPTY),
        sa.Column("state", sa.String(8), nullable=False, server_default=sa.text("'waiting'")),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _refers("agenda_slot", "conference_id", "conference"),
        _refers("agenda_slot", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_slot")),
    )
    op.create_index("ix_agenda_slot_conference_place", "agenda_slot", ["conference_id", "place"])
    op.create_index("uq_agenda_slot_project", "agenda_slot", ["conference_id", "proposal_id"], unique=True,
                    postgresql_where=OF_PROJECT, sqlite_where=OF_PROJECT)  # fmt: skip
    op.create_index(op.f("ix_agenda_slot_proposal_id"), "agenda_slot", ["proposal_id"])


def _create_agenda_change() -> None:
    op.create_table(
        "agenda_change",
        sa.Column("id", Key, nullable=False),
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=EMPTY),
        sa.Column("by_id", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _refers("agenda_change", "conference_id", "conference"),
        _refers("agenda_change", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_change")),
    )
    op.create_index(op.f("ix_agenda_change_conference_id"), "agenda_change", ["conference_id"])


def _create_screen() -> None:
    op.create_table(
        "screen",
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default=ZERO),
        sa.Column("slot_id", Key, nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("extra_seconds", sa.Integer(), nullable=False, server_default=ZERO),
        sa.Column("moderator_id", Key, nullable=True),
        _refers("screen", "conference_id", "conference"),
        _refers("screen", "slot_id", "agenda_slot"),
        _refers("screen", "moderator_id", "person"),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_screen")),
    )


def downgrade() -> None:
    for table in ("screen", "agenda_change", "agenda_slot", "agenda"):
        op.drop_table(table)
