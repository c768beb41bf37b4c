"""Reads who has a conflict of interest about which project: found anew from rows, and what people have said about it.

Nothing that is found is stored, so a new member, a merger or a new partner counts from the moment in which its row is
written. What is cleared stays cleared for what it was found from, and no further.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace
from sqlalchemy import BigInteger, BindParameter, Connection, bindparam, func, or_, select

from workflow.base.collation import fold
from workflow.base.i18n import DEFAULT, _
from workflow.db.number_lists import in_list
from workflow.db.statements import Query, among, query_together
from workflow.models import (
    Affiliation,
    Conflict,
    Declaration,
    Edition,
    GroupMember,
    Organisation,
    Person,
    Proposal,
    Seat,
    SeatHolder,
)
from workflow.rules.conflicts_of_interest import (
    Answer,
    ConflictOfInterest,
    ConflictState,
    JudgedProject,
    Source,
    Ties,
    added_since,
    found,
    represented,
)
from workflow.rules.sheet_sections import as_rows
from workflow.rules.states import JUDGED

Organisations = Mapping[int, Mapping[str, str]]
DECLARED = _("The member declared it.")
# Constants, because each step of an announcement, of a meeting and of a vote asks them.
_EDITION: BindParameter[Any] = bindparam("edition", None, BigInteger)
_DECLARED = Query(select(Conflict.proposal_id, Conflict.person_id, Person.name).join(
    Person, Person.id == Conflict.person_id
).where(
    in_list(Conflict.proposal_id, "proposals"), Conflict.revoked_at.is_(None),
    Conflict.state == ConflictState.CONFIRMED,
))  # fmt: skip
_IMPARTIAL = Query(select(Declaration.proposal_id, Declaration.person_id, Declaration.basis).where(
    in_list(Declaration.proposal_id, "proposals"), Declaration.revoked_at.is_(None),
    Declaration.answer == Answer.IMPARTIAL,
))  # fmt: skip
_PROJECTS = (
    select(Proposal.id, Proposal.number, Proposal.title, Proposal.author_id, Proposal.leader_id, Proposal.sheet)
    .where(Proposal.edition_id == _EDITION).order_by(Proposal.number)
)  # fmt: skip
_NAMED = Query(_PROJECTS.where(in_list(Proposal.id, "proposals")))
_JUDGED = Query(_PROJECTS.where(among(Proposal.state, sorted(JUDGED))))
_GROUPS = Query(
    select(func.coalesce(Proposal.merged_into_id, Proposal.id), GroupMember.id, GroupMember.person_id,
           GroupMember.left_at)
    .join(Proposal, Proposal.id == GroupMember.proposal_id)
    .where(or_(in_list(Proposal.id, "proposals"), in_list(Proposal.merged_into_id, "proposals")))
    .order_by(GroupMember.id)
)  # fmt: skip
_PEOPLE = Query(
    select(Person.id, Person.name, Person.organisation, func.coalesce(Organisation.name, ""))
    .outerjoin(Affiliation, (Affiliation.person_id == Person.id) & Affiliation.to_on.is_(None))
    .outerjoin(Organisation, Organisation.id == Affiliation.organisation_id).where(in_list(Person.id, "people"))
    .order_by(Person.id)
)  # fmt: skip
_SITS = (
    select(SeatHolder.person_id, func.coalesce(Organisation.name, "")).join(Seat, Seat.id == SeatHolder.seat_id)
    .outerjoin(Organisation, Organisation.id == Seat.organisation_id).where(Seat.edition_id == _EDITION)
)  # fmt: skip
_SEATED, _SEATED_OF = Query(_SITS), Query(_SITS.where(in_list(SeatHolder.person_id, "people")))
_COMMUNES = Query(select(Edition.communes).where(Edition.id == _EDITION))
_SAID = Query(
    select(Conflict.person_id, Conflict.proposal_id, Conflict.source, Conflict.state, Conflict.basis, Conflict.reason,
           Person.name, Conflict.at)
    .join(Person, Person.id == Conflict.decided_by_id)
    .where(Conflict.edition_id == _EDITION, in_list(Conflict.proposal_id, "proposals"), Conflict.revoked_at.is_(None))
)  # fmt: skip


def binding(tx: Connection, edition_id: int, *, proposals: Collection[int] | None = None) -> dict[int, dict[int, str]]:
    """Proposal -> person -> why this person neither scores nor votes about it; in Polish, as minutes are written.

    Of all members of the bodies, substitutes too; of the projects named, or of all that the bodies judge. Seven
    statements; reads without a lock.
    """
    return reasons_of(conflicts_of(tx, edition_id, proposals=proposals))


def reasons_of(conflicts: Iterable[ConflictOfInterest]) -> dict[int, dict[int, str]]:
    """Proposal -> person -> why this person does not vote, of the conflicts that bind; pure."""
    reasons: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for conflict in conflicts:
        if conflict.binds:
            reasons[conflict.proposal_id][conflict.person_id].append(in_words(conflict))
    return {proposal: {person: " ".join(words) for person, words in of.items()} for proposal, of in reasons.items()}


def declared_by(tx: Connection, proposals: Collection[int]) -> dict[int, dict[int, str]]:
    """Proposal -> person -> name of everybody whose declared conflict nobody has cleared; at most one statement."""
    if not proposals:
        return {}
    people: dict[int, dict[int, str]] = defaultdict(dict)
    for proposal, person, name in _DECLARED.all(tx, {"proposals": list(proposals)}):
        people[proposal][person] = name
    return people


def impartial_about(tx: Connection, projects: Mapping[int, JudgedProject]) -> dict[int, frozenset[int]]:
    """Proposal -> who has declared to be impartial about it, and nobody came to its group or partners since.

    At most one statement.
    """
    people: dict[int, set[int]] = defaultdict(set)
    for proposal, person, basis in _IMPARTIAL.all(tx, {"proposals": list(projects)}) if projects else ():
        if not added_since(basis, projects[proposal]):
            people[proposal].add(person)
    return {proposal: frozenset(of) for proposal, of in people.items()}


def in_words(conflict: ConflictOfInterest, language: str = DEFAULT) -> str:
    """Why there is a conflict: the member's own reason, or what it was found from."""
    return conflict.reason if conflict.source is Source.DECLARED else conflict.words.say(language)


