"""The projects of an edition that were selected: their light, next date, money, and what is late."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.calendar import warsaw_date
from workflow.engine.plan_reader import plans_of
from workflow.models import Person, Proposal
from workflow.models.base import table_of
from workflow.overview.figures import Figure, Measure
from workflow.overview.report_times import CAME
from workflow.rules.plan import PlannedMilestone, ProjectPlan
from workflow.rules.states import FUNDED, WITH_PLAN, MilestoneState, ProposalState

_P = table_of(Proposal).c
_coordinator = table_of(Person).alias("named_person")


class Show(StrEnum):
    """What a portfolio is narrowed to; each as it stands in an address."""

    LATE = "late"
    LATE_MILESTONES = "late_milestones"
    LATE_REPORT = "late_report"
    THIS_MONTH = "month"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"


LIGHTS = (Show.RED, Show.AMBER, Show.GREEN)


@dataclass(frozen=True, slots=True)
class Line:
    """A project of the portfolio as of one moment; sums in grosze."""

    id: int
    number: int
    title: str
    state: str
    lifecycle: str
    lifecycle_version: int
    sector: str
    coordinator: str | None
    coordinator_is_minor: bool
    plan: ProjectPlan
    at: datetime

    @property
    def light(self) -> str:
        """The light of the last report that was handed in; empty where there is none."""
        return self.plan.last_report.light if self.plan.last_report else ""

    @property
    def late_milestones(self) -> tuple[PlannedMilestone, ...]:
        """Milestones whose day is over, the earliest first."""
        return tuple(milestone for milestone in self.plan.open_milestones if self.moves and milestone.is_late(self.at))

    @property
    def report_due_at(self) -> datetime | None:
        """When the next report is due; None while none is expected."""
        return self.plan.report_due_at if self.state == ProposalState.IN_IMPLEMENTATION else None

    @property
    def report_is_late(self) -> bool:
        """Whether the report that is expected should have been there by now; none is while a project is suspended."""
        return self.report_due_at is not None and self.report_due_at < self.at

    @property
    def moves(self) -> bool:
        """Whether something is still expected of it."""
        return self.state in WITH_PLAN

    @property
    def is_late(self) -> bool:
        """Whether a milestone or the report is late."""
        return self.report_is_late or bool(self.late_milestones)

    @property
    def next_milestone(self) -> PlannedMilestone | None:
        """The milestone whose day comes first, past or not."""
        return next((milestone for milestone in self.plan.open_milestones if milestone.due_at), None)

    @property
    def next_at(self) -> datetime | None:
        """The nearest date of a milestone or the report; None where nothing is expected any more."""
        milestone = self.next_milestone.due_at if self.next_milestone else None
        dates = [moment for moment in (milestone, self.report_due_at) if moment is not None]
        return min(dates, default=None) if self.moves else None

    @property
    def next_is_report(self) -> bool:
        """Whether the nearest date is that of the report."""
        return self.next_at is not None and self.next_at == self.report_due_at

    def due_in(self, month: date) -> tuple[PlannedMilestone, ...]:
        """The milestones whose day is, by the plan of now, in the month of a day; those given up left out."""
        return tuple(
            milestone for milestone in self.plan.milestones
            if milestone.state != MilestoneState.WAIVED and milestone.due_at is not None
            and warsaw_date(milestone.due_at).replace(day=1) == month.replace(day=1)
        )  # fmt: skip


def portfolio(tx: Connection, edition_id: int, *, at: datetime) -> tuple[Line, ...]:
    """The projects that take a place and money of an edition, those that are late first; seven statements."""
    source = table_of(Proposal).outerjoin(_coordinator, _coordinator.c.id == _P.coordinator_id)
    query = select(
        _P.id, _P.number, _P.title, _P.state, _P.lifecycle, _P.lifecycle_version, _P.sector, _coordinator.c.name,
        _coordinator.c.is_minor,
    ).select_from(source)  # fmt: skip
    rows: Any = tx.execute(query.where(_P.edition_id == edition_id, _P.state.in_(FUNDED))).all()
    plans = plans_of(tx, [row.id for row in rows]) if rows else {}
    lines = [Line(*(*row[:8], bool(row[8]), plans[row.id], at)) for row in rows]
    return tuple(sorted(lines, key=_urgency))


def _urgency(line: Line) -> tuple[bool, bool, int, bool, float, int]:
    light = LIGHTS.index(Show(line.light)) if line.light else len(LIGHTS)
    moment = line.next_at.timestamp() if line.next_at else 0.0
    return not line.moves, not line.is_late, light, line.next_at is None, moment, line.number


def narrowed(lines: Iterable[Line], show: str) -> list[Line]:
    """The lines that are wanted, in their order; any other word than those of `Show` narrows nothing."""
    return [line for line in lines if _is_wanted(line, show)]


def _is_wanted(line: Line, show: str) -> bool:
    if show in LIGHTS:
        return line.moves and line.light == show
    asked: Mapping[str, bool] = {
        Show.LATE: line.is_late, Show.LATE_MILESTONES: bool(line.late_milestones),
        Show.LATE_REPORT: line.report_is_late, Show.THIS_MONTH: bool(line.due_in(warsaw_date(line.at))),
    }  # fmt: skip
    return asked.get(show, True)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the portfolio amounts to; each figure is a sum over a part of it."""

    planned: Figure
    committed: Figure
    spent: Figure
    due: Figure
    done: Figure
    late_milestones: Figure
    late_reports: Figure
    lights: Mapping[str, Figure]


# What a line adds to a figure.
ADDED: Mapping[Measure, Callable[[Line], int]] = {
    Measure.PLANNED: lambda line: line.plan.planned,
    Measure.COMMITTED: lambda line: line.plan.committed,
    Measure.SPENT: lambda line: line.plan.spent,
    Measure.DUE: lambda line: len(line.due_in(warsaw_date(line.at))),
    Measure.DONE: lambda line: sum(not milestone.is_open for milestone in line.due_in(warsaw_date(line.at))),
    Measure.LATE_MILESTONES: lambda line: len(line.late_milestones),
    Measure.REPORTS: lambda line: sum(report.state in CAME for report in line.plan.reports),
    Measure.LINES: lambda _line: 1,
}


def totals_of(lines: Sequence[Line]) -> Totals:
    """The figures of a portfolio; pure."""
    return Totals(
        _figure(lines, Measure.PLANNED), _figure(lines, Measure.COMMITTED), _figure(lines, Measure.SPENT),
        _figure(lines, Measure.DUE, Show.THIS_MONTH), _figure(lines, Measure.DONE, Show.THIS_MONTH),
        _figure(lines, Measure.LATE_MILESTONES, Show.LATE_MILESTONES),
        _figure(lines, Measure.LINES, Show.LATE_REPORT),
        {light: _figure(lines, Measure.LINES, light) for light in LIGHTS},
    )  # fmt: skip


def _figure(lines: Sequence[Line], measure: Measure, show: str = "") -> Figure:
    value = sum(ADDED[measure](line) for line in narrowed(lines, show))
    return Figure(value, {"show": show} if show else {}, measure)
