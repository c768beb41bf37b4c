"""Writes about people: adding somebody, roles held in an edition, deactivating, the reader's language."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Select, insert, select, union, update
from sqlalchemy.exc import IntegrityError

from workflow.accounts import links, second_factor, sessions, tokens
from workflow.accounts.sealing import HasKey
from workflow.base.addresses import folded_address
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import LANGUAGES, _
from workflow.engine.membership import holds_here
from workflow.models import Edition, Milestone, OpenMatter, Person, Proposal, Risk, RoleGrant
from workflow.rules.facts import Actor
from workflow.rules.roles import ROLES, Role
from workflow.rules.states import UNFINISHED, MilestoneState, RiskState

# Roles of somebody named in a project, and where: whoever else answers for it is named there first.
ANSWERING = {Role.GROUP_LEADER: Proposal.leader_id, Role.COORDINATOR: Proposal.coordinator_id}


class NewPerson(Struct, frozen=True):
    """What is known of somebody who is added."""

    email: str
    name: str
    organisation: str = ""
    language: str = "pl"
    is_admin: bool = False
    is_minor: bool = False


def add_person(tx: Connection, person: NewPerson, *, at: datetime) -> int:
    """Add somebody without a password; raises BadInput when the address is taken or the language unknown."""
    email = folded_address(person.email)
    if person.language not in LANGUAGES:
        raise BadInput({"language": _("Choose one of the languages of this site.")})
    if tx.execute(select(Person.id).where(Person.email == email)).first():
        raise BadInput({"email": _("Somebody with this address is on the list already.")})
    row = {**asdict(person), "email": email, "created_at": at}
    try:
        return tx.execute(insert(Person).values(row).returning(Person.id)).scalar_one()
    except IntegrityError:
        raise BadInput({"email": _("Somebody with this address is on the list already.")}) from None


def invite(tx: Connection, settings: HasKey, person_id: int, *, at: datetime) -> bool:
    """Write somebody a letter with a link to the account; False when enough unused links wait already."""
    _lock(tx, person_id)
    return links.send_link(tx, settings, person_id, purpose=links.Purpose.INVITATION, at=at) is not None


def grant_role(
    tx: Connection,
    person_id: int,
    *,
    edition_id: int,
    role: str,
    actor: Actor,
    at: datetime,
    sector: str = "",
) -> None:
    """Give somebody a role in an edition, in force with the next request.

    Raises BadInput for an unknown role or edition, for a role held already, and for a sector that the edition
    does not have.
    """
    _lock(tx, person_id)
    edition = tx.execute(select(Edition.sectors).where(Edition.id == edition_id)).one_or_none()
    if edition is None:
        raise BadInput({"edition": _("There is no such edition.")})
    if role not in ROLES:
        raise BadInput({"role": _("There is no such role.")})
    if sector and edition.sectors and sector not in edition.sectors:
        raise BadInput({"sector": _("This edition has no such sector.")})
    holder = select(Person.id).where(Person.id == person_id, holds_here(edition_id, [role]))
    if tx.execute(holder).first():
        raise BadInput({"role": _("This person holds this role already.")})
    tx.execute(
        insert(RoleGrant).values(
            person_id=person_id,
            edition_id=edition_id,
            role=role,
            sector=sector,
            granted_by_id=actor.id,
            granted_at=at,
        )
    )


def withdraw_role(tx: Connection, person_id: int, grant_id: int, *, actor: Actor, at: datetime) -> None:
    """Take a role back; the row stays. Raises NotFound, and BadInput where nobody would answer for a project any more.

    Steps under way in the edition end first, and none that begins later goes by this role.
    """
    hold_editions(tx, select(RoleGrant.edition_id).where(RoleGrant.id == grant_id, RoleGrant.person_id == person_id))
    mine = (RoleGrant.id == grant_id, RoleGrant.person_id == person_id, RoleGrant.withdrawn_at.is_(None))
    grant = tx.execute(select(RoleGrant.edition_id, RoleGrant.role).where(*mine)).one_or_none()
    if grant is not None and person_id in answering(tx, grant.edition_id, grant.role):
        raise BadInput({"role": _("This person answers for something under way. Name somebody else there first.")})
    if tx.execute(update(RoleGrant).where(*mine).values(withdrawn_at=at, withdrawn_by_id=actor.id)).rowcount != 1:
        raise NotFound


def answering(tx: Connection, edition_id: int, role: str) -> set[int]:
    """Who is named with this role in a project of the edition that is under way, or holds only this role there and
    answers for a milestone, a risk or an open matter; one statement.
    """
    p, m, r, o, g = Proposal, Milestone, Risk, OpenMatter, RoleGrant
    here = p.edition_id == edition_id, p.state.in_(UNFINISHED)
    parts: list[Select[Any]] = [
        select(m.owner_id).join(p, p.id == m.proposal_id).where(*here, m.state == MilestoneState.PLANNED),
        select(r.owner_id).join(p, p.id == r.proposal_id).where(*here, r.state == RiskState.OPEN),
        select(o.owner_id).where(o.edition_id == edition_id, o.done_at.is_(None)),
    ]
    others = select(g.person_id).where(g.edition_id == edition_id, g.role != role, g.withdrawn_at.is_(None))
    parts = [part.where(part.selected_columns[0].not_in(others)) for part in parts]
    column = ANSWERING.get(Role(role))
    if column is not None:
        parts.append(select(column).where(*here))
    return {person for person in tx.execute(union(*parts)).scalars() if person is not None}


def make_admin(tx: Connection, person_id: int) -> None:
    """Let somebody manage people and roles in every edition."""
    _lock(tx, person_id)
    tx.execute(update(Person).where(Person.id == person_id).values(is_admin=True))


def deactivate(tx: Connection, person_id: int, *, actor: Actor, at: datetime) -> None:
    """Let somebody in no more: sessions, keys and waiting links end at once. Nobody shuts himself out."""
    if person_id == actor.id:
        raise BadInput({"active": _("You cannot deactivate your own account; another administrator can.")})
    hold_editions(tx, select(RoleGrant.edition_id).where(RoleGrant.person_id == person_id))
    _lock(tx, person_id)
    tx.execute(update(Person).where(Person.id == person_id).values(active=False))
    sessions.revoke_all(tx, person_id, at=at)
    tokens.revoke_all_tokens(tx, person_id, at=at)
    links.drop_links(tx, person_id, at=at)


def reactivate(tx: Connection, person_id: int) -> None:
    """Let somebody in again; what was ended stays ended."""
    _lock(tx, person_id)
    tx.execute(update(Person).where(Person.id == person_id).values(active=True))


def drop_second_factor(tx: Connection, person_id: int, *, at: datetime) -> None:
    """For somebody who lost phone and recovery codes: remove the second factor and end all sessions."""
    _lock(tx, person_id)
    second_factor.switch_off(tx, person_id)
    sessions.revoke_all(tx, person_id, at=at)


def choose_language(tx: Connection, person_id: int, language: str) -> None:
    """Pages and letters come in this language from now on."""
    tx.execute(update(Person).where(Person.id == person_id).values(language=language))


def hold_editions(tx: Connection, editions: Select[int]) -> None:
    """Wait for the steps under way in these editions; those that come wait for us, and then look at the roles again."""
    tx.execute(
        select(Edition.id).where(Edition.id.in_(editions)).order_by(Edition.id).with_for_update(key_share=True)
    ).all()


def _lock(tx: Connection, person_id: int) -> None:
    if tx.execute(select(Person.id).where(Person.id == person_id).with_for_update()).one_or_none() is None:
        raise NotFound
