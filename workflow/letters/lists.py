"""The lists of an edition to which the office can write, as they stand at this moment."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, exists, select

from workflow.engine import machine
from workflow.models import Conference, GroupMember, Presence, Proposal, Registration, RoleGrant
from workflow.rules.facts import SYSTEM, Ref
from workflow.rules.guards.sheet import missing_sections
from workflow.rules.letter_batches import RecipientList
from workflow.rules.roles import COMMITTEE
from workflow.rules.states import GONE, ProposalState, RegistrationState

# Where a sheet is still being written.
WRITING = (ProposalState.GROUP_WORK, ProposalState.RETURNED)
OF_CONFERENCES = frozenset({
    RecipientList.REGISTERED, RecipientList.WAITING, RecipientList.PRESENT, RecipientList.ABSENT,
})  # fmt: skip


def people_on(
    connection: Connection, edition_id: int, chosen: RecipientList, *, conference: int | None = None
) -> list[int]:
    """The people on a list, each once, by number; a fixed number of statements.

    `conference` is the number of one conference in the edition, for lists of people of a conference; None: of any.
    """
    if chosen in OF_CONFERENCES:
        return _numbers(connection, _of_conferences(edition_id, chosen, conference))
    if chosen is RecipientList.LEADERS:
        return _numbers(connection, _leaders(edition_id))
    if chosen is RecipientList.COMMITTEE:
        return _numbers(connection, _holders(edition_id).where(RoleGrant.role.in_(COMMITTEE)))
    if chosen is RecipientList.LEADERS_WITHOUT_SHEET:
        return _numbers(connection, _leaders(edition_id).where(Proposal.id.in_(_unfinished(connection, edition_id))))
    members = select(GroupMember.person_id).join(Proposal, Proposal.id == GroupMember.proposal_id)
    members = members.where(Proposal.edition_id == edition_id, GroupMember.left_at.is_(None))
    return _numbers(connection, _holders(edition_id), _leaders(edition_id), members)


def _of_conferences(edition_id: int, chosen: RecipientList, conference: int | None) -> Select[Any]:
    """People of one conference, or of all of the edition."""
    table: Any = Presence if chosen is RecipientList.PRESENT else Registration
    query = select(table.person_id).join(Conference, Conference.id == table.conference_id)
    query = query.where(Conference.edition_id == edition_id)
    if conference is not None:
        query = query.where(Conference.number == conference)
    if chosen is RecipientList.PRESENT:
        return query
    was_there = exists().where(Presence.registration_id == Registration.id)
    is_waiting = chosen is RecipientList.WAITING
    state = RegistrationState.WAITING if is_waiting else RegistrationState.REGISTERED
    query = query.where(Registration.state == state)
    return query.where(~was_there) if chosen is RecipientList.ABSENT else query


def _numbers(connection: Connection, *queries: Select[Any]) -> list[int]:
    found = {number for query in queries for number in connection.execute(query).scalars() if number is not None}
    return sorted(found)


def _leaders(edition_id: int) -> Select[Any]:
    return select(Proposal.leader_id).where(Proposal.edition_id == edition_id, Proposal.state.not_in(GONE))


def _holders(edition_id: int) -> Select[Any]:
    return select(RoleGrant.person_id).where(RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None))


def _unfinished(connection: Connection, edition_id: int) -> Collection[int]:
    """The proposals whose sheet lacks something that has to be there before it is handed in."""
    query = select(Proposal.id).where(Proposal.edition_id == edition_id, Proposal.state.in_(WRITING))
    refs = [Ref("proposal", number) for number in connection.execute(query).scalars()]
    facts = machine.facts_of(connection, refs, actor=SYSTEM) if refs else {}
    return [ref.id for ref, of in facts.items() if missing_sections(of)]
