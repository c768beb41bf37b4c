"""What was changed about a person, by whom: names, addresses, organisations, merging; roles have rows of their own."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered


class PersonChange(Numbered, Base):
    """One change, written in the transaction that made it; never changed and never deleted."""

    __tablename__ = "person_change"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # The edition whose office made it; None where an administrator or the operator did.
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    # One of `rules.people.PersonChangeKind`.
    kind: Mapped[str] = mapped_column(String(30))
    before: Mapped[str] = mapped_column(String(400), server_default=EMPTY)
    after: Mapped[str] = mapped_column(String(400), server_default=EMPTY)
    # None: the operator, at the machine itself.
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
