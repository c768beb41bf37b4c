"""Numbers that can be checked: each says what it counts by the filters of the list behind it."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Measure(StrEnum):
    """What a figure adds up over the projects of its list."""

    PROJECTS = "projects"
    # In grosze; a project without a cost counts as nothing.
    COST = "cost"
    # Of the portfolio: projects, money in grosze, milestones, reports.
    LINES = "lines"
    PLANNED = "planned"
    COMMITTED = "committed"
    SPENT = "spent"
    DUE = "due"
    DONE = "done"
    LATE_MILESTONES = "late_milestones"
    # Reports that were handed in.
    REPORTS = "reports"

    @property
    def of_portfolio(self) -> bool:
        """Whether the list behind a figure is the portfolio."""
        return self not in (Measure.PROJECTS, Measure.COST)

    @property
    def is_money(self) -> bool:
        """Whether it is a sum in grosze."""
        return self in (Measure.COST, Measure.PLANNED, Measure.COMMITTED, Measure.SPENT)


class Figure(Struct, frozen=True):
    """A number and the filters of the list that it is the sum over, as they stand in an address."""

    value: int
    filters: Mapping[str, str]
    measure: Measure = Measure.PROJECTS


def together(*states: str) -> str:
    """Several states as one value of a filter."""
    return ",".join(states)
