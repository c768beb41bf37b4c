"""How long projects were in each state, and which states they have reached, from the rows of their history; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from workflow.base.calendar import days_between

MEDIAN, MOST = 50, 80


class Entered(Struct, frozen=True):
    """A project entered a state; the rows of one project follow one another in time."""

    project: int
    state: str
    at: datetime


class Times(Struct, frozen=True):
    """How many days of the calendar each project was in a state, all stays together, and since when it is there now."""

    days: Mapping[str, Mapping[int, int]]
    since: Mapping[int, datetime]
    # The first moment at which each project entered each state.
    reached: Mapping[str, Mapping[int, datetime]]

    def of(self, states: Iterable[str]) -> Sequence[int]:
        """The days of all projects in these states, the shortest first."""
        return sorted(days for state in states for days in self.days.get(state, {}).values())


def times_of(entries: Iterable[Entered], *, at: datetime) -> Times:
    """The times up to a moment; a state that was entered twice, or anew after an undoing, is counted once with both."""
    days: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    reached: dict[str, dict[int, datetime]] = defaultdict(dict)
    last: dict[int, Entered] = {}
    for entry in entries:
        if before := last.get(entry.project):
            days[before.state][entry.project] += days_between(before.at, entry.at)
        last[entry.project] = entry
        reached[entry.state].setdefault(entry.project, entry.at)
    for entry in last.values():
        days[entry.state][entry.project] += days_between(entry.at, at)
    return Times(days, {project: entry.at for project, entry in last.items()}, reached)


def usual_of_others(ordered: Sequence[int]) -> int | None:
    """What four of five others stayed at most, for a project that stayed longer than that; None for the only one.

    Its own days stand behind those that are looked at, so that they need not be taken out.
    """
    return quantile(ordered, MOST, among=len(ordered) - 1) if len(ordered) > 1 else None


def quantile(ordered: Sequence[int], percent: int, *, among: int | None = None) -> int | None:
    """The smallest of the values within which so many per cent of them lie; None where there is none.

    With `among` it is that of the first so many values.
    """
    count = len(ordered) if among is None else among
    if not count:
        return None
    return ordered[max(-(-count * percent // 100), 1) - 1]
