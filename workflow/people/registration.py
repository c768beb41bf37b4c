"""Writes about the list of participants while the office keeps it open: somebody enters himself, and gets a letter."""

from datetime import datetime

from sqlalchemy import Connection, select

from workflow.accounts import links
from workflow.accounts.sealing import HasKey
from workflow.accounts.sign_in import find_account
from workflow.base.errors import NotAllowed, found
from workflow.base.i18n import _
from workflow.models import Edition, RoleGrant
from workflow.people import roles
from workflow.rules.facts import Actor
from workflow.rules.permissions import list_is_open
from workflow.rules.roles import Role


def join(tx: Connection, *, edition_id: int, actor: Actor, at: datetime) -> None:
    """Enter the signed-in person as a participant; whoever holds a role in the edition already keeps what there is.

    Raises NotAllowed where the list is not open.
    """
    _check_list(tx, edition_id)
    granted = RoleGrant.person_id == actor.id, RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None)
    if actor.id is None or tx.execute(select(RoleGrant.id).where(*granted).limit(1)).first():
        return
    roles.grant_role(tx, actor.id, edition_id=edition_id, role=Role.PARTICIPANT, actor=actor, at=at)


def ask_to_join(
    tx: Connection, settings: HasKey, person: roles.NewPerson, *, edition_id: int, next_path: str, at: datetime
) -> None:
    """Make an account without a password where the address is new, and send a link that leads on to `next_path`.

    Nobody is on the list before the link was used, so that nobody enters somebody else. A known address gets the same
    link and nothing of it is changed; the caller's answer must be the same. Raises NotAllowed where the list is not
    open.
    """
    _check_list(tx, edition_id)
    account = find_account(tx, person.email)
    if account is None:
        person_id = roles.add_person(tx, person, at=at)
    elif account.active:
        person_id = account.id
    else:
        return
    links.send_link(tx, settings, person_id, purpose=links.Purpose.SIGN_IN, at=at, next_path=next_path)


def _check_list(tx: Connection, edition_id: int) -> None:
    e = Edition
    row = found(tx.execute(select(e.registration_open, e.state).where(e.id == edition_id)).one_or_none())
    if not list_is_open({"registration_open": row[0], "state": row[1]}):
        raise NotAllowed(sentence=_("The list of participants is not open. Ask the programme office to enter you."))
