"""A meeting of the committee or of the appeal body: agenda, attendance, motions."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Numbered, partial_index
from workflow.models.subject import Subject


class Meeting(Subject, Base):
    """A session in a room, remote or both, or a vote by circulation; private until it is announced."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("edition_id", "body", "number"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # A value of `workflow.rules.bodies.Body`.
    body: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    # "room", "remote", "mixed" or "circulation"
    form: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    starts_at: Mapped[datetime | None]
    # Until when votes by circulation are taken.
    answer_until: Mapped[datetime | None]
    convened_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # Who presides; a deputy where the chair is away.
    chair_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    minute_taker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AgendaItem(Base):
    """One point of the agenda; a point about a project names it."""

    __tablename__ = "agenda_item"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))


class Attendance(Numbered, Base):
    """One person present in one seat, from arrival to leaving; who left and came back has two rows."""

    __tablename__ = "attendance"
    __table_args__ = (
        partial_index("uq_attendance_seat", "meeting_id", "seat_id", where="left_at IS NULL", unique=True),
        partial_index("uq_attendance_person", "meeting_id", "person_id", where="left_at IS NULL", unique=True),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # A value of `workflow.rules.bodies.Capacity`.
    capacity: Mapped[str] = mapped_column(String(12))
    arrived_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Absence(Base):
    """Why nobody sits in a seat, as it was given beforehand or afterwards."""

    __tablename__ = "absence"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    excused: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class Motion(Base):
    """What is put to the vote; its outcome and figures are computed from the ballots of its poll."""

    __tablename__ = "motion"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    # Counted within the meeting, from 1.
    number: Mapped[int] = mapped_column(primary_key=True)
    # A value of `workflow.rules.session.MotionKind`.
    kind: Mapped[str] = mapped_column(String(12))
    wording: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime]
    # "open", "carried", "lost", "adopted", "withdrawn" or "split"
    outcome: Mapped[str] = mapped_column(String(12), server_default=text("'open'"))
    # Whether it is voted on in secret.
    secret: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # The motion about a list that this one was split from.
    split_from: Mapped[int | None] = mapped_column(Integer)
    # What was computed from the ballots; None until they are counted.
    figures: Mapped[dict[str, Any] | None] = mapped_column(Json)


class MotionItem(Base):
    """What the motion proposes for one project."""

    __tablename__ = "motion_item"
    __table_args__ = (ForeignKeyConstraint(["meeting_id", "motion_number"], ["motion.meeting_id", "motion.number"]),)

    meeting_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    motion_number: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    # "select", "place_on_reserve" or "reject": the step that announces it
    outcome: Mapped[str] = mapped_column(String(20))
    position: Mapped[int | None] = mapped_column(Integer)
    justification: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # Why the motion departs from what the rule proposes; empty where it does not.
    departure: Mapped[str] = mapped_column(Text, server_default=EMPTY)
