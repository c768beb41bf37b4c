"""An organisation, and who belongs to it since when."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index


class Organisation(Numbered, Base):
    """A commune, company, school or association; attendance, seats, conflicts and promises refer to it."""

    __tablename__ = "organisation"
    __table_args__ = (Index("ix_organisation_search", "search"),)

    name: Mapped[str] = mapped_column(String(200))
    # The name folded to plain lower-case ASCII letters: organisations of one folded name are offered for merging.
    search: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), server_default=EMPTY)
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    commune: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    contact: Mapped[str] = mapped_column(String(400), server_default=EMPTY)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    merged_at: Mapped[datetime | None]
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Affiliation(Numbered, Base):
    """One person belongs to one organisation from one day to another; without an end it goes on."""

    __tablename__ = "affiliation"
    __table_args__ = (
        partial_index("uq_affiliation_open", "person_id", "organisation_id", where="to_on IS NULL", unique=True),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    # None where it was carried over from a time when no day was recorded.
    from_on: Mapped[date | None] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
