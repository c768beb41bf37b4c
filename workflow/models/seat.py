"""The seats of the committee and of the appeal body, and who holds them from when to when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered


class Seat(Numbered, Base):
    """A seat has a sector and an organisation of its own, whoever holds it; a vacated one keeps its number."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("edition_id", "body", "number"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="term"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # "committee" or "appeal"
    body: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    # "chair", "deputy", "secretary" or "member"
    function: Mapped[str] = mapped_column(String(12))
    # The number of the resolution by which the seat was filled.
    appointed_by: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)


class SeatHolder(Numbered, Base):
    """One person in one seat: the holder, or a substitute for when the holder is away."""

    __tablename__ = "seat_holder"
    __table_args__ = (
        UniqueConstraint("seat_id", "person_id", "from_on"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="term"),
    )

    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # "holder" or "substitute"
    capacity: Mapped[str] = mapped_column(String(12))
    # The order in which substitutes are called; 0 for the holder.
    rank: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
