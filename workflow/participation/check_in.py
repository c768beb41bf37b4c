"""Check-in at a conference: one presence a person, by code, by name, without registration, or sent later."""

import logging
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import aliased

from workflow.accounts.sealing import HasKey
from workflow.base.collation import fold
from workflow.base.errors import NotAllowed, NotFound, found
from workflow.base.i18n import _
from workflow.db.dialect import upsert
from workflow.models import Conference, Edition, Person, Presence, Registration
from workflow.models.base import table_of
from workflow.participation import passes, registrations
from workflow.participation.conference_card import card_of
from workflow.participation.registration_queries import registrations_of
from workflow.participation.registrations import CODE_LENGTH, SYMBOLS, Attendee, Entry
from workflow.rules.facts import Actor
from workflow.rules.lateness import counted_at
from workflow.rules.states import RUNNING, CheckInChannel, EditionState, RegistrationSource, RegistrationState

log = logging.getLogger(__name__)


class CheckedIn(Struct, frozen=True):
    """Somebody who is at the conference; where it was so before, since when and who checked the person in."""

    registration_id: int
    name: str
    arrived_at: datetime
    by: str
    is_new: bool
    # The token of the pass; empty where the person was checked in before.
    token: str = ""


def check_in(
    tx: Connection, conference_id: int, registration_id: int, *, channel: CheckInChannel, actor: Actor, at: datetime,
    arrived_at: datetime | None = None,
) -> CheckedIn:  # fmt: skip
    """Write that a registered person is there, and issue a pass; atomic, and of two at once one is new.

    Whoever waits for a place and stands at the desk gets in. Somebody who was checked in before stays so, without a new
    pass. `arrived_at` is when it happened, where that is sent later. Raises NotFound for a registration of another
    conference, NotAllowed for one that was cancelled, for a conference that is not open and while its edition rests.
    """
    r = Registration
    columns = select(r.person_id, r.state, Person.name).join(Person, Person.id == r.person_id)
    mine = r.id == registration_id, r.conference_id == conference_id
    row = found(tx.execute(columns.where(*mine).with_for_update(of=r)).one_or_none())
    _check_state(tx, conference_id)
    _check_edition(tx, conference_id, arrived_at or at)
    if row.state == RegistrationState.CANCELLED:
        _note(conference_id, actor, "a cancelled registration")
        raise NotAllowed(sentence=_("{name}: this registration was cancelled.", name=row.name))
    values = {
        "conference_id": conference_id, "registration_id": registration_id, "person_id": row.person_id,
        "arrived_at": arrived_at or at, "channel": channel, "checked_in_by_id": actor.id,
    }  # fmt: skip
    table = table_of(Presence)
    fresh = tx.execute(upsert(tx)(table).values(values).on_conflict_do_nothing().returning(table.c.id)).scalar()
    if fresh is None:
        return _before(tx, conference_id, row.person_id)
    tx.execute(update(r).where(r.id == registration_id).values(state=RegistrationState.REGISTERED))
    token = passes.issue(tx, registration_id, actor=actor, at=at)
    return CheckedIn(registration_id, row.name, arrived_at or at, actor.name, is_new=True, token=token)


