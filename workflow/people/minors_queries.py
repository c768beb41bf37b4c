"""Reads the minors of an edition and their consents, for the office; two statements."""

from datetime import date, datetime

from msgspec import Struct, field
from sqlalchemy import Connection, select

from workflow.base.collation import sort_key
from workflow.base.grouping import grouped
from workflow.engine.membership import holds_here
from workflow.models import Consent, Person


class ConsentRow(Struct, frozen=True):
    """One consent, in force while nobody has ended it."""

    id: int
    kind: str
    given_by: str
    given_on: date
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    letters_to: str = ""


class Minor(Struct, frozen=True):
    """A minor who takes part in the edition."""

    id: int
    name: str
    organisation: str
    age_band: str
    # Since when a consent counts; also for one that was noted before consents were recorded each by itself.
    consent_at: datetime | None
    consents: tuple[ConsentRow, ...] = field(default=())

    @property
    def in_force(self) -> ConsentRow | None:
        """The latest consent that holds."""
        return next((consent for consent in self.consents if consent.withdrawn_at is None), None)


def minors_of(tx: Connection, edition_id: int, *, only: int | None = None) -> tuple[Minor, ...]:
    """The minors with a role in an edition in Polish order, or one of them."""
    wanted = [holds_here(edition_id), Person.is_minor.is_(True), *([Person.id == only] if only is not None else [])]
    people = tx.execute(
        select(Person.id, Person.name, Person.organisation, Person.age_band, Person.guardian_consent_at).where(*wanted)
    ).all()
    consents = _consents(tx, [row.id for row in people])
    minors = (Minor(*row, tuple(consents.get(row.id, ()))) for row in people)
    return tuple(sorted(minors, key=lambda minor: sort_key(minor.name)))


def _consents(tx: Connection, people: list[int]) -> dict[int, list[ConsentRow]]:
    c = Consent
    query = (
        select(
            c.person_id, c.id, c.kind, c.given_by, c.given_on, Person.name, c.recorded_at, c.withdrawn_at, c.letters_to
        )
        .join(Person, Person.id == c.recorded_by_id)
        .where(c.person_id.in_(people))
        .order_by(c.id.desc())
    )
    return grouped((row.person_id, ConsentRow(*row[1:])) for row in tx.execute(query))
