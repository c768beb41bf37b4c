"""A poll of a motion: its frozen electorate and the ballots; by name."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Json
from workflow.models.subject import Subject

EMPTY = text("''")
VALID = text("state <> 'annulled'")


class Poll(Subject, Base):
    """One question put to a frozen electorate; a cast ballot is a row, not a step, and moves nothing here."""

    __tablename__ = "poll"
    __table_args__ = (
        ForeignKeyConstraint(["meeting_id", "motion_number"], ["motion.meeting_id", "motion.number"]),
        Index("uq_poll_motion", "meeting_id", "motion_number", unique=True, postgresql_where=VALID, sqlite_where=VALID),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # The motion that is voted on; a poll that was annulled may be repeated by another one.
    meeting_id: Mapped[int] = mapped_column(BigInteger)
    motion_number: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    # Quorum, majority and parity as they were at opening, and their SHA-256.
    rules: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    rules_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # The figures and conditions as counted, and their SHA-256.
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    result_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)


class Elector(Base):
    """One seat that may vote in one poll, and who casts its vote; frozen when the poll opens."""

    __tablename__ = "elector"
    __table_args__ = (CheckConstraint("NOT (recused AND voted)", name="recused_never_votes"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    recused: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # Why the elector is recused, for the minutes.
    recusal_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    voted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Ballot(Base):
    """A vote by name: replaced until closing, never deleted; typed in for a vote by hands."""

    __tablename__ = "ballot"
    __table_args__ = (ForeignKeyConstraint(["poll_id", "seat_id"], ["elector.poll_id", "elector.seat_id"]),)

    poll_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    # "for", "against" or "abstain"
    choice: Mapped[str] = mapped_column(String(12))
    # "screen", or "hands" where the minute-taker entered what was seen in the room.
    channel: Mapped[str] = mapped_column(String(12))
    cast_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # False for a vote that is void, since a conflict of interest was found after it was cast.
    valid: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
