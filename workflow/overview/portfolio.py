"""The projects of an edition that were selected: their light, next date, money, and what is late.

A project is late here where it is late in a list: its term or that of its report has passed, or a day of its plan.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.calendar import warsaw_date
from workflow.engine.plan_reader import plans_of
from workflow.models import Edition, Person, Proposal
from workflow.models.base import table_of
from workflow.overview.figures import Figure, Measure
from workflow.overview.report_times import CAME
from workflow.proposals.filters import UNSTATED
from workflow.rules.lateness import counted_at
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
    # Those that were given up; they are in no other part of the portfolio.
    CANCELLED = "cancelled"


# The states of its projects.
SHOWN = (*FUNDED, ProposalState.CANCELLED)
LIGHTS = (Show.RED, Show.AMBER, Show.GREEN)


class Line(Struct, frozen=True):
    """A project of the portfolio as of one moment; sums in grosze."""

    id: int
    number: int
    title: str
    state: str
    lifecycle: str
    lifecycle_version: int
    sector: str
    cost: int | None
    # Its own term: of resuming, of settling; None where none runs.
    due_at: datetime | None
    coordinator: str | None
    coordinator_is_minor: bool
    plan: ProjectPlan
    at: datetime
    # As of when something of it is late, see `rules.lateness`.
    late_at: datetime

    @property
    def light(self) -> str:
        """The light of the last report, amber at best where something is late; empty where there is neither."""
        return self.plan.light(self.late_at)

    @property
    def money(self) -> int:
        """What it may cost: by its accepted plan, before there is one by its sheet; in grosze."""
        return self.plan.money(self.cost)

    @property
    def late_milestones(self) -> tuple[PlannedMilestone, ...]:
        """Milestones whose day is over, the earliest first."""
        return self.plan.late_milestones(self.late_at) if self.moves else ()

    @property
    def report_due_at(self) -> datetime | None:
        """When the next report is due; None while none is expected."""
        return self.plan.report_due_at if self.state == ProposalState.IN_IMPLEMENTATION else None

    @property
    def report_is_late(self) -> bool:
        """Whether the report that is expected should have been there by now; none is while a project is suspended."""
        return self.plan.report_is_late(self.late_at)

    @property
    def term_is_late(self) -> bool:
        """Whether its own term has passed."""
        return self.due_at is not None and self.due_at < self.late_at

    @property
    def moves(self) -> bool:
        """Whether something is still expected of it."""
        return self.state in WITH_PLAN

    @property
    def is_late(self) -> bool:
        """Whether its term, a milestone or the report is late."""
        return self.term_is_late or self.report_is_late or bool(self.late_milestones)

    @property
    def late_since(self) -> datetime | None:
        """The earliest date that has passed; None where nothing is late."""
        terms = (self.due_at if self.term_is_late else None, self.report_due_at if self.report_is_late else None)
        return min(filter(None, (*terms, *(milestone.due_at for milestone in self.late_milestones))), default=None)

    @property
    def next_milestone(self) -> PlannedMilestone | None:
        """The open milestone whose day comes first of those that lie ahead."""
        return next((milestone for milestone in self.plan.open_milestones if self._lies_ahead(milestone.due_at)), None)

    @property
    def next_at(self) -> datetime | None:
        """The nearest date ahead of a milestone, the report or its own term; what is late already has none."""
        milestone = self.next_milestone.due_at if self.next_milestone else None
        dates = [moment for moment in (milestone, self.report_due_at, self.due_at) if self._lies_ahead(moment)]
        return min(filter(None, dates), default=None) if self.moves else None

    def _lies_ahead(self, moment: datetime | None) -> bool:
        return moment is not None and moment >= self.at

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
    """The projects that take a place and money of an edition, those that are late first, then the cancelled ones.

    Seven statements.
    """
    return portfolios(tx, [edition_id], at=at)[edition_id]


def portfolios(tx: Connection, editions: Collection[int], *, at: datetime) -> Mapping[int, tuple[Line, ...]]:
    """The same of several editions, in as many statements."""
    of = table_of(Edition)
    source = table_of(Proposal).outerjoin(_coordinator, _coordinator.c.id == _P.coordinator_id)
    query = select(
        _P.id, _P.number, _P.title, _P.state, _P.lifecycle, _P.lifecycle_version, _P.sector, _P.cost, _P.due_at,
        _coordinator.c.name, _coordinator.c.is_minor, _P.edition_id, of.c.state.label("edition_state"),
        of.c.recorded,
    ).select_from(source.join(of, of.c.id == _P.edition_id))  # fmt: skip
    rows: Any = tx.execute(query.where(_P.edition_id.in_(editions), _P.state.in_(SHOWN))).all()
    plans = plans_of(tx, [row.id for row in rows]) if rows else {}
    of_edition: dict[int, list[Line]] = {edition: [] for edition in editions}
    for row in rows:
        late_at = counted_at({"state": row.edition_state, "recorded": row.recorded}, at)
        of_edition[row.edition_id].append(Line(*(*row[:10], bool(row[10]), plans[row.id], at, late_at)))
    return {edition: tuple(sorted(lines, key=_urgency)) for edition, lines in of_edition.items()}


def _urgency(line: Line) -> tuple[bool, bool, int, bool, float, int]:
    light = LIGHTS.index(Show(line.light)) if line.light else len(LIGHTS)
    moment = line.next_at.timestamp() if line.next_at else 0.0
    return not line.moves, not line.is_late, light, line.next_at is None, moment, line.number


def narrowed(lines: Iterable[Line], show: str, sector: str = "") -> list[Line]:
    """The lines that are wanted, in their order; any other word than those of `Show` means all but the cancelled.

    A sector narrows too, `UNSTATED` to the projects that have none.
    """
    named = "" if sector == UNSTATED else sector
    return [line for line in lines if _is_wanted(line, show) and (not sector or line.sector == named)]


def _is_wanted(line: Line, show: str) -> bool:
    if (line.state == ProposalState.CANCELLED) is not (show == Show.CANCELLED):
        return False
    if show in LIGHTS:
        return line.moves and line.light == show
    asked: Mapping[str, bool] = {
        Show.LATE: line.is_late, Show.LATE_MILESTONES: bool(line.late_milestones),
        Show.LATE_REPORT: line.report_is_late, Show.THIS_MONTH: bool(line.due_in(warsaw_date(line.at))),
    }  # fmt: skip
    return asked.get(show, True)


class Totals(Struct, frozen=True):
    """What the portfolio amounts to; each figure is a sum over a part of it."""

    all: Figure
    planned: Figure
    committed: Figure
    spent: Figure
    # What was spent on projects that were cancelled; in no other sum.
    spent_in_vain: Figure
    late: Figure
    due: Figure
    done: Figure
    late_milestones: Figure
    late_reports: Figure
    lights: Mapping[str, Figure]


# What a line adds to a figure.
ADDED: Mapping[Measure, Callable[[Line], int]] = {
    Measure.PLANNED: lambda line: line.money,
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
        figure_of(lines, Measure.LINES), figure_of(lines, Measure.PLANNED), figure_of(lines, Measure.COMMITTED),
        figure_of(lines, Measure.SPENT), figure_of(lines, Measure.SPENT, Show.CANCELLED),
        figure_of(lines, Measure.LINES, Show.LATE),
        figure_of(lines, Measure.DUE, Show.THIS_MONTH), figure_of(lines, Measure.DONE, Show.THIS_MONTH),
        figure_of(lines, Measure.LATE_MILESTONES, Show.LATE_MILESTONES),
        figure_of(lines, Measure.LINES, Show.LATE_REPORT),
        {light: figure_of(lines, Measure.LINES, light) for light in LIGHTS},
    )  # fmt: skip


def figure_of(lines: Sequence[Line], measure: Measure, show: str = "", sector: str = "") -> Figure:
    """One figure of a portfolio, with what its list is narrowed to; pure."""
    value = sum(ADDED[measure](line) for line in narrowed(lines, show, sector))
    filters = {name: given for name, given in (("show", show), ("sector", sector)) if given}
    return Figure(value, filters, measure)
