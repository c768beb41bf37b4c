"""What a selected project promised and what became of it, as everybody may read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from workflow.base.calendar import warsaw_date
from workflow.engine.move import UNDO
from workflow.engine.plan_reader import plans_of
from workflow.models import ChangeRequest, HistoryEntry, Milestone
from workflow.rules.plan import PlannedLine, PlannedMilestone, ProjectPlan
from workflow.rules.states import PUBLIC, ChangeState, MilestoneState


class PromiseResult(StrEnum):
    """How a promise stands against the plan that was accepted."""

    KEPT = "kept"
    # Reached, or to be reached, on another day that was approved.
    CHANGED = "changed"
    # Reached after its day, or its day is over and it is not reached.
    LATE = "behind"
    AHEAD = "ahead"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Promise:
    """One milestone: what, the day of the plan, the day of now, when it was reached, and why it is not as planned."""

    title: str
    planned_on: date | None
    due_on: date | None
    done_on: date | None
    result: PromiseResult
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that is public of the course of a project; sums in grosze."""

    promises: tuple[Promise, ...]
    lines: tuple[PlannedLine, ...]
    # The states that it came into since it was selected, and when.
    course: tuple[tuple[str, datetime], ...]

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


def account_of(tx: Connection, proposal_id: int, plan: ProjectPlan | None, *, at: datetime) -> Account:
    """The account of a project that the public sees; three statements, six more where its plan was not read yet.

    Before a plan was accepted nothing of it is public.
    """
    plan = plan or plans_of(tx, [proposal_id]).get(proposal_id)
    course = _course(tx, proposal_id)
    if plan is None or plan.accepted_at is None:
        return Account((), (), course)
    outcomes, changes = _outcomes(tx, proposal_id), _changes(tx, proposal_id)
    promises = tuple(
        promise_of(milestone, changes.get(milestone.id, ()), outcomes.get(milestone.id, ""), at)
        for milestone in plan.milestones
    )
    return Account(promises, plan.lines, course)


def promise_of(milestone: PlannedMilestone, changes: Iterable[str], outcome: str, at: datetime) -> Promise:
    """A milestone as a promise; `changes` are the reasons of requests about it that were approved; pure."""
    planned_on, due_on = _day(milestone.baseline_due_at), _day(milestone.due_at)
    result, reasons = _result(milestone, planned_on or due_on, due_on, at), tuple(changes)
    if result == PromiseResult.GIVEN_UP and outcome:
        reasons = (*reasons, outcome)
    return Promise(milestone.title, planned_on or due_on, due_on, milestone.done_on, result, reasons)


def _result(milestone: PlannedMilestone, planned_on: date | None, due_on: date | None, at: datetime) -> PromiseResult:
    if milestone.state == MilestoneState.WAIVED:
        return PromiseResult.GIVEN_UP
    reached = milestone.done_on if milestone.state == MilestoneState.DONE else None
    end = reached or warsaw_date(at)
    if due_on is not None and end > due_on:
        return PromiseResult.LATE
    if planned_on is not None and (end > planned_on if reached else due_on != planned_on):
        return PromiseResult.CHANGED
    return PromiseResult.KEPT if reached else PromiseResult.AHEAD


def _day(moment: datetime | None) -> date | None:
    return warsaw_date(moment) if moment else None


def _outcomes(tx: Connection, proposal_id: int) -> Mapping[int, str]:
    rows = tx.execute(select(Milestone.id, Milestone.outcome).where(Milestone.proposal_id == proposal_id))
    return {number: outcome for number, outcome in rows}  # noqa: C416 - rows are no pairs to the type checker


def _changes(tx: Connection, proposal_id: int) -> Mapping[int, list[str]]:
    c = ChangeRequest
    approved = c.proposal_id == proposal_id, c.state == ChangeState.APPROVED, c.milestone_id.is_not(None)
    reasons: dict[int, list[str]] = {}
    for milestone, reason in tx.execute(select(c.milestone_id, c.reason).where(*approved).order_by(c.number)):
        reasons.setdefault(milestone or 0, []).append(reason)
    return reasons


def _course(tx: Connection, proposal_id: int) -> tuple[tuple[str, datetime], ...]:
    """The public states that the project came into, without steps that were taken back."""
    h = HistoryEntry
    mine = h.subject_kind == "proposal", h.subject_id == proposal_id
    course: list[tuple[str, datetime]] = []
    query = select(h.row, h.from_state, h.to_state, h.at).where(*mine, h.from_state != h.to_state).order_by(h.version)
    for row, _source, target, moment in tx.execute(query):
        if row == UNDO:
            course = course[:-1]
        else:
            course.append((target, moment))
    return tuple((state, moment) for state, moment in course if state in PUBLIC)
