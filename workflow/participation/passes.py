"""Passes of a conference: issued at check-in, bound to the first browser that uses them, replaced at the desk."""

import hmac
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.accounts.sealing import digest, new_token
from workflow.base.errors import NotAllowed, found
from workflow.base.i18n import _
from workflow.models import ConferencePass, Organisation, Person, Registration
from workflow.rules.facts import Actor
from workflow.rules.states import RegistrationState

# A conference lasts a day; a pass that is found in a pocket later is worth nothing.
LIVES = timedelta(hours=36)


class PassHolder(Struct, frozen=True):
    """Whose pass it is."""

    registration_id: int
    conference_id: int
    person_id: int
    organisation_id: int | None
    # Of the organisation; empty for whoever comes for nobody.
    sector: str
    name: str


def issue(tx: Connection, registration_id: int, *, actor: Actor, at: datetime) -> str:
    """A new pass for a registration, which is locked; the one before is revoked. The token is kept nowhere else.

    Nothing else is written: who was there is a matter of `check_in`. Raises NotFound, and NotAllowed for a
    registration that was cancelled or waits for a place.
    """
    r = Registration
    query = select(r.conference_id, r.state).where(r.id == registration_id)
    row = found(tx.execute(query.with_for_update()).one_or_none())
    if row.state != RegistrationState.REGISTERED:
        raise NotAllowed(sentence=_("This person has no place at the conference, so there is no pass."))
    revoke(tx, registration_id, at=at)
    token = new_token()
    tx.execute(insert(ConferencePass).values(
        token_digest=digest(token), conference_id=row.conference_id, registration_id=registration_id, issued_at=at,
        issued_by_id=actor.id,
    ))  # fmt: skip
    return token


def revoke(tx: Connection, registration_id: int, *, at: datetime) -> None:
    """End the pass of a registration, if it has one."""
    valid = ConferencePass.registration_id == registration_id, ConferencePass.revoked_at.is_(None)
    tx.execute(update(ConferencePass).where(*valid).values(revoked_at=at))


def find(tx: Connection, token: str, *, browser: str, at: datetime) -> PassHolder:
    """Whose pass a browser shows; `browser` is the secret of its cookie.

    The first browser that shows a pass is bound to it, in one statement, so that of two at once one gets it; a
    connection for reading is enough where the pass was bound before. Raises NotFound for a pass that is unknown,
    revoked or too old, and NotAllowed for one that belongs to another browser.
    """
    bound_to, holder = _read(tx, token, at=at)
    if not bound_to and not _bind(tx, token, browser):
        bound_to, holder = _read(tx, token, at=at)
    if bound_to and not hmac.compare_digest(bound_to, digest(browser)):
        raise NotAllowed(sentence=_("This pass is used on another phone. Go to the desk: you get a new one there."))
    return holder


def peek(tx: Connection, token: str, *, at: datetime) -> PassHolder:
    """Whose pass it is, without binding it. Raises NotFound as `find` does."""
    return _read(tx, token, at=at)[1]


def _bind(tx: Connection, token: str, browser: str) -> bool:
    unbound = ConferencePass.token_digest == digest(token), ConferencePass.bound_to == ""
    return tx.execute(update(ConferencePass).where(*unbound).values(bound_to=digest(browser))).rowcount == 1


def _read(tx: Connection, token: str, *, at: datetime) -> tuple[str, PassHolder]:
    c, r, o = ConferencePass, Registration, Organisation
    query = (
        select(c.bound_to, r.id, r.conference_id, r.person_id, r.organisation_id, o.sector, Person.name)
        .join(r, r.id == c.registration_id)
        .join(Person, Person.id == r.person_id)
        .outerjoin(o, o.id == r.organisation_id)
        .where(c.token_digest == digest(token), c.revoked_at.is_(None), c.issued_at > at - LIVES)
    )
    row = found(tx.execute(query).one_or_none())
    holder = PassHolder(
        row.id, row.conference_id, row.person_id, row.organisation_id, sector=row.sector or "", name=row.name
    )
    return row.bound_to, holder
