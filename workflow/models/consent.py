"""A guardian's or a school's consent that a minor takes part."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered


class Consent(Numbered, Base):
    """Recorded by the office from a document; withdrawn, never deleted. `person.guardian_consent_at` follows it."""

    __tablename__ = "consent"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # "guardian" or "school", see `workflow.rules.choices`.
    kind: Mapped[str] = mapped_column(String(20))
    # Who consented: the guardian, or the school with the person who signed for it.
    given_by: Mapped[str] = mapped_column(String(200))
    given_on: Mapped[date] = mapped_column(Date)
    # Where letters for the minor go, of whoever consented; empty where the group's adult or the office gets them.
    letters_to: Mapped[str] = mapped_column(String(254), server_default=EMPTY)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
