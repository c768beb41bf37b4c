"""Writes about registration for a conference: places, the waiting list, cancelling; nobody gets a place twice."""

import secrets
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, exists, insert, select, update

from workflow.accounts.sealing import HasKey
from workflow.accounts.sign_in import Account, find_account
from workflow.base.addresses import folded_address
from workflow.base.collation import fold
from workflow.base.errors import NotAllowed, found
from workflow.base.i18n import _
from workflow.models import Conference, Person, Presence, Registration
from workflow.participation import letters, passes
from workflow.participation.conference_card import ConferenceCard, card_of
from workflow.people import roles
from workflow.people.organisations import organisation_named
from workflow.rules.states import AHEAD, RegistrationSource, RegistrationState

# Symbols that nobody confuses when a code is read out.
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


class Attendee(Struct, frozen=True):
    """Somebody who wants to come."""

    name: str
    is_minor: bool = False
    # Of a minor: who consents, and as what; empty where the desk or the office asks later.
    guardian: str = ""
    guardian_kind: str = ""


class Entry(Struct, frozen=True):
    """Who wants to come to a conference, and where the confirmation goes; an empty address gets none."""

    attendees: tuple[Attendee, ...]
    source: RegistrationSource
    contact_name: str = ""
    contact_email: str = ""
    organisation: str = ""
    language: str = "pl"


def register(
    tx: Connection, settings: HasKey, conference_id: int, entry: Entry, *, by: int | None, at: datetime
) -> tuple[int, ...]:
    """Register the people of an entry, on the waiting list where no place is free; one letter to the contact address.

    The conference is locked, so that two at once get no place twice. Whoever is registered already stays as he is and
    the letter is sent again, once an hour at most. Nothing of a known address is changed, and one that was deactivated
    gets nothing; the caller's answer must be the same for all of them. No role is given. Returns the numbers of the
    registrations, old and new. Raises NotFound, and NotAllowed where registration is not open.
    """
    card = lock(tx, conference_id)
    by_itself = entry.source in (RegistrationSource.PAGE, RegistrationSource.ORGANISATION)
    if not (card.is_open(at) if by_itself else card.state in AHEAD):
        raise NotAllowed(sentence=_("Registration for this conference is not open."))
    advance(tx, settings, card, at=at)
    contact = _contact(tx, entry, at=at)
    if contact is not None and not contact.active:
        return ()
    organisation_id = organisation_named(tx, entry.organisation, at=at)
    numbers = []
    for attendee in entry.attendees:
        number = _known(tx, card, entry, attendee, contact)
        if number is None:
            person_id = _person(tx, entry, attendee, contact, at=at)
            number = _insert(tx, card.id, entry, attendee, person_id, organisation_id, by=by, at=at)
        numbers.append(number)
    if contact is not None:
        letters.confirm(tx, settings, card.id, contact.id, numbers, at=at)
    return tuple(numbers)


def cancel(tx: Connection, settings: HasKey, registration_id: int, *, by: int | None, at: datetime) -> None:
    """Give a place back; its pass ends and the first who waits moves up and gets a letter. Once more changes nothing.

    `by` is somebody of the office who cancels for another, who then gets a letter; None for one's own press. Raises
    NotFound, and NotAllowed for somebody who is at the conference already.
    """
    r = Registration
    row = found(tx.execute(select(r.conference_id, r.contact_email).where(r.id == registration_id)).one_or_none())
    card = lock(tx, row.conference_id)
    if tx.execute(select(exists().where(Presence.registration_id == registration_id))).scalar_one():
        raise NotAllowed(sentence=_("This person is at the conference already, so the place cannot be given back."))
    values = {"state": RegistrationState.CANCELLED, "cancelled_at": at, "cancelled_by_id": by}
    mine = r.id == registration_id, r.state != RegistrationState.CANCELLED
    if tx.execute(update(r).where(*mine).values(values)).rowcount:
        passes.revoke(tx, registration_id, at=at)
        if by is not None:
            _tell_of_cancelling(tx, settings, card.id, registration_id, row.contact_email, at=at)
        advance(tx, settings, card, at=at)


def _tell_of_cancelling(
    tx: Connection, settings: HasKey, conference_id: int, number: int, email: str, *, at: datetime
) -> None:
    contact = find_account(tx, email) if email else None
    if contact is None or not contact.active:
        return
    r = Registration
    have_a_place = r.conference_id == conference_id, r.contact_email == email, r.state == RegistrationState.REGISTERED
    others = bool(tx.execute(select(exists().where(*have_a_place))).scalar_one())
    letters.tell_of_cancelling(tx, settings, conference_id, contact.id, number, others=others, at=at)


