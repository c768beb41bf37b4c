"""Who belongs to an audience of a happening, as the database has it now; in a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Executable, select

from workflow.base.grouping import grouped
from workflow.db.statements import among
from workflow.models import (
    Agreement,
    AgreementPartner,
    ChangeRequest,
    Conference,
    Edition,
    GroupMember,
    HistoryContent,
    HistoryEntry,
    Meeting,
    Milestone,
    Person,
    Poll,
    Proposal,
    RoleGrant,
)
from workflow.notifications.agreement_recipients import partners_of, speakers
from workflow.notifications.project_parts import parts_of_projects, project_of
from workflow.notifications.registered import registered_for
from workflow.notifications.seated import electors, seated
from workflow.notifications.topic_audiences import TO_ALL_LEADERS
from workflow.rules.facts import Ref
from workflow.rules.roles import Role
from workflow.rules.states import GONE
from workflow.rules.topics import Audience, Topic

ROLES: Mapping[Audience, tuple[str, ...]] = {
    Audience.STAFF: (Role.STAFF,),
    Audience.COMMITTEE: (Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR),
    Audience.CHAIR: (Role.COMMITTEE_CHAIR,),
    Audience.APPEAL_BODY: (Role.APPEAL_BODY,),
    Audience.PARTNERS: (Role.PARTNER,),
    Audience.INITIATOR: (Role.INITIATOR,),
}
# Subjects whose row names their edition; that of a project is read with the project.
OF_EDITIONS: tuple[Any, ...] = (Conference, Agreement, AgreementPartner, Meeting, Poll, Milestone, ChangeRequest)
# Under this name the payload of a message holds the people whom somebody chose for it.
PEOPLE = "people"


class Happening(Struct, frozen=True):
    """What recipients are worked out from: topic and subject, the person and the proposal that the step referenced."""

    id: int
    topic: str
    ref: Ref
    named: int | None = None
    other: int | None = None
    listed: tuple[int, ...] = ()
    # Of a correction: whoever got what it corrects.
    people: tuple[int, ...] = ()


def happening(number: int, topic: str, ref: Ref, data: Mapping[str, Any]) -> Happening:
    """A happening, from what was given with its step."""
    person, other = (data.get(name) for name in ("person", "target"))
    named = person if isinstance(person, int) else None
    people = tuple(data.get("people", ())) if topic == Topic.CORRECTED else ()
    listed = tuple(data.get(PEOPLE, ())) if topic != Topic.CORRECTED else ()
    return Happening(number, topic, ref, named, other if isinstance(other, int) else None, listed, people)


class _Proposal(Struct, frozen=True):
    edition_id: int
    author_id: int | None
    leader_id: int | None
    coordinator_id: int | None


Members = dict[Audience, frozenset[int]]


def audiences(
    connection: Connection, happenings: Sequence[Happening], *, only: Collection[int] | None = None
) -> dict[int, Members]:
    """The people of every audience, by happening; `only` asks in which of them some people are.

    All leaders of an edition are looked for only where the topic is told to them.
    """
    parts = parts_of_projects(connection, {happening.ref for happening in happenings})
    proposals = _proposals(connection, {project_of(happening.ref, parts) for happening in happenings} - {None})
    editions = _present(connection, _editions(connection, happenings, proposals))
    parted = _parted(connection, {happening.ref.id for happening in happenings if happening.topic == Topic.UNMERGED})
    others = {happening.id: happening.other or parted.get(happening.ref.id) for happening in happenings}
    other_leaders = {key: row.leader_id for key, row in _proposals(connection, set(others.values()) - {None}).items()}
    m, p = GroupMember, Proposal
    groups = _people(connection, m.proposal_id, m.person_id, proposals, only, m.left_at.is_(None))
    roles = _roles(connection, set(editions.values()), only)
    to_leaders = {happening.id for happening in happenings if happening.topic in TO_ALL_LEADERS} & editions.keys()
    led = {editions[number] for number in to_leaders}
    leaders = _people(connection, p.edition_id, p.leader_id, led, only, p.state.not_in(GONE))
    present = {happening.ref for happening in happenings if happening.id in editions}
    registered = registered_for(connection, happenings, editions, only)
    in_seats = seated(connection, present) | electors(connection, present)
    speaking = speakers(connection, present)
    by_happening: dict[int, Members] = {}
    for happening in happenings:
        edition = editions.get(happening.id)
        members: dict[Audience, Iterable[int | None]] = {
            **{audience: roles[edition, audience] for audience in ROLES},
            Audience.ALL_LEADERS: leaders[edition],
            Audience.NAMED: (happening.named or getattr(parts.get(happening.ref), "owner_id", None),),
            Audience.LISTED: happening.listed,
            Audience.CORRECTED: happening.people,
            Audience.REGISTERED: registered.get(happening.id, ()),
            Audience.SEATED: in_seats.get(happening.ref, ()),
            Audience.ORGANISATION: speaking.get(happening.ref, ()),
            Audience.PARTNERS: partners_of(happening.ref, roles[edition, Audience.PARTNERS], speaking),
            Audience.ACCOUNT: (happening.ref.id,) if happening.ref.kind == "person" else (),
        }
        project = project_of(happening.ref, parts)
        if edition and project is not None and (own := proposals.get(project)):
            members |= _of_proposal(own, groups[project], other_leaders.get(others[happening.id] or 0))
        by_happening[happening.id] = {
            audience: frozenset(id_ for id_ in people if id_ is not None and (only is None or id_ in only))
            for audience, people in members.items()
        }
    return by_happening


def _of_proposal(
    own: _Proposal, group: Iterable[int], other_leader: int | None
) -> dict[Audience, Iterable[int | None]]:  # fmt: skip
    """The people of a project; the author of an idea acts as its leader until a group is formed."""
    return {
        Audience.LEADER: (own.leader_id or own.author_id,), Audience.AUTHOR: (own.author_id,),
        Audience.COORDINATOR: (own.coordinator_id,), Audience.GROUP: group, Audience.OTHER_LEADER: (other_leader,),
    }  # fmt: skip


def editions_of(connection: Connection, happenings: Sequence[Happening]) -> dict[int, int]:
    """The edition of each happening, by its number; of those of the past and of what belongs to none, nothing."""
    refs = {happening.ref.id for happening in happenings if happening.ref.kind == "proposal"}
    return _present(connection, _editions(connection, happenings, _proposals(connection, refs)))


def _parted(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """The proposals that these were merged into before they were separated again: only the history knows."""
    if not ids:
        return {}
    query = (
        select(HistoryEntry.subject_id, HistoryContent.data)
        .join(HistoryContent, HistoryContent.history_id == HistoryEntry.id)
        .where(
            HistoryEntry.subject_kind == "proposal",
            HistoryEntry.subject_id.in_(ids),
            HistoryEntry.step == "merge_into",
        )
        .order_by(HistoryEntry.id)
    )
    return {row.subject_id: row.data["target"] for row in connection.execute(query) if "target" in row.data}


def _proposals(connection: Connection, ids: Collection[int | None]) -> dict[int, _Proposal]:
    if not ids:
        return {}
    query = select(
        Proposal.id, Proposal.edition_id, Proposal.author_id, Proposal.leader_id, Proposal.coordinator_id,
    ).where(Proposal.id.in_(ids))  # fmt: skip
    return {row.id: _Proposal(*row[1:]) for row in connection.execute(query)}


def _editions(
    connection: Connection, happenings: Sequence[Happening], proposals: Mapping[int, _Proposal]
) -> dict[int, int]:
    of: dict[Ref, int] = {Ref("proposal", key): row.edition_id for key, row in proposals.items()}
    refs = {happening.ref for happening in happenings}
    of |= {ref: ref.id for ref in refs if ref.kind == "edition"}
    for model in OF_EDITIONS:
        if ids := {ref.id for ref in refs if ref.kind == model.__tablename__}:
            rows = connection.execute(select(model.id, model.edition_id).where(model.id.in_(ids)))
            of |= {Ref(model.__tablename__, row.id): row.edition_id for row in rows}
    return {happening.id: of[happening.ref] for happening in happenings if happening.ref in of}


def _present(connection: Connection, editions: dict[int, int]) -> dict[int, int]:
    """Without the editions of the past: entering an old record is news to nobody."""
    ids = set(editions.values())
    query = select(Edition.id).where(Edition.id.in_(ids), Edition.historical)
    past = {row.id for row in _rows(connection, query, ids)}
    return {key: edition for key, edition in editions.items() if edition not in past}


def _people(
    connection: Connection, of: Any, person: Any, ids: Collection[int], only: Collection[int] | None, *where: Any
) -> dict[int | None, list[int]]:
    """The people whom rows of these subjects name, by the number of the subject."""
    query = select(of, person).distinct().where(of.in_(ids), person.is_not(None), *where)
    if only is not None:
        query = query.where(among(person, only))
    return grouped((subject, member) for subject, member in _rows(connection, query, ids))


def _roles(
    connection: Connection, ids: Collection[int], only: Collection[int] | None
) -> dict[tuple[int | None, Audience], list[int]]:
    query = select(RoleGrant.edition_id, RoleGrant.role, RoleGrant.person_id).where(
        RoleGrant.edition_id.in_(ids), RoleGrant.withdrawn_at.is_(None)
    )
    if only is not None:
        query = query.where(among(RoleGrant.person_id, only))
    return grouped(
        ((row.edition_id, audience), row.person_id)
        for row in _rows(connection, query, ids) for audience, names in ROLES.items() if row.role in names
    )  # fmt: skip


def _rows(connection: Connection, query: Executable, ids: Collection[Any]) -> Iterable[Any]:
    # A question about nothing needs no statement.
    return connection.execute(query) if ids else ()


def names_of(connection: Connection, people: Collection[int | None]) -> dict[int | None, str]:
    """The names of people by number."""
    query = select(Person.id, Person.name).where(Person.id.in_(people))
    return {row.id: row.name for row in connection.execute(query)} if people else {}
