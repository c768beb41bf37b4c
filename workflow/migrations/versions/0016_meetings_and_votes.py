"""Meetings with agenda, attendance and motions; polls by name with electors and ballots; resolutions and decisions."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    _create_meeting()
    _create_agenda_item()
    _create_attendance()
    _create_motion()
    _create_motion_item()
    _create_poll()
    _create_resolution()
    _create_decision()
    _create_elector()
    _create_ballot()


def _create_meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("body", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=200), server_default=EMPTY, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("answer_until", UtcDateTime(), nullable=True),
        sa.Column("convened_at", UtcDateTime(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("chair_seat_id", Key, nullable=True),
        sa.Column("minute_taker_id", Key, nullable=True),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chair_seat_id"], ["seat.id"], name=op.f("fk_meeting_chair_seat_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_meeting_edition_id")),
        sa.ForeignKeyConstraint(["minute_taker_id"], ["person.id"], name=op.f("fk_meeting_minute_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("edition_id", "body", "number", name=op.f("uq_meeting_edition_id_body_number")),
    )


def _create_agenda_item() -> None:
    op.create_table(
        "agenda_item",
        sa.Column("meeting_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("proposal_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_agenda_item_proposal_id")),
        sa.PrimaryKeyConstraint("meeting_id", "number", name=op.f("pk_agenda_item")),
    )


def _create_attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", Key, nullable=False),
        sa.Column("meeting_id", Key, nullable=False),
        sa.Column("seat_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("capacity", sa.String(length=12), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("entered_by_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_attendance_entered_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_attendance_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index(
        "uq_attendance_person",
        "attendance",
        ["meeting_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "uq_attendance_seat",
        "attendance",
        ["meeting_id", "seat_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )


def _create_motion() -> None:
    op.create_table(
        "motion",
        sa.Column("meeting_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("put_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=12), server_default=sa.text("'open'"), nullable=False),
        sa.Column("figures", Json, nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_motion_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "number", name=op.f("pk_motion")),
    )


def _create_motion_item() -> None:
    op.create_table(
        "motion_item",
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("motion_number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("justification", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("departure", sa.Text(), server_default=EMPTY, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "motion_number"],
            ["motion.meeting_id", "motion.number"],
            name=op.f("fk_motion_item_meeting_id_motion_number"),
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_motion_item_proposal_id")),
        sa.PrimaryKeyConstraint("meeting_id", "motion_number", "proposal_id", name=op.f("pk_motion_item")),
    )


def _create_poll() -> None:
    op.create_table(
        "poll",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("motion_number", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("rules", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("rules_digest", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("result", Json, nullable=True),
        sa.Column("result_digest", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_poll_edition_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "motion_number"],
            ["motion.meeting_id", "motion.number"],
            name=op.f("fk_poll_meeting_id_motion_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
    )
    op.create_index(
        "uq_poll_motion",
        "poll",
        ["meeting_id", "motion_number"],
        unique=True,
        postgresql_where=sa.text("state <> 'annulled'"),
        sqlite_where=sa.text("state <> 'annulled'"),
    )


def _create_resolution() -> None:
    op.create_table(
        "resolution",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("body", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("motion_number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_resolution_edition_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "motion_number"],
            ["motion.meeting_id", "motion.number"],
            name=op.f("fk_resolution_meeting_id_motion_number"),
        ),
        sa.PrimaryKeyConstraint("edition_id", "body", "year", "number", name=op.f("pk_resolution")),
        sa.UniqueConstraint("meeting_id", "motion_number", name=op.f("uq_resolution_meeting_id_motion_number")),
    )


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("resolution_number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("justification", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("sheet_digest", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("announced_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id", "body", "year", "resolution_number"],
            ["resolution.edition_id", "resolution.body", "resolution.year", "resolution.number"],
            name=op.f("fk_decision_edition_id_body_year_resolution_number"),
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_decision_proposal_id")),
        sa.PrimaryKeyConstraint(
            "edition_id", "body", "year", "resolution_number", "proposal_id", name=op.f("pk_decision")
        ),
    )
    op.create_index(
        "uq_decision_active",
        "decision",
        ["proposal_id"],
        unique=True,
        postgresql_where=sa.text("active"),
        sqlite_where=sa.text("active"),
    )


def _create_elector() -> None:
    op.create_table(
        "elector",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("seat_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("sector", sa.String(length=120), server_default=EMPTY, nullable=False),
        sa.Column("recused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recusal_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("voted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("NOT (recused AND voted)", name=op.f("ck_elector_recused_never_votes")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_elector_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_elector_poll_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_elector_seat_id")),
        sa.PrimaryKeyConstraint("poll_id", "seat_id", name=op.f("pk_elector")),
    )
    op.create_index(op.f("ix_elector_person_id"), "elector", ["person_id"], unique=False)


def _create_ballot() -> None:
    op.create_table(
        "ballot",
        sa.Column("poll_id", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("cast_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_ballot_entered_by_id")),
        sa.ForeignKeyConstraint(
            ["poll_id", "seat_id"], ["elector.poll_id", "elector.seat_id"], name=op.f("fk_ballot_poll_id_seat_id")
        ),
        sa.PrimaryKeyConstraint("poll_id", "seat_id", name=op.f("pk_ballot")),
    )


def downgrade() -> None:
    for name in (
        "ballot",
        "elector",
        "decision",
        "resolution",
        "poll",
        "motion_item",
        "motion",
        "attendance",
        "agenda_item",
        "meeting",
    ):
        op.drop_table(name)
