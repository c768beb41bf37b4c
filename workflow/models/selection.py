"""What a list is drawn up from beside score cards: the ballots of a hall, a draw, and how ties were broken."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Key


class HallVote(Base):
    """The ballots of a hall, imported for an edition; voters are numbered and nothing else about them is there."""

    __tablename__ = "hall_vote"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    # In the form of Pabulib, as the product writes it.
    content: Mapped[str] = mapped_column(Text)
    # SHA-256 of the file that was imported.
    file_digest: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class TieDraw(Base):
    """The draw of an edition: its commitment is shown at once, seed and word when it was drawn; there is one only."""

    __tablename__ = "tie_draw"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    # SHA-256 of the seed and the edition's reference.
    commitment: Mapped[str] = mapped_column(String(64))
    # Read by nobody before it is drawn.
    seed: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime]
    committed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # What was said aloud and typed before the order was shown.
    word: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    drawn_at: Mapped[datetime | None]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Tie(Base):
    """A tie between projects of an edition and how it was broken; recorded once, never changed."""

    __tablename__ = "tie"
    __table_args__ = (ForeignKeyConstraint(["meeting_id", "motion_number"], ["motion.meeting_id", "motion.number"]),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    # SHA-256 of the sorted members.
    members_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    # "boundary", "round" or "reserve"
    kind: Mapped[str] = mapped_column(String(12))
    # Numbers of projects, sorted.
    members: Mapped[list[Any]] = mapped_column(Json)
    # The members in the order in which they are taken.
    taken_in: Mapped[list[Any]] = mapped_column(Json)
    # "draw", "chair" or "joint"
    broken_by: Mapped[str] = mapped_column(String(12))
    # The motion by which the chair's order was decided, where there was one.
    meeting_id: Mapped[int | None] = mapped_column(Key)
    motion_number: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
