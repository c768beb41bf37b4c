"""Who works in the group of a proposal, and how a step changes it."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from workflow.db.statements import Statement, slot
from workflow.engine.move_sql import insert_row
from workflow.models import GroupMember, Person, Proposal, RoleGrant
from workflow.models.base import Key, table_of
from workflow.rules.membership_changes import AddMember, AddMembersOf, RemoveMember

m, g = GroupMember, RoleGrant


def works_here(proposal_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the person of a statement works in this group now."""
    return exists().where(m.person_id == Person.id, m.proposal_id == proposal_id, m.left_at.is_(None))


def holds_here(edition_id: int | ColumnElement[int], roles: Iterable[str] = ()) -> ColumnElement[bool]:
    """Whether the person of a statement holds one of these roles in the edition now; without roles, any."""
    granted = exists().where(g.person_id == Person.id, g.edition_id == edition_id, g.withdrawn_at.is_(None))
    return granted.where(g.role.in_(sorted(roles))) if roles else granted


_TABLE = table_of(GroupMember)
_PROPOSAL = slot("proposal", m.proposal_id)
_THERE = select(func.count()).select_from(m).where(m.proposal_id == _PROPOSAL, m.left_at.is_(None))
_COUNT_ANEW = Statement(update(Proposal).where(Proposal.id == _PROPOSAL).values(member_count=_THERE.scalar_subquery()))
# A guest stays a guest; whoever had left comes back in his own right.
_BACK = Statement(
    update(_TABLE)
    .where(m.proposal_id == slot("proposal_id", m.proposal_id), m.person_id == slot("person_id", m.person_id))
    .values(left_at=null(), role=slot("role", m.role), came_with_id=case((m.left_at.is_(None), m.came_with_id)))
)
_NEW = insert_row(_TABLE, frozenset({"proposal_id", "person_id", "name", "role", "added_at"}))


def change_members(
    tx: Connection,
    proposal_id: int,
    *,
    join: Iterable[AddMember | AddMembersOf],
    leave: Iterable[RemoveMember],
    at: datetime,
) -> None:
    """Put people into a group and take people out, and count it anew; whoever comes back takes the old place again.

    The proposal's row is held by the step that changes its group, so the count is right when the step is.
    """
    for one in join:
        if isinstance(one, AddMembersOf):
            _take_in(tx, proposal_id, one)
        else:
            _give(tx, proposal_id, one, at)
    for gone in leave:
        _let_go(tx, proposal_id, gone, at)
    _COUNT_ANEW.run(tx, {"proposal": proposal_id})


class _Member(Struct, frozen=True):
    """Somebody in a group: the number of the row, if there is one yet, the person, and with whom the person came."""

    id: int | None
    person: int | None
    came_with: int | None = None


def count_after(
    tx: Connection, proposal_id: int, *, join: Iterable[AddMember | AddMembersOf], leave: Iterable[RemoveMember]
) -> int:
    """How many people the group would have after `change_members`; one statement for each group, writes nothing."""
    members = _members(tx, proposal_id)
    for place in join:
        if isinstance(place, AddMembersOf):
            coming = [_Member(None, guest.person, place.proposal) for guest in _members(tx, place.proposal)]
        else:
            coming = [_Member(None, place.person)]
        here = {member.person for member in members} - {None}
        members += [member for member in coming if member.person not in here]
    for gone in leave:
        members = [member for member in members if not _goes(member, gone)]
    return len(members)


def _members(tx: Connection, proposal_id: int) -> list[_Member]:
    query = select(m.id, m.person_id, m.came_with_id).where(m.proposal_id == proposal_id, m.left_at.is_(None))
    return [_Member(*row) for row in tx.execute(query)]


def _goes(member: _Member, gone: RemoveMember) -> bool:
    """Whether a member is one of those who go, as `_who` says it of rows."""
    if gone.members_of is not None:
        return member.came_with == gone.members_of and member.person not in gone.but
    if gone.member is not None:
        return member.id == gone.member
    return member.person is not None and member.person == gone.person


def _give(tx: Connection, proposal_id: int, place: AddMember, at: datetime) -> None:
    values = {"proposal_id": proposal_id, "person_id": place.person, "name": place.name, "role": place.role}
    if place.person is None or _BACK.run(tx, values).rowcount == 0:
        _NEW.run(tx, {**values, "added_at": at})


def _take_in(tx: Connection, proposal_id: int, other: AddMembersOf) -> None:
    """Give everybody of the other group a place here, with the role held there; whoever is here already keeps his."""
    theirs = aliased(m)
    present = and_(theirs.proposal_id == other.proposal, theirs.left_at.is_(None))
    role = select(theirs.role).where(present, theirs.person_id == m.person_id).scalar_subquery()
    gone = and_(m.proposal_id == proposal_id, m.left_at.is_not(None), role.is_not(None))
    tx.execute(update(m).where(gone).values(left_at=None, role=role, came_with_id=other.proposal))
    here = select(m.id).where(m.proposal_id == proposal_id, m.person_id == theirs.person_id).exists()
    new = select(
        literal(proposal_id, Key), theirs.person_id, theirs.name, theirs.role, theirs.added_at,
        literal(other.proposal, Key),
    ).where(present, or_(theirs.person_id.is_(None), not_(here)))  # fmt: skip
    tx.execute(insert(m).from_select(["proposal_id", "person_id", "name", "role", "added_at", "came_with_id"], new))


def _let_go(tx: Connection, proposal_id: int, gone: RemoveMember, at: datetime) -> None:
    there = and_(m.proposal_id == proposal_id, m.left_at.is_(None))
    tx.execute(update(m).where(there, _who(gone)).values(left_at=at))
    if gone.members_of is not None:
        # Whoever leads or stands in here by now belongs here and stays.
        tx.execute(update(m).where(there, m.came_with_id == gone.members_of).values(came_with_id=None))


def _who(gone: RemoveMember) -> ColumnElement[bool]:
    if gone.members_of is not None:
        stays = m.person_id.in_(gone.but)
        return and_(m.came_with_id == gone.members_of, or_(m.person_id.is_(None), not_(stays)))
    return m.id == gone.member if gone.member is not None else m.person_id == gone.person
