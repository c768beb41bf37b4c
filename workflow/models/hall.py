"""A vote in the hall of a conference: its options, its frozen electorate, the sealed box, and what is laid out of it.

Cards are typed by two people; what they typed is in `workflow.models.hall_cards`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Key
from workflow.models.secret_ballot import WITHOUT_ROWID
from workflow.models.subject import Subject

NO = text("false")


class HallPoll(Subject, Base):
    """One question put to everybody who was checked in; `due_at` is its end, where it has one."""

    __tablename__ = "hall_poll"
    # What secret ballots point at.
    __table_args__ = (Index("uq_hall_poll_id_secret", "id", "secret", unique=True),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    # "ayes" (for, against, abstain), "approve", "points" or "rank"
    method: Mapped[str] = mapped_column(String(12), server_default=text("'ayes'"))
    # The most options on a ballot; None where there is no such limit.
    max_choices: Mapped[int | None]
    points_total: Mapped[int | None]
    points_each: Mapped[int | None]
    # Whether nobody learns how anybody voted.
    secret: Mapped[bool] = mapped_column(Boolean, server_default=NO)
    # For how many minutes it is open; None until somebody closes it.
    minutes: Mapped[int | None]
    # Sectors of each stratum, the length of a sealed ballot and from when on receipts show choices; frozen at opening.
    rules: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    rules_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # What the count wrote beside the ballots, and SHA-256 of the result file.
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    result_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)


class HallOption(Base):
    """Something that can be chosen; a project as it was when the vote was prepared, or free text."""

    __tablename__ = "hall_option"
    __table_args__ = (UniqueConstraint("poll_id", "place"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("hall_poll.id"), primary_key=True)
    # The number of the project in its edition, else a letter with a number; "for" and so on for ayes.
    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    place: Mapped[int]
    label: Mapped[str] = mapped_column(Text)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    # What voters read below the label.
    details: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # In grosze.
    cost: Mapped[int] = mapped_column(Key, server_default=text("0"))


class HallElector(Base):
    """Somebody who was checked in when the vote was opened; no column tells when a vote was cast."""

    __tablename__ = "hall_elector"
    __table_args__ = (
        UniqueConstraint("poll_id", "person_id"),
        Index("ix_hall_elector_voted", "poll_id", "voted"),
        CheckConstraint("voted OR channel = ''", name="channel_of_a_vote"),
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey("hall_poll.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    # The sectors that are counted together.
    stratum: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    voted: Mapped[bool] = mapped_column(Boolean, server_default=NO)
    # "screen", "card" or empty
    channel: Mapped[str] = mapped_column(String(12), server_default=EMPTY)
    # Whether a card was handed out; until it is given back it bars the screen.
    card_issued: Mapped[bool] = mapped_column(Boolean, server_default=NO)


class HallBox(Base):
    """A sealed ballot of an open secret vote; gone when it is closed. No column tells time, person or order."""

    __tablename__ = "hall_box"
    __table_args__ = (WITHOUT_ROWID,)

    poll_id: Mapped[int] = mapped_column(ForeignKey("hall_poll.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(8), primary_key=True)
    # Choice and stratum, encrypted by the key of the vote; of one length in a vote.
    sealed: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]


class HallBallot(Base):
    """A ballot of a closed vote without a name: from the box or from a card, laid out in random order."""

    __tablename__ = "hall_ballot"
    __table_args__ = (
        ForeignKeyConstraint(["poll_id", "secret"], ["hall_poll.id", "hall_poll.secret"]),
        CheckConstraint("secret", name="of_a_secret_vote"),
        WITHOUT_ROWID,
    )

    poll_id: Mapped[int] = mapped_column(Key, primary_key=True)
    # The number of its receipt; a fresh random one where receipts and choices are lists apart.
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    secret: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    # Canonical JSON: a list of options, or options with points.
    choice: Mapped[str] = mapped_column(Text)
    # Empty for a card, and where too few of a stratum voted.
    stratum: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class HallNamedBallot(Base):
    """A vote by name: replaced until closing, never deleted."""

    __tablename__ = "hall_named_ballot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["poll_id", "registration_id"], ["hall_elector.poll_id", "hall_elector.registration_id"]
        ),
    )  # fmt: skip

    poll_id: Mapped[int] = mapped_column(Key, primary_key=True)
    registration_id: Mapped[int] = mapped_column(Key, primary_key=True)
    choice: Mapped[str] = mapped_column(Text)
    cast_at: Mapped[datetime]


class HallReceipt(Base):
    """The number of a ballot that was in the box, where no receipt shows a choice."""

    __tablename__ = "hall_receipt"
    __table_args__ = (WITHOUT_ROWID,)

    poll_id: Mapped[int] = mapped_column(ForeignKey("hall_poll.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(8), primary_key=True)
