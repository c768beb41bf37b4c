"""Reads a group: its people, invitations, requests and tasks, and the projects that are merged; six statements."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Text, and_, cast, func, or_, select

from workflow.base.collation import sort_key
from workflow.models import AddressFault, GroupInvitation, GroupMember, GroupTask, JoinRequest, Person, Proposal

# Answered requests and finished tasks that are still shown.
RECENT = 10


class Member(Struct, frozen=True):
    """One place in the group; a place without a person has only a name."""

    id: int
    person_id: int | None
    name: str
    organisation: str
    is_minor: bool
    role: str
    added_at: datetime
    came_with_id: int | None
    # Whether letters to the address have come back: for good (True), or at that moment (False).
    mail_returned: bool | None = None


class Invited(Struct, frozen=True):
    """An invitation that waits for an answer."""

    id: int
    # The address, or the name where the person was invited by it.
    whom: str
    role: str
    inviter: str
    sent_at: datetime
    expires_at: datetime


class Request(Struct, frozen=True):
    """Somebody's request to join, and its answer."""

    id: int
    person_id: int
    name: str
    is_minor: bool
    word: str
    asked_at: datetime
    closed_at: datetime | None
    outcome: str
    answer: str


class GroupWork(Struct, frozen=True):
    """What one member has taken on."""

    id: int
    person_id: int
    name: str
    is_minor: bool
    text: str
    due_on: date | None
    done_at: datetime | None


class Linked(Struct, frozen=True):
    """Another proposal that this one is joined with, or may be: merged into it or the reverse."""

    id: int
    number: int
    title: str
    state: str
    merged_into_id: int | None
    leader_id: int | None
    # Ids of the proposals with which its leader agreed to merge.
    agreed: frozenset[int]


class Group(Struct, frozen=True):
    """Everything about a group that its page shows."""

    members: tuple[Member, ...]
    # Leader, deputy, animator and whoever else is named, by number.
    named: dict[int, Member]
    invited: tuple[Invited, ...]
    requests: tuple[Request, ...]
    tasks: tuple[GroupWork, ...]
    linked: tuple[Linked, ...]


def read_group(tx: Connection, own: Any, *, at: datetime) -> Group:
    """The group of a proposal, given the columns of its row."""
    number: int = own["id"]
    names = ("leader_id", "next_leader_id", "deputy_id", "animator_id", "author_id", "reviewer_id")
    return Group(
        _members(tx, number), _named(tx, {own[name] for name in names} - {None}), _invited(tx, number, at),
        _requests(tx, number), _tasks(tx, number), _linked(tx, own),
    )  # fmt: skip


def _members(tx: Connection, number: int) -> tuple[Member, ...]:
    m = GroupMember
    query = (
        select(m.id, m.person_id, func.coalesce(Person.name, m.name), func.coalesce(Person.organisation, ""),
               func.coalesce(Person.is_minor, False), m.role, m.added_at, m.came_with_id,
               AddressFault.lasting)
        .outerjoin(Person, Person.id == m.person_id)
        .outerjoin(AddressFault, AddressFault.email == func.lower(Person.email))
        .where(m.proposal_id == number, m.left_at.is_(None))
    )  # fmt: skip
    return tuple(sorted((Member(*row) for row in tx.execute(query)), key=lambda member: sort_key(member.name)))


def _named(tx: Connection, ids: set[int]) -> dict[int, Member]:
    query = select(Person.id, Person.name, Person.organisation, Person.is_minor, Person.created_at)
    return {
        row.id: Member(0, row.id, row.name, row.organisation, row.is_minor, "", row.created_at, None)
        for row in tx.execute(query.where(Person.id.in_(ids)))
    }


def _invited(tx: Connection, number: int, at: datetime) -> tuple[Invited, ...]:
    i = GroupInvitation
    whom = func.coalesce(func.nullif(i.name, ""), i.email)
    query = (
        select(i.id, whom, i.role, Person.name, i.sent_at, i.expires_at)
        .join(Person, Person.id == i.invited_by_id)
        .where(i.proposal_id == number, i.closed_at.is_(None), i.expires_at > at).order_by(whom)
    )  # fmt: skip
    return tuple(Invited(*row) for row in tx.execute(query))


def _requests(tx: Connection, number: int) -> tuple[Request, ...]:
    j = JoinRequest
    query = (
        select(j.id, j.person_id, Person.name, Person.is_minor, j.word, j.asked_at, j.closed_at, j.outcome, j.answer)
        .join(Person, Person.id == j.person_id).where(j.proposal_id == number)
        .order_by(j.closed_at.is_not(None), j.id.desc()).limit(100)
    )  # fmt: skip
    return tuple(Request(*row) for row in tx.execute(query))


def _tasks(tx: Connection, number: int) -> tuple[GroupWork, ...]:
    t = GroupTask
    query = (
        select(t.id, t.person_id, Person.name, Person.is_minor, t.text, t.due_on, t.done_at)
        .join(Person, Person.id == t.person_id).where(t.proposal_id == number)
        .order_by(t.done_at.is_not(None), t.due_on.is_(None), t.due_on, t.id.desc()).limit(100 + RECENT)
    )  # fmt: skip
    return tuple(GroupWork(*row) for row in tx.execute(query))


def _linked(tx: Connection, own: Any) -> tuple[Linked, ...]:
    p = Proposal
    agreed = {agreement["target"] for agreement in own["recorded"].get("agree_to_merge", ())}
    # Whoever agreed to a merger with this project has proposed it; there are few, so they are told apart below.
    others = and_(p.edition_id == own["edition_id"], cast(p.recorded, Text).like('%"agree_to_merge"%'))
    wanted = or_(p.merged_into_id == own["id"], p.id.in_({own["merged_into_id"], *agreed} - {None}), others)
    query = select(p.id, p.number, p.title, p.state, p.merged_into_id, p.leader_id, p.recorded).where(wanted)
    linked = (
        Linked(
            row.id, row.number, row.title, row.state, row.merged_into_id, row.leader_id,
            frozenset(entry["target"] for entry in row.recorded.get("agree_to_merge", ())),
        )
        for row in tx.execute(query.order_by(p.number))
    )  # fmt: skip
    own_ones = {own["merged_into_id"], *agreed}
    return tuple(
        other for other in linked if other.id != own["id"]
        and (other.id in own_ones or other.merged_into_id == own["id"] or own["id"] in other.agreed)
    )  # fmt: skip
