"""An edition in figures: where its projects are, for whom they wait and how long, money, conferences, people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from workflow.base.calendar import days_between, end_of_day, warsaw_date
from workflow.conferences.queries import ConferenceLine, conferences_of
from workflow.overview import queries
from workflow.overview.board import MOVING
from workflow.overview.disclosure import Counts, without_small_cells, without_their_totals
from workflow.overview.figures import Figure, Measure, together
from workflow.overview.portfolio import Line, Totals, figure_of, narrowed, portfolio, totals_of
from workflow.overview.queries import Project
from workflow.overview.report_times import ReportTimes, report_times
from workflow.overview.stays import MEDIAN, MOST, Times, quantile, times_of, usual_of_others
from workflow.overview.waiting import ACTING, awaited, states_awaiting
from workflow.proposals.filters import UNSTATED
from workflow.rules.lateness import counted_at
from workflow.rules.registry import newest
from workflow.rules.roles import Role
from workflow.rules.states import IN_VERIFICATION, RESTING, TOOK_PLACE, ConferenceState, ProposalState

# The stages of the funnel, each with the states that a project has reached by then.
STAGES = (
    ProposalState.IDEA, ProposalState.GROUP_WORK, ProposalState.SUBMITTED, ProposalState.ADMITTED,
    ProposalState.PRESENTED, ProposalState.SELECTED, ProposalState.IN_IMPLEMENTATION, ProposalState.COMPLETED,
)  # fmt: skip
# States whose projects ask for money that nobody has decided about.
ASKING = (*IN_VERIFICATION, ProposalState.ADMITTED, ProposalState.PRESENTED, ProposalState.APPEALED)
# As many projects as the list of those that have waited longest shows.
STUCK = 6


class Phase(Struct, frozen=True):
    """A phase with its projects, and each of its states that holds any."""

    phase: str
    all: Figure
    states: Mapping[str, Figure]


class Turn(Struct, frozen=True):
    """Whose turn it is, with how many projects, and how many of those are late."""

    role: Role
    all: Figure
    late: Figure


class TimeIn(Struct, frozen=True):
    """How long projects were in a state, in whole days: half of them at most `median`, four of five at most `most`."""

    state: str
    been: Figure
    now: Figure
    days: Sequence[int]
    median: int
    most: int


class Response(Struct, frozen=True):
    """How long those whose turn it is took with a project, in whole days of each state."""

    role: Role
    been: Figure
    median: int
    most: int


class Stuck(Struct, frozen=True):
    """A project that has been in its state longer than four of five others; half of all were there at most `median`."""

    project: Project
    role: Role | None
    days: int
    median: int


class Stage(Struct, frozen=True):
    """A stage of the funnel: how many projects have reached it, and how many by the day of each conference."""

    state: str
    all: Figure
    # By number of the conference; those that lie ahead are missing.
    by_conference: Mapping[int, Figure]


class Money(Struct, frozen=True):
    """In grosze: the pool, what selected projects plan in all and by sector, what is asked for and not decided."""

    pool: int | None
    selected: Figure
    asked: Figure
    by_sector: Mapping[str, Figure]


class People(Struct, frozen=True):
    """Different people checked in at conferences, without counts by which somebody could be recognised."""

    by_sector: Counts
    by_commune: Counts
    by_age: Counts

    @property
    def total(self) -> int | None:
        """How many there are; None where it is withheld."""
        return self.by_sector.total


class Dashboard(Struct, frozen=True):
    """Everything on the page, as of one moment."""

    at: datetime
    all: Figure
    phases: tuple[Phase, ...]
    turns: tuple[Turn, ...]
    times: tuple[TimeIn, ...]
    responses: tuple[Response, ...]
    stuck: tuple[Stuck, ...]
    conferences: tuple[ConferenceLine, ...]
    funnel: tuple[Stage, ...]
    money: Money
    communes: Mapping[str, Figure]
    people: People
    # The selected projects, those that are late first, and what they amount to.
    selected: tuple[Line, ...]
    under_way: Totals
    reports: ReportTimes


def dashboard(tx: Connection, edition: Mapping[str, Any], *, at: datetime) -> Dashboard:
    """The figures of an edition, from the columns that `find_edition` reads; twelve statements.

    Projects count as they stand in their rows, so that nothing that is decided and not announced shows.
    """
    projects = queries.projects_of(tx, edition["id"], at=counted_at(edition, at))
    times = times_of(queries.entries_of(tx, edition["id"]), at=at)
    conferences = conferences_of(tx, edition["id"])
    lines = portfolio(tx, edition["id"], at=at)
    moving = edition["state"] not in RESTING
    return Dashboard(
        at, _figure(projects, {}), tuple(_phases(projects)), tuple(_turns(projects)) if moving else (),
        tuple(_times(projects, times)), tuple(_responses(times)),
        tuple(_stuck(projects, times, edition["state"], at)) if moving else (), conferences,
        tuple(_funnel(times, conferences, at)), _money(projects, lines, edition),
        _communes(projects, edition["communes"]), people_of(tx, edition),
        tuple(narrowed(lines, "")), totals_of(lines),
        report_times(tx, edition["id"], at=at),
    )  # fmt: skip


def _figure(projects: Iterable[Project], filters: Mapping[str, str], measure: Measure = Measure.PROJECTS) -> Figure:
    values = (1 if measure == Measure.PROJECTS else project.cost or 0 for project in projects)
    return Figure(sum(values), filters, measure)


def _in(projects: Iterable[Project], states: Iterable[str]) -> list[Project]:
    wanted = frozenset(states)
    return [project for project in projects if project.state in wanted]


def _phases(projects: Sequence[Project]) -> Iterable[Phase]:
    table = newest("proposal")
    for phase in table.phases:
        own = [state for state, definition in table.states.items() if definition.phase == phase]
        states = {state: _figure(_in(projects, [state]), {"state": state}) for state in own}
        yield Phase(phase, _figure(_in(projects, own), {"phase": phase}),
                    {state: figure for state, figure in states.items() if figure.value})  # fmt: skip


def _turns(projects: Sequence[Project]) -> Iterable[Turn]:
    for role in ACTING:
        states = states_awaiting(role)
        waiting, filters = _in(projects, states), {"state": together(*states)}
        late = [project for project in waiting if project.late]
        if waiting:
            yield Turn(role, _figure(waiting, filters), _figure(late, filters | {"due": "late"}))


def _times(projects: Sequence[Project], times: Times) -> Iterable[TimeIn]:
    here = Counter(project.state for project in projects)
    for state, definition in newest("proposal").states.items():
        days = times.of([state])
        median, most = quantile(days, MEDIAN), quantile(days, MOST)
        if definition.kind in MOVING and median is not None and most is not None:
            been = Figure(len(days), {"reached": state})
            yield TimeIn(state, been, Figure(here[state], {"state": state}), days, median, most)


def _responses(times: Times) -> Iterable[Response]:
    for role in ACTING:
        states = states_awaiting(role)
        days = times.of(states)
        median, most = quantile(days, MEDIAN), quantile(days, MOST)
        if median is not None and most is not None:
            been = {project for state in states for project in times.reached.get(state, {})}
            yield Response(role, Figure(len(been), {"reached": together(*states)}), median, most)


def _stuck(projects: Sequence[Project], times: Times, edition_state: str, at: datetime) -> list[Stuck]:
    """Those that are in their state now longer than four of five others ever were, the longest first."""
    found, days_in = [], {state: times.of([state]) for state in times.days}
    for project in projects:
        role, since = awaited(project.state, edition_state), times.since.get(project.id)
        known = days_in.get(project.state, ())
        usual, median = usual_of_others(known), quantile(known, MEDIAN)
        days = days_between(since, at) if since is not None else 0
        if role is not None and usual is not None and median is not None and days > usual:
            found.append(Stuck(project, role, days, median))
    return sorted(found, key=lambda stuck: (-stuck.days, stuck.project.id))[:STUCK]


def _funnel(times: Times, conferences: Sequence[ConferenceLine], at: datetime) -> Iterable[Stage]:
    days = {
        line.number: warsaw_date(line.starts_at) for line in conferences
        if line.starts_at is not None and line.starts_at <= at and line.state in TOOK_PLACE | {ConferenceState.OPEN}
    }  # fmt: skip
    for state in STAGES:
        first = times.reached.get(state, {})
        yield Stage(state, Figure(len(first), {"reached": state}),
                    {number: _by(state, first, day) for number, day in days.items()})  # fmt: skip


def _by(state: str, first: Mapping[int, datetime], day: date) -> Figure:
    until = end_of_day(day)
    return Figure(sum(moment <= until for moment in first.values()), {"reached": state, "by": day.isoformat()})


def _money(projects: Sequence[Project], lines: Sequence[Line], edition: Mapping[str, Any]) -> Money:
    named = dict.fromkeys([*edition["sectors"], *sorted({line.sector for line in narrowed(lines, "")})])
    by_sector = {sector: figure_of(lines, Measure.PLANNED, sector=sector or UNSTATED) for sector in named}
    asked = _figure(_in(projects, ASKING), {"state": together(*ASKING)}, Measure.COST)
    return Money(edition["budget"], figure_of(lines, Measure.PLANNED), asked, by_sector)


def _communes(projects: Sequence[Project], communes: Sequence[str]) -> Mapping[str, Figure]:
    """Projects by commune, in the order of the edition; a project in several communes counts in each."""
    return {
        commune: _figure([project for project in projects if commune in project.places], {"commune": commune})
        for commune in communes
    }


def people_of(tx: Connection, edition: Mapping[str, Any]) -> People:
    """Who was at the conferences of an edition, as far as it may be shown; one statement."""
    rows = queries.participation_of(tx, edition["id"])
    named = {"sector": _all_of(rows.by_sector, edition["sectors"]), "age": rows.by_age,
             "commune": _all_of(rows.by_commune, edition["communes"])}  # fmt: skip
    tables = without_their_totals({name: without_small_cells(counts) for name, counts in named.items()})
    return People(tables["sector"], tables["commune"], tables["age"])


def _all_of(counts: Mapping[str, int], labels: Iterable[str]) -> dict[str, int]:
    return {**dict.fromkeys(labels, 0), **counts}
