"""Reads registrations: those of one contact address, and all of a conference for those who work at it."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from workflow.base.collation import fold, sort_key
from workflow.models import Organisation, Person, Presence, Registration
from workflow.participation.letters import Contact
from workflow.rules.states import RegistrationState


class RegistrationLine(Struct, frozen=True):
    """A registered person with the organisation, and when and by whom the person was checked in."""

    id: int
    state: str
    source: str
    code: str
    registered_at: datetime
    person_id: int
    name: str
    is_minor: bool
    has_consent: bool
    organisation: str
    sector: str
    commune: str
    arrived_at: datetime | None
    channel: str
    # Of a minor: who consents, as it was written at registration.
    guardian: str = ""

    @property
    def waits(self) -> bool:
        """Whether the person is on the waiting list."""
        return self.state == RegistrationState.WAITING

    @property
    def is_cancelled(self) -> bool:
        """Whether the place was given back."""
        return self.state == RegistrationState.CANCELLED

    @property
    def search(self) -> str:
        """Name and organisation folded, for a search that needs no accents."""
        return fold(f"{self.name} {self.organisation}")


def registrations_of_contact(tx: Connection, contact: Contact) -> tuple[RegistrationLine, ...]:
    """The registrations for a conference under the address of a person, also those cancelled; one statement."""
    address = select(Person.email).where(Person.id == contact.person_id).scalar_subquery()
    r = Registration
    query = _lines().where(r.conference_id == contact.conference_id, r.contact_email == address).order_by(r.id)
    return tuple(RegistrationLine(*row) for row in tx.execute(query))


def registrations_of(tx: Connection, conference_id: int) -> tuple[RegistrationLine, ...]:
    """The registrations of a conference that are not cancelled, by name in Polish order; one statement."""
    r = Registration
    query = _lines().where(r.conference_id == conference_id, r.state != RegistrationState.CANCELLED)
    lines = (RegistrationLine(*row) for row in tx.execute(query))
    return tuple(sorted(lines, key=lambda line: (sort_key(surname_first(line.name)), line.id)))


def surname_first(name: str) -> str:
    """The name with its last word in front, as a list is sorted."""
    *given, surname = name.split() or [""]
    return " ".join((surname, *given))


def _lines() -> Any:
    r, p, o = Registration, Person, Organisation
    return (
        select(r.id, r.state, r.source, r.code, r.registered_at, p.id, p.name, p.is_minor,
               p.guardian_consent_at.is_not(None), _text(o.name), _text(o.sector), _text(o.commune),
               Presence.arrived_at, _text(Presence.channel), r.guardian)
        .join(p, p.id == r.person_id)
        .outerjoin(o, o.id == r.organisation_id)
        .outerjoin(Presence, Presence.registration_id == r.id)
    )  # fmt: skip


def _text(column: Any) -> Any:
    return func.coalesce(column, "")