def conflicts_of(
    tx: Connection, edition_id: int, *, proposals: Collection[int] | None = None, people: Collection[int] | None = None
) -> tuple[ConflictOfInterest, ...]:
    """Every conflict of the members, or of the people named, found or declared, with cleared ones, in no order."""
    return conflicts_about(tx, edition_id, projects_of(tx, edition_id, proposals), people=people)


def conflicts_about(
    tx: Connection, edition_id: int, projects: Mapping[int, JudgedProject], *, people: Collection[int] | None = None
) -> tuple[ConflictOfInterest, ...]:
    """The same about projects that were read already; four statements, none where there is no project."""
    if not projects:
        return ()
    here = {"edition": edition_id, "proposals": list(projects), "people": list(people or ())}
    sits = _SEATED if people is None else _SEATED_OF
    rows, seats, communes = query_together(tx, [(_SAID, here), (sits, here), (_COMMUNES, here)])
    said = _said(rows)
    others = {person for person, *_rest in (*seats, *said)} if people is None else ()
    ties = _ties(tx, seats, {*(people or ()), *others}, (communes and communes[0].communes) or ())
    return tuple(
        conflict for member in ties for project in projects.values() for conflict in _between(member, project, said)
    )


def projects_of(tx: Connection, edition_id: int, proposals: Collection[int] | None = None) -> dict[int, JudgedProject]:
    """What may tie somebody to the projects named, or to all of the edition that the bodies judge; three statements."""
    named = _JUDGED if proposals is None else _NAMED
    rows = {row.id: row for row in named.all(tx, {"edition": edition_id, "proposals": list(proposals or ())})}
    if not rows:
        return {}
    groups = _groups(tx, rows)
    now = {person for group in groups.values() for person, is_now in group.people.items() if is_now}
    _names, organisations = _people(tx, now | {row.leader_id for row in rows.values() if row.leader_id})
    return {number: _project(row, groups[number], organisations) for number, row in rows.items()}


