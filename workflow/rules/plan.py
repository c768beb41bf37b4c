"""What a project under way amounts to: its people, milestones, money and reports, as guards and pages look at them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct, field

from workflow.base.calendar import warsaw_date
from workflow.rules.states import UNDER_WAY, WITH_PLAN, Light, MilestoneState, ProposalState, ReportState


class ChangeKind(StrEnum):
    """What a request wants to change of the plan."""

    DATE = "date"
    SCOPE = "scope"
    MONEY = "money"


class PlannedMilestone(Struct, frozen=True):
    """One milestone; `after` are the numbers of the rows of those that come before it."""

    id: int
    number: int
    title: str
    state: MilestoneState
    due_at: datetime | None
    baseline_due_at: datetime | None
    done_on: date | None
    owner_id: int | None
    organisation_id: int | None
    version: int
    updated_at: datetime
    after: frozenset[int] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor waived."""
        return self.state == MilestoneState.PLANNED

    @property
    def is_done(self) -> bool:
        """Whether it was reached."""
        return self.state == MilestoneState.DONE

    @property
    def is_waived(self) -> bool:
        """Whether it was given up."""
        return self.state == MilestoneState.WAIVED

    def is_late(self, at: datetime) -> bool:
        """Whether its day is over and it is still open; computed, so that every page says the same."""
        return self.is_open and self.due_at is not None and self.due_at < at

    @property
    def moved_days(self) -> int:
        """By how many days it was moved, or reached, after the plan that was accepted; negative where earlier."""
        if self.baseline_due_at is None:
            return 0
        end = self.done_on or (warsaw_date(self.due_at) if self.due_at else None)
        return (end - warsaw_date(self.baseline_due_at)).days if end else 0


class PlannedLine(Struct, frozen=True):
    """One line of the budget with what stands on it, in grosze; commitments that were settled count as spent alone."""

    id: int
    number: int
    label: str
    source: str
    own: bool
    organisation_id: int | None
    planned: int
    agreed: int
    committed: int = 0
    spent: int = 0

    @property
    def free(self) -> int:
        """What may still be committed or spent."""
        return self.planned - self.committed - self.spent


class NotedExpense(Struct, frozen=True):
    """One commitment or payment that the answers of a step name; `payments` are those that settle it and stand."""

    id: int
    number: int
    line_id: int
    kind: str
    amount: int
    struck: bool
    settles: int | None = None
    payments: int = 0


class PlannedReport(Struct, frozen=True):
    """One report, without its text."""

    id: int
    number: int
    kind: str
    state: ReportState
    period_from: date | None
    period_to: date | None
    due_at: datetime | None
    light: str


class NamedByAnswers(Struct, frozen=True):
    """What the answers of a step name beside the plan, as far as it exists."""

    organisation: int | None = None
    # Files of this project that are not taken away.
    files: frozenset[int] = frozenset()
    risk_state: str = ""
    promise: int | None = None
    # Pictures of this project that are not taken away.
    pictures: frozenset[int] = frozenset()


class ProjectPlan(Struct, frozen=True):
    """A project with everything that was planned and noted of it."""

    proposal_id: int
    number: int
    title: str
    state: str
    leader_id: int | None
    coordinator_id: int | None
    coordinator_accepted_at: datetime | None
    accepted_at: datetime | None
    started_at: datetime | None
    report_due_at: datetime | None
    report_days: int | None
    milestones: tuple[PlannedMilestone, ...] = ()
    lines: tuple[PlannedLine, ...] = ()
    reports: tuple[PlannedReport, ...] = ()
    # Numbers of the rows of change requests that nobody has decided about.
    open_changes: tuple[int, ...] = ()
    # What the answers of a step name, and is read for that step alone: expenses by their number, files of the project.
    expenses: Mapping[int, NotedExpense] = field(default_factory=dict)
    files: frozenset[int] = frozenset()
    # Organisations with a promise that the actor belongs to, and those that have added to the report of now.
    speaks_for: frozenset[int] = frozenset()
    parts: frozenset[int] = frozenset()
    # While the plan is not accepted: organisations that the sheet names, by their folded name.
    organisations: Mapping[str, int] = field(default_factory=dict)
    # How many requests for a change there were, decided or not.
    changes: int = 0
    named: NamedByAnswers = NamedByAnswers()

    def milestone(self, number: int | None) -> PlannedMilestone | None:
        """The milestone with this number within the project."""
        return next((milestone for milestone in self.milestones if milestone.number == number), None)

    def milestone_with(self, number: int | None) -> PlannedMilestone | None:
        """The milestone with this number of its row."""
        return next((milestone for milestone in self.milestones if milestone.id == number), None)

    def line_with(self, number: int | None) -> PlannedLine | None:
        """The line of the budget with this number of its row."""
        return next((line for line in self.lines if line.id == number), None)

    def line(self, number: int | None) -> PlannedLine | None:
        """The line of the budget with this number within the project."""
        return next((line for line in self.lines if line.number == number), None)

    @property
    def open_milestones(self) -> tuple[PlannedMilestone, ...]:
        """Those that are neither done nor waived, the nearest first; those without a day last."""
        return tuple(sorted(
            (milestone for milestone in self.milestones if milestone.is_open),
            key=lambda milestone: (milestone.due_at is None, milestone.due_at, milestone.number),
        ))  # fmt: skip

    def late_milestones(self, at: datetime) -> tuple[PlannedMilestone, ...]:
        """Those whose day is over and that are still open, the oldest first."""
        return tuple(milestone for milestone in self.open_milestones if milestone.is_late(at))

    @property
    def planned(self) -> int:
        """All the money of the plan, in grosze."""
        return sum(line.planned for line in self.lines)

    @property
    def committed(self) -> int:
        """Money that is bound by contracts and not yet paid, in grosze."""
        return sum(line.committed for line in self.lines)

    @property
    def spent(self) -> int:
        """Money that was paid, in grosze."""
        return sum(line.spent for line in self.lines)

    @property
    def said_light(self) -> str:
        """The light that the last report set.

        A final report has none; of a project that is carried out, perhaps again, the one before it holds.
        """
        given = [report for report in self.reports if report.state in GIVEN]
        if self.state in UNDER_WAY:
            given = [report for report in given if report.light]
        return given[-1].light if given else ""

    def report_is_late(self, at: datetime) -> bool:
        """Whether the report that is expected should have been there; none is while the project is not carried out."""
        due = self.report_due_at if self.state == ProposalState.IN_IMPLEMENTATION else None
        return due is not None and due < at

    def light(self, at: datetime) -> str:
        """The light of the last report, amber at best where something is late; empty where there is neither.

        Nothing is late of a project from which nothing is expected any more.
        """
        said = self.said_light
        is_late = self.state in WITH_PLAN and (bool(self.late_milestones(at)) or self.report_is_late(at))
        return Light.AMBER if is_late and said != Light.RED else said

    def money(self, cost: int | None) -> int:
        """What the accepted plan allows for now, in grosze; before there is one, what the project was to cost."""
        return self.planned if self.accepted_at is not None and self.lines else cost or 0


# Reports that the coordinator has handed in and that were not returned.
GIVEN = frozenset({ReportState.HANDED_IN, ReportState.ACCEPTED})


def in_a_circle(edges: Iterable[tuple[int, int]]) -> bool:
    """Whether some milestone waits for itself; `edges` are (milestone, the one before it)."""
    order = TopologicalSorter[int]()
    for milestone, earlier in edges:
        order.add(milestone, earlier)
    try:
        order.prepare()
    except CycleError:
        return True
    return False
