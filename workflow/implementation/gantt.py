"""The timeline of a plan: where each milestone lies between its first and its last day, in per cent; pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from workflow.base.calendar import warsaw_date
from workflow.implementation.plan_queries import ShownMilestone

# A milestone of which nobody said when work on it begins is drawn as long as this.
USUAL = timedelta(days=14)
LEAST_WIDTH = 1.5
MOST_MONTHS = 24


class Bar(Struct, frozen=True):
    """A stretch of the timeline, both in per cent of its whole width."""

    x: float
    width: float


class GanttRow(Struct, frozen=True):
    """A milestone on the timeline: as planned at first, as it is, and whether it runs late."""

    milestone: ShownMilestone
    baseline: Bar | None
    actual: Bar | None
    is_late: bool


class Gantt(Struct, frozen=True):
    """The timeline of a plan: months with where they begin, today, and a row for each milestone that has a day."""

    months: tuple[tuple[float, date], ...]
    today: float | None
    rows: tuple[GanttRow, ...]


def gantt(milestones: Sequence[ShownMilestone], *, at: datetime, late_at: datetime) -> Gantt | None:
    """The timeline of milestones, the earliest first; None where none has a day. `late_at` as of `rules.lateness`."""
    by_end = {(end, shown.planned.number): shown for shown in milestones if (end := _end(shown)) is not None}
    dated = [by_end[key] for key in sorted(by_end)]
    if not dated:
        return None
    first = min(day for shown in dated for day in _days(shown)).replace(day=1)
    last = _next_month(max(day for shown in dated for day in _days(shown)))
    today = warsaw_date(at)
    scale = _Scale(first, (last - first).days)
    rows = tuple(_row(shown, scale, at, late_at) for shown in dated)
    return Gantt(tuple(_months(first, last, scale)), scale.place(today) if first <= today < last else None, rows)


class _Scale(Struct, frozen=True):
    first: date
    days: int

    def place(self, day: date) -> float:
        """Where a day begins, in per cent, within the timeline."""
        return round(min(max((day - self.first).days / self.days * 100, 0), 100), 2)

    def bar(self, start: date, end: date) -> Bar:
        """From the morning of a day to the evening of another."""
        x = self.place(start)
        return Bar(x, max(round(self.place(end + timedelta(days=1)) - x, 2), LEAST_WIDTH))


def _end(shown: ShownMilestone) -> date | None:
    due = shown.planned.baseline_due_at or shown.planned.due_at
    return warsaw_date(due) if due else None


def _days(shown: ShownMilestone) -> list[date]:
    planned, end = shown.planned, _end(shown)
    due = warsaw_date(planned.due_at) if planned.due_at else None
    return [day for day in (_start(shown), end, due, planned.done_on) if day is not None]


def _start(shown: ShownMilestone) -> date | None:
    end = _end(shown)
    return shown.starts_on or (end - USUAL if end else None)


def _row(shown: ShownMilestone, scale: _Scale, at: datetime, late_at: datetime) -> GanttRow:
    planned, start, end, today = shown.planned, _start(shown), _end(shown), warsaw_date(at)
    baseline = scale.bar(start, end) if start and end else None
    actual = None
    if planned.done_on and start:
        actual = scale.bar(min(start, planned.done_on), planned.done_on)
    elif planned.is_open and start and start <= today:
        actual = scale.bar(start, today)
    return GanttRow(shown, baseline, actual, planned.is_late(late_at))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _months(first: date, last: date, scale: _Scale) -> list[tuple[float, date]]:
    """The months, or the quarters of a long plan, with where they begin."""
    months, month = [], first
    while month < last:
        months.append((scale.place(month), month))
        month = _next_month(month)
    return months if len(months) <= MOST_MONTHS else months[::3]