def advance(tx: Connection, settings: HasKey, card: ConferenceCard, *, at: datetime) -> list[int]:
    """Give free places to those who wait, in their order, and write to them; the caller has locked the conference.

    Also for a larger capacity. Returns the numbers of the registrations that moved up.
    """
    r, waiting = Registration, RegistrationState.WAITING
    free = card_of(tx, card.id).free
    query = select(r.id, r.contact_email).where(r.conference_id == card.id, r.state == waiting).order_by(r.id)
    rows = tx.execute(query if free is None else query.limit(free)).all()
    for row in rows:
        tx.execute(update(r).where(r.id == row.id).values(state=RegistrationState.REGISTERED))
        contact = find_account(tx, row.contact_email) if row.contact_email else None
        if contact is not None and contact.active:
            letters.tell_of_place(tx, settings, card.id, contact.id, row.id, at=at)
    return [row.id for row in rows]


def lock(tx: Connection, conference_id: int) -> ConferenceCard:
    """The conference, locked until the transaction ends, so that registrations come one after another."""
    tx.execute(select(Conference.id).where(Conference.id == conference_id).with_for_update()).all()
    return card_of(tx, conference_id)


def _contact(tx: Connection, entry: Entry, *, at: datetime) -> Account | None:
    """Whoever has the contact address; somebody without a password where the address is new."""
    if not entry.contact_email:
        return None
    contact = find_account(tx, entry.contact_email)
    if contact is None:
        is_minor = entry.source is not RegistrationSource.ORGANISATION and any(a.is_minor for a in entry.attendees)
        person = roles.NewPerson(entry.contact_email, entry.contact_name, entry.organisation, language=entry.language,
                                 is_minor=is_minor)  # fmt: skip
        roles.add_person(tx, person, at=at)
        contact = find_account(tx, entry.contact_email)
    return contact


def _is_contact(entry: Entry, attendee: Attendee, contact: Account | None) -> bool:
    """Whether the attendee is whoever has the contact address; of several the one of the same name."""
    if contact is None:
        return False
    own = entry.source is not RegistrationSource.ORGANISATION and len(entry.attendees) == 1
    return own or fold(attendee.name) == fold(contact.name)


def _known(
    tx: Connection, card: ConferenceCard, entry: Entry, attendee: Attendee, contact: Account | None
) -> int | None:
    """The registration in force that an attendee has already, found by the address, or by address and name."""
    r = Registration
    query = select(r.id, r.person_id, Person.name).join(Person, Person.id == r.person_id)
    in_force = r.conference_id == card.id, r.state != RegistrationState.CANCELLED
    if contact is None:
        return None
    if _is_contact(entry, attendee, contact):
        return tx.execute(select(r.id).where(*in_force, r.person_id == contact.id)).scalar()
    rows = tx.execute(query.where(*in_force, r.contact_email == contact.email))
    return next((row.id for row in rows if fold(row.name) == fold(attendee.name)), None)


def _person(tx: Connection, entry: Entry, attendee: Attendee, contact: Account | None, *, at: datetime) -> int:
    if contact is not None and _is_contact(entry, attendee, contact):
        return contact.id
    values = {"name": attendee.name, "organisation": entry.organisation, "language": entry.language,
              "is_minor": attendee.is_minor, "created_at": at}  # fmt: skip
    return int(tx.execute(insert(Person).values(values).returning(Person.id)).scalar_one())


def _insert(
    tx: Connection, conference_id: int, entry: Entry, attendee: Attendee, person_id: int, organisation_id: int | None,
    *, by: int | None, at: datetime,
) -> int:  # fmt: skip
    card = card_of(tx, conference_id)
    state = RegistrationState.WAITING if card.free == 0 else RegistrationState.REGISTERED
    if entry.source is RegistrationSource.WALK_IN:
        # Whoever stands at the desk is in; the hall decides, not the list.
        state = RegistrationState.REGISTERED
    values = {
        "conference_id": conference_id, "person_id": person_id, "organisation_id": organisation_id, "state": state,
        "source": entry.source, "contact_email": folded_address(entry.contact_email), "code": new_code(),
        "clause_version": card.clause_version, "registered_at": at, "registered_by_id": by,
        "guardian": attendee.guardian, "guardian_kind": attendee.guardian_kind,
    }  # fmt: skip
    return int(tx.execute(insert(Registration).values(values).returning(Registration.id)).scalar_one())


def new_code() -> str:
    """A random code; of more than 800 thousand million."""
    return "".join(secrets.choice(SYMBOLS) for _place in range(CODE_LENGTH))