def check_in_by_code(tx: Connection, conference_id: int, code: str, *, actor: Actor, at: datetime) -> CheckedIn:
    """As `check_in`, by the code of a badge or a confirmation, typed or read by a camera.

    Raises NotFound for a code that nobody has, NotAllowed for one of another conference; both are logged.
    """
    r = Registration
    query = (
        select(r.id, r.conference_id, Conference.number, Edition.title)
        .join(Conference, Conference.id == r.conference_id)
        .join(Edition, Edition.id == Conference.edition_id)
        .where(r.code == clean_code(code))
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        _note(conference_id, actor, "an unknown code")
        raise NotFound(_("Nobody has this code. Look for the name instead."))
    if row.conference_id != conference_id:
        _note(conference_id, actor, "a code of another conference")
        sentence = _("This code is for another conference: {number}, {edition}.", number=row.number, edition=row.title)
        raise NotAllowed(sentence=sentence)
    return check_in(tx, conference_id, row.id, channel=CheckInChannel.CODE, actor=actor, at=at)


def walk_in(
    tx: Connection, settings: HasKey, conference_id: int, name: str, organisation: str, *, actor: Actor, at: datetime,
    arrived_at: datetime | None = None, email: str = "", is_minor: bool = False,
) -> CheckedIn:  # fmt: skip
    """Register and check in somebody who is not on the list; the same name of the same organisation is one person.

    Raises NotAllowed for a conference that is not open and while its edition is suspended.
    """
    registrations.lock(tx, conference_id)
    _check_state(tx, conference_id)
    _check_edition(tx, conference_id, arrived_at or at)
    wanted = fold(name), fold(organisation)
    known = (
        one.id for one in registrations_of(tx, conference_id) if (fold(one.name), fold(one.organisation)) == wanted
    )
    number = next(known, None)
    if number is None:
        entry = Entry((Attendee(name, is_minor),), RegistrationSource.WALK_IN, name, email, organisation)
        numbers = registrations.register(tx, settings, conference_id, entry, by=actor.id, at=at)
        if not numbers:
            raise NotAllowed(sentence=_("The account of this address is deactivated. Leave the address out."))
        number = numbers[0]
    channel = CheckInChannel.WALK_IN
    return check_in(tx, conference_id, number, channel=channel, actor=actor, at=at, arrived_at=arrived_at)


def undo(tx: Connection, conference_id: int, registration_id: int, *, actor: Actor, at: datetime) -> None:
    """Take a check-in back that was a mistake; the pass ends. Raises NotFound, NotAllowed as `check_in` does."""
    _check_state(tx, conference_id)
    mine = Presence.conference_id == conference_id, Presence.registration_id == registration_id
    if tx.execute(delete(Presence).where(*mine)).rowcount != 1:
        raise NotFound
    passes.revoke(tx, registration_id, at=at)
    log.info("Conference %s: person %s took the check-in of registration %s back.", conference_id, actor.id,
             registration_id)  # fmt: skip


def clean_code(text: str) -> str:
    """A code as it is kept, from what was typed or read; empty for what cannot be one."""
    code = "".join(letter for letter in text.upper() if not letter.isspace() and letter != "-")
    return code if len(code) == CODE_LENGTH and set(code) <= set(SYMBOLS) else ""


def _check_state(tx: Connection, conference_id: int) -> None:
    if card_of(tx, conference_id).state not in RUNNING:
        raise NotAllowed(sentence=_("People are checked in once registration for the conference is open."))


def _check_edition(tx: Connection, conference_id: int, arrived_at: datetime) -> None:
    """Raises NotAllowed for somebody who came while the edition is suspended; who came before is taken later too."""
    e = Edition
    query = select(e.state, e.recorded).join(Conference, Conference.edition_id == e.id)
    edition = dict(tx.execute(query.where(Conference.id == conference_id)).one()._mapping)
    if edition["state"] == EditionState.SUSPENDED and counted_at(edition, arrived_at) < arrived_at:
        raise NotAllowed(sentence=_("The edition is suspended. Until it is resumed, nobody is checked in."))


def _before(tx: Connection, conference_id: int, person_id: int) -> CheckedIn:
    p, host = Presence, aliased(Person)
    query = (
        select(p.registration_id, Person.name, p.arrived_at, host.name)
        .join(Person, Person.id == p.person_id)
        .join(host, host.id == p.checked_in_by_id)
        .where(p.conference_id == conference_id, p.person_id == person_id)
    )
    number, name, arrived_at, by = tx.execute(query).one()
    return CheckedIn(number, name, arrived_at, by, is_new=False)


def _note(conference_id: int, actor: Actor, what: str) -> None:
    log.warning("Check-in at conference %s: person %s showed %s.", conference_id, actor.id, what)
