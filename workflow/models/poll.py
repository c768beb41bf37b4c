"""A poll: its frozen electorate and the ballots; by name."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Json, Key
from workflow.models.subject import Subject

EMPTY = text("''")
OPEN = text("state = 'open'")


class Poll(Subject, Base):
    """One question put to a frozen electorate; a cast ballot is a row, not a step, and moves nothing here."""

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_closes", "closes_at", postgresql_where=OPEN, sqlite_where=OPEN),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    # The poll that this one repeats, which was annulled.
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("poll.id"))
    question: Mapped[str] = mapped_column(Text)
    # "ayes": for, against, abstain.
    method: Mapped[str] = mapped_column(String(12))
    # Quorum, majority and parity as they were at opening, and their SHA-256.
    rules: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    rules_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # The figures and conditions as counted, and their SHA-256.
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    result_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)


class Elector(Base):
    """One seat that may vote in one poll, and who casts its vote; frozen when the poll opens."""

    __tablename__ = "elector"
    __table_args__ = (
        UniqueConstraint("poll_id", "seat_id"),
        CheckConstraint("NOT (recused AND voted)", name="recused_never_votes"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    recused: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # Why the elector is recused, for the minutes.
    recusal_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    voted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Ballot(Base):
    """A vote by name: replaced until closing, never deleted; typed in for a vote by hands."""

    __tablename__ = "ballot"

    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    # "for", "against" or "abstain"
    choice: Mapped[str] = mapped_column(String(12))
    # "screen", or "hands" where the minute-taker entered what was seen in the room.
    channel: Mapped[str] = mapped_column(String(12))
    cast_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
