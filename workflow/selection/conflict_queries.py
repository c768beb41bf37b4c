"""Reads what the pages of conflicts show: what a member has to declare, who has declared, and every conflict."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, Date, Select, bindparam, exists, func, or_, select

from workflow.base.calendar import warsaw_date
from workflow.base.grouping import grouped
from workflow.engine.conflicts_of_interest import conflicts_about, projects_of
from workflow.models import Declaration, Edition, Meeting, Motion, MotionItem, Proposal, Seat, SeatHolder
from workflow.rules.bodies import Body
from workflow.rules.conflicts_of_interest import ConflictOfInterest, JudgedProject
from workflow.rules.session import MotionOutcome
from workflow.rules.states import RESTING, MeetingState, ProposalState
from workflow.selection.conflict_rules import Bench, DeclarationLine, changed_since, is_due
from workflow.selection.seat_queries import seats_of

# What a body has before it, besides what an open motion of it names.
BEFORE = {Body.COMMITTEE.value: ProposalState.PRESENTED, Body.APPEAL.value: ProposalState.APPEALED}


class MemberProject(Struct, frozen=True):
    """A project before a member: what was found or declared about both, and what the member declared last."""

    body: str
    person_id: int
    name: str
    project: JudgedProject
    conflicts: tuple[ConflictOfInterest, ...] = ()
    declaration: DeclarationLine | None = None

    @property
    def due(self) -> bool:
        """Whether the member still has to declare."""
        return is_due(self.project, self.declaration, self.conflicts)

    @property
    def changed(self) -> bool:
        """Whether group or partners have changed since the member declared."""
        return changed_since(self.project, self.declaration)

    @property
    def binding(self) -> tuple[ConflictOfInterest, ...]:
        """The conflicts for which the member neither scores nor votes."""
        return tuple(conflict for conflict in self.conflicts if conflict.binds)


class Declarations(Struct, frozen=True):
    """The bodies of an edition, their members with every project before them, and until when they declare."""

    bench: Bench
    lines: tuple[MemberProject, ...]
    until: Mapping[str, datetime]

    def of(self, person_id: int | None) -> tuple[MemberProject, ...]:
        """What a person has before oneself, by number."""
        return tuple(line for line in self.lines if line.person_id == person_id)

    def barred(self, proposal_id: int) -> frozenset[int]:
        """The members who have a conflict about a project."""
        return frozenset(line.person_id for line in self.lines
                         if line.project.proposal_id == proposal_id and line.binding)  # fmt: skip

    def until_for(self, person_id: int | None) -> datetime | None:
        """When the next meeting of a body of this person begins."""
        return min((at for body, at in self.until.items() if body in self.bench.bodies_of(person_id)), default=None)


class PendingDeclarations(Struct, frozen=True):
    """How many declarations somebody owes in one edition, and until when."""

    edition_key: str
    edition: str
    count: int
    until: datetime | None


def declarations_of(
    tx: Connection, edition_id: int, *, at: datetime, people: Collection[int] | None = None
) -> Declarations:
    """Declarations and conflicts of all members of both bodies, or of the people named; a fixed number of reads."""
    bench = Bench(seats_of(tx, edition_id), warsaw_date(at))
    before = _before(tx, edition_id)
    projects = projects_of(tx, edition_id, before) if before else {}
    found = conflicts_about(tx, edition_id, projects, people=people)
    conflicts = grouped(((conflict.person_id, conflict.proposal_id), conflict) for conflict in found)
    declared = _declared(tx, before) if before else {}
    lines = tuple(
        MemberProject(body, person, name, project, tuple(conflicts[person, number]), declared.get((person, number)))
        for body in Body for person, name in bench.members(body).items() if people is None or person in people
        for number, project in projects.items() if body in before[number]
    )  # fmt: skip
    return Declarations(bench, lines, _next_meetings(tx, edition_id, at) if lines else {})


def _moved() -> Select[str]:
    """The bodies before which an open motion about the proposal at hand is."""
    i, m = MotionItem, Motion
    on = (m.meeting_id == i.meeting_id) & (m.number == i.motion_number)
    query = select(Meeting.body).select_from(i).join(m, on).join(Meeting, Meeting.id == m.meeting_id)
    return query.where(i.proposal_id == Proposal.id, m.outcome == MotionOutcome.OPEN).correlate(Proposal)


def _owed() -> Select[*tuple[Any, ...]]:
    """The editions in which a person sits in a body that has something before it."""
    h, day = SeatHolder, bindparam("day", None, Date)
    sits = (
        select(Seat.edition_id).join(h, h.seat_id == Seat.id)
        .where(h.person_id == bindparam("person", None, BigInteger), h.from_on <= day,
               or_(h.to_on.is_(None), h.to_on >= day))
    )  # fmt: skip
    waits = exists().where(
        Proposal.edition_id == Edition.id, or_(Proposal.state.in_(BEFORE.values()), _moved().exists())
    )
    query = select(Edition.id, Edition.key, Edition.title).where(Edition.id.in_(sits), waits)
    return query.where(Edition.state.not_in(RESTING)).order_by(Edition.id)


_OWED = _owed()


def pending_declarations(tx: Connection, person_id: int, *, at: datetime) -> tuple[PendingDeclarations, ...]:
    """What a person owes in each edition of whose bodies the person is a member; one statement where nothing is."""
    pending = []
    for edition_id, key, title in tx.execute(_OWED, {"person": person_id, "day": warsaw_date(at)}).all():
        declarations = declarations_of(tx, edition_id, at=at, people={person_id})
        if count := sum(line.due for line in declarations.lines):
            pending.append(PendingDeclarations(key, title, count, declarations.until_for(person_id)))
    return tuple(pending)


def _before(tx: Connection, edition_id: int) -> dict[int, frozenset[str]]:
    """The projects that one of the bodies has before it, with these bodies, in the order of their numbers."""
    p = Proposal
    moved = _moved().limit(1).scalar_subquery()
    query = select(p.id, p.state, moved.label("body")).where(
        p.edition_id == edition_id, or_(p.state.in_(BEFORE.values()), _moved().exists())
    )
    by_state = {state: body for body, state in BEFORE.items()}
    return {row.id: frozenset(filter(None, (by_state.get(row.state), row.body)))
            for row in tx.execute(query.order_by(p.number))}  # fmt: skip


def _declared(tx: Connection, proposals: Collection[int]) -> dict[tuple[int, int], DeclarationLine]:
    d = Declaration
    query = select(d.person_id, d.proposal_id, d.answer, d.text_version, d.basis, d.at)
    query = query.where(d.proposal_id.in_(proposals), d.revoked_at.is_(None))
    return {(row.person_id, row.proposal_id): DeclarationLine(*row[2:]) for row in tx.execute(query)}


def _next_meetings(tx: Connection, edition_id: int, at: datetime) -> dict[str, datetime]:
    """When the next convened meeting of each body begins."""
    m = Meeting
    query = select(m.body, func.min(m.starts_at)).where(
        m.edition_id == edition_id, m.state == MeetingState.CONVENED, m.starts_at >= at
    )
    return {body: starts for body, starts in tx.execute(query.group_by(m.body)) if starts is not None}