@dataclass(slots=True)
class _Group:
    """The group of a proposal, with those that were merged into it."""

    people: dict[int, bool] = field(default_factory=dict)
    members: set[int] = field(default_factory=set)


def _groups(tx: Connection, proposals: Iterable[int]) -> Mapping[int, _Group]:
    """Who works in each group, or worked there before; a group that was merged counts for the one that took it in."""
    rows = _GROUPS.all(tx, {"proposals": list(proposals)})
    groups: dict[int, _Group] = defaultdict(_Group)
    for proposal, number, person, left_at in rows:
        group = groups[proposal]
        if left_at is None:
            group.members.add(number)
        if person is not None:
            group.people[person] = group.people.get(person, False) or left_at is None
    return groups


def _project(row: Any, group: _Group, organisations: Organisations) -> JudgedProject:
    people = {**dict.fromkeys(filter(None, [row.author_id]), False), **group.people}
    people |= dict.fromkeys(filter(None, [row.leader_id]), True)
    shared = frozenset(name for person, now in people.items() if now for name in organisations.get(person, ()))
    partners = tuple(" ".join(filter(None, line.values())) for line in as_rows("partners", row.sheet.get("partners")))
    return JudgedProject(
        row.id, row.number, row.title, people, shared, tuple(row.sheet.get("places") or ()), partners,
        frozenset(group.members),
    )  # fmt: skip


def _people(tx: Connection, people: Collection[int]) -> tuple[dict[int, str], dict[int, dict[str, str]]]:
    """The names of people, and person -> folded name -> name of the organisations to which each belongs or has named.

    One statement.
    """
    names: dict[int, str] = {}
    named: dict[int, dict[str, str]] = defaultdict(dict)
    for person, own, *organisations in _PEOPLE.all(tx, {"people": list(people)}):
        names[person] = own
        named[person] |= {folded: name for name in organisations if (folded := fold(name))}
    return names, named


def _ties(
    tx: Connection, seats: Iterable[tuple[int, str]], people: Collection[int], communes: Sequence[str]
) -> tuple[Ties, ...]:
    """These people, with the organisations of their seats; one statement."""
    names, named = _people(tx, people)
    for person, name in seats:
        if folded := fold(name):
            named[person][folded] = name
    return tuple(_member(person, names[person], named[person], communes) for person in names)


def _member(person: int, name: str, organisations: Mapping[str, str], communes: Sequence[str]) -> Ties:
    own = frozenset(commune for written in organisations.values() for commune in represented(written, communes))
    return Ties(person, name, organisations, own)


_Said = Mapping[tuple[int, int, str], ConflictOfInterest]


def _said(rows: Iterable[Any]) -> _Said:
    """What people have said about conflicts, by person, proposal and source."""
    return {
        (row.person_id, row.proposal_id, row.source): ConflictOfInterest(
            row.person_id, row.proposal_id, Source(row.source), ConflictState(row.state), DECLARED,
            tuple(row.basis), row.reason, row.name, row.at,
        )
        for row in rows
    }  # fmt: skip


def _between(member: Ties, project: JudgedProject, said: _Said) -> Iterator[ConflictOfInterest]:
    """The conflicts of a member about a project: what is found, unless cleared, and what the member declared."""
    for conflict in found(member, project):
        answer = said.get((member.person_id, project.proposal_id, conflict.source))
        if answer is None or not set(conflict.basis) <= set(answer.basis):
            yield conflict
        else:
            yield replace(answer, words=conflict.words)
    declared = said.get((member.person_id, project.proposal_id, Source.DECLARED))
    if declared is not None:
        yield declared
