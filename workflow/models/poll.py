"""A poll of a motion: its frozen electorate, the ballots by name, or hands as two people counted them.

What a secret vote leaves is in `workflow.models.secret_ballot`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Key, partial_index
from workflow.models.subject import Subject


class Poll(Subject, Base):
    """One question put to a frozen electorate; a cast ballot is a row, not a step, and moves nothing here."""

    __tablename__ = "poll"
    __table_args__ = (
        ForeignKeyConstraint(["meeting_id", "motion_number"], ["motion.meeting_id", "motion.number"]),
        # What secret ballots point at.
        Index("uq_poll_id_secret", "id", "secret", unique=True),
        partial_index("uq_poll_motion", "meeting_id", "motion_number", where="state <> 'annulled'", unique=True),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # The motion that is voted on; a poll that was annulled may be repeated by another one.
    meeting_id: Mapped[int] = mapped_column(BigInteger)
    motion_number: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    # Whether hands are counted by two people; otherwise the vote is by name.
    by_hands: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # Whether nobody learns how anybody voted.
    secret: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
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
    # Who votes for an absent member by proxy; None where the member votes.
    cast_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    recused: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # Why the elector is recused, for the minutes.
    recusal_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    voted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # Whether a card of a secret vote was handed out; until it is given back it bars the screen.
    card_issued: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # By what way a secret vote came in: "screen", "card" or empty; a vote by name says it on the ballot.
    channel: Mapped[str] = mapped_column(String(12), server_default=EMPTY)


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


class HandCount(Base):
    """That a person has counted the hands of a vote; two do, and neither sees the figures of the other before."""

    __tablename__ = "hand_count"
    __table_args__ = (
        UniqueConstraint("poll_id", "person_id"),
        CheckConstraint("clerk IN (1, 2)", name="two_clerks"),
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    # 1 or 2, in the order in which they handed in.
    clerk: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    typed_at: Mapped[datetime]


class HandLine(Base):
    """How many hands of a sector one of the two people counted for a choice."""

    __tablename__ = "hand_line"
    __table_args__ = (
        ForeignKeyConstraint(["poll_id", "clerk"], ["hand_count.poll_id", "hand_count.clerk"]),
        CheckConstraint("count >= 0", name="count"),
    )

    poll_id: Mapped[int] = mapped_column(Key, primary_key=True)
    clerk: Mapped[int] = mapped_column(primary_key=True)
    sector: Mapped[str] = mapped_column(String(120), primary_key=True)
    # "for", "against" or "abstain"
    choice: Mapped[str] = mapped_column(String(12), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
