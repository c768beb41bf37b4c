"""What selected projects promised and what became of it, as everybody may read it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, case, func, select

from workflow.base.calendar import warsaw_date
from workflow.base.grouping import grouped
from workflow.engine.follow_up import SUSPENDED
from workflow.engine.move import UNDO
from workflow.models import BudgetLine, ChangeRequest, Expense, HistoryEntry, Milestone, Organisation, Proposal
from workflow.rules.states import PUBLIC, ChangeState, ExpenseKind, MilestoneState


class PromiseResult(StrEnum):
    """How a promise stands against the plan that was accepted."""

    KEPT = "kept"
    # Reached, or to be reached, on another day that was approved.
    CHANGED = "changed"
    # Reached after its day, or its day is over and it is not reached.
    LATE = "behind"
    AHEAD = "ahead"
    GIVEN_UP = "given_up"


class Planned(Struct, frozen=True):
    """A milestone as far as its promise is judged by it."""

    title: str
    state: MilestoneState
    planned_on: date | None
    due_on: date | None
    done_on: date | None
    # The organisation that answers for it; people are not named.
    organisation: str = ""
    outcome: str = ""
    # Why its day was moved without a request.
    rests: tuple[str, ...] = ()


class Promise(Struct, frozen=True):
    """One milestone: what, who, the day of the plan, the day of now, when it was reached, why it is not as planned."""

    title: str
    organisation: str
    planned_on: date | None
    due_on: date | None
    done_on: date | None
    result: PromiseResult
    reasons: tuple[str, ...]


class PublicLine(Struct, frozen=True):
    """A line of the budget: for what, who pays, what was agreed in the accepted plan, what the plan of now allows."""

    label: str
    source: str
    agreed: int
    planned: int
    spent: int


class Account(Struct, frozen=True):
    """Everything that is public of the course of a project; sums in grosze."""

    promises: tuple[Promise, ...] = ()
    lines: tuple[PublicLine, ...] = ()
    # The states that it came into since it was selected, and when.
    course: tuple[tuple[str, datetime], ...] = ()

    @property
    def counts(self) -> Mapping[PromiseResult, int]:
        """How many promises there are of each result; nought for those that none has."""
        found = Counter(promise.result for promise in self.promises)
        return {result: found[result] for result in PromiseResult}

    @property
    def agreed(self) -> int:
        """What the accepted plan allowed for."""
        return sum(line.agreed for line in self.lines)

    @property
    def planned(self) -> int:
        """What the plan of now allows for."""
        return sum(line.planned for line in self.lines)

    @property
    def spent(self) -> int:
        """What was paid."""
        return sum(line.spent for line in self.lines)


def accounts_of(tx: Connection, projects: Collection[int], *, at: datetime) -> Mapping[int, Account]:
    """The account of each of these projects; the caller asks whether they are public.

    Four statements, however many projects there are. Before a plan was accepted nothing of it is public.
    """
    if not projects:
        return {}
    milestones, lines, courses = _milestones(tx, projects), _lines(tx, projects), _courses(tx, projects)
    changes = _changes(tx, projects)
    return {
        project: Account(
            tuple(promise_of(planned, changes.get(number, ()), at) for number, planned in milestones.get(project, ())),
            tuple(lines.get(project, ())), tuple(courses.get(project, ())),
        ) for project in projects
    }  # fmt: skip


def promise_of(planned: Planned, changes: Iterable[str], at: datetime) -> Promise:
    """A milestone as a promise; `changes` are the reasons of requests about it that were approved; pure."""
    day = planned.planned_on or planned.due_on
    result, reasons = _result(planned, day, at), (*changes, *planned.rests)
    if result == PromiseResult.GIVEN_UP and planned.outcome:
        reasons = (*reasons, planned.outcome)
    return Promise(planned.title, planned.organisation, day, planned.due_on, planned.done_on, result, reasons)


def _result(planned: Planned, planned_on: date | None, at: datetime) -> PromiseResult:
    if planned.state == MilestoneState.WAIVED:
        return PromiseResult.GIVEN_UP
    due_on = planned.due_on
    reached = planned.done_on if planned.state == MilestoneState.DONE else None
    end = reached or warsaw_date(at)
    if due_on is not None and end > due_on:
        return PromiseResult.LATE
    if planned_on is not None and (end > planned_on if reached else due_on != planned_on):
        return PromiseResult.CHANGED
    return PromiseResult.KEPT if reached else PromiseResult.AHEAD


def _day(moment: datetime | None) -> date | None:
    return warsaw_date(moment) if moment else None


def _milestones(tx: Connection, projects: Collection[int]) -> Mapping[int, list[tuple[int, Planned]]]:
    """The milestones of accepted plans in their order, with the numbers of their rows."""
    m, o, p = Milestone, Organisation, Proposal
    query = (
        select(m.proposal_id, m.id, m.title, m.state, m.baseline_due_at, m.due_at, m.done_on, o.name, m.outcome,
               m.recorded)
        .join(p, p.id == m.proposal_id).outerjoin(o, o.id == m.organisation_id)
        .where(m.proposal_id.in_(projects), p.plan_accepted_at.is_not(None)).order_by(m.number)
    )  # fmt: skip
    return grouped((row.proposal_id, (row.id, _planned(row))) for row in tx.execute(query))


def _planned(row: Any) -> Planned:
    return Planned(row.title, MilestoneState(row.state), _day(row.baseline_due_at), _day(row.due_at), row.done_on,
                   row.name or "", row.outcome, _rests(row.recorded))  # fmt: skip


def _rests(recorded: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Why the clock moved the day: the edition was suspended, once for each time."""
    moves = (recorded or {}).get("move", ())
    return tuple(move["reason"] for move in moves if move["reason"] == SUSPENDED)


def _lines(tx: Connection, projects: Collection[int]) -> Mapping[int, list[PublicLine]]:
    """The lines of the budgets of accepted plans; what was struck out or is only committed is not spent."""
    b, e, p = BudgetLine, Expense, Proposal
    paid = func.coalesce(func.sum(case((e.kind == ExpenseKind.SPENT, e.amount), else_=0)), 0)
    query = (
        select(b.proposal_id, b.label, b.source, b.agreed, b.planned, paid.label("spent"))
        .join(p, p.id == b.proposal_id).outerjoin(e, (e.line_id == b.id) & e.struck_at.is_(None))
        .where(b.proposal_id.in_(projects), p.plan_accepted_at.is_not(None)).group_by(b.id).order_by(b.number)
    )  # fmt: skip
    # PostgreSQL adds whole numbers up to a decimal.
    return grouped(
        (row.proposal_id, PublicLine(row.label, row.source, row.agreed, row.planned, int(row.spent)))
        for row in tx.execute(query)
    )


def _changes(tx: Connection, projects: Collection[int]) -> Mapping[int, list[str]]:
    """The reasons of approved changes by the number of the row of their milestone."""
    c = ChangeRequest
    approved = c.proposal_id.in_(projects), c.state == ChangeState.APPROVED, c.milestone_id.is_not(None)
    query = select(c.milestone_id, c.reason).where(*approved).order_by(c.number)
    return grouped((milestone or 0, reason) for milestone, reason in tx.execute(query))


def _courses(tx: Connection, projects: Collection[int]) -> Mapping[int, list[tuple[str, datetime]]]:
    """The public states that each project came into, without steps that were taken back."""
    h = HistoryEntry
    mine = h.subject_kind == "proposal", h.subject_id.in_(projects), h.from_state != h.to_state
    courses: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    query: Any = select(h.subject_id, h.row, h.to_state, h.at).where(*mine).order_by(h.subject_id, h.version)
    for project, row, target, moment in tx.execute(query):
        if row == UNDO:
            del courses[project][-1:]
        else:
            courses[project].append((target, moment))
    return {
        project: [(state, moment) for state, moment in course if state in PUBLIC] for project, course in courses.items()
    }
