"""What every run of Equal Shares starts from: candidates, ballots and utilities as whole numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm

from workflow.voting.counting.ballots import Group
from workflow.voting.counting.election import Election, Option

# What supporters pay for a unit of utility is compared between projects, so the scale of utilities does not matter.


class Utility(StrEnum):
    """What a supporter gains by a project: its cost, one, or the points given to it."""

    COST = "cost"
    CARDINALITY = "cardinality"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Supporters:
    """The groups that give a project one weight: single voters apart, since these are counted fastest."""

    weight: int
    singles: tuple[int, ...]
    multiples: tuple[int, ...]

    @property
    def groups(self) -> tuple[int, ...]:
        """All of them."""
        return self.singles + self.multiples


@dataclass(frozen=True, slots=True)
class Ballots:
    """Ballot groups over candidate numbers."""

    options: tuple[Option, ...]
    costs: tuple[int, ...]
    # What one unit of weight is worth in a project: its cost, or one.
    units: tuple[int, ...]
    # The least common multiple of all weights.
    multiple: int
    # How many voters each group has, and which projects it supports.
    counts: tuple[int, ...]
    marks: tuple[tuple[int, ...], ...]
    # For each project its supporters by the weight that they give.
    supporters: tuple[tuple[Supporters, ...], ...]
    # For each project a rate below which it cannot be had by any run: its supporters are never fewer or less equal.
    least_rates: tuple[Fraction, ...]
    voters: int
    budget: int
    places: int | None
    # For each project the others of its exclusive group.
    rivals: tuple[tuple[int, ...], ...]

    @property
    def supported(self) -> frozenset[int]:
        """The candidates that somebody supports."""
        return frozenset(project for project, groups in enumerate(self.supporters) if groups)


def prepare(
    election: Election, options: Iterable[Option], groups: Sequence[Group], voters: int, utility: Utility
) -> Ballots:
    """The start of every run, candidates by key; `groups` are weighed ballots, `voters` counts blank ballots too."""
    candidates = tuple(sorted(options, key=lambda option: option.key))
    number = {option.key: project for project, option in enumerate(candidates)}
    marked = [
        ([(number[key], weight) for key, weight in equal.choice if key in number], equal.count) for equal in groups
    ]
    counts = tuple(count for _marks, count in marked)
    units = tuple(option.cost if utility is Utility.COST else 1 for option in candidates)
    supporters = _supporters(len(candidates), [marks for marks, _count in marked], counts)
    return Ballots(
        options=candidates,
        costs=tuple(option.cost for option in candidates),
        units=units,
        multiple=lcm(*(equal.weight for by_weight in supporters for equal in by_weight)),
        counts=counts,
        marks=tuple(tuple(project for project, _weight in marks) for marks, _count in marked),
        supporters=supporters,
        least_rates=tuple(
            _least_rate(option.cost, unit, by_weight, counts)
            for option, unit, by_weight in zip(candidates, units, supporters, strict=True)
        ),
        voters=voters,
        budget=election.budget or 0,
        places=election.places,
        rivals=_rivals(candidates),
    )


def _supporters(
    projects: int, marked: Sequence[Sequence[tuple[int, int]]], counts: Sequence[int]
) -> tuple[tuple[Supporters, ...], ...]:
    found: list[dict[int, list[int]]] = [{} for _ in range(projects)]
    for group, marks in enumerate(marked):
        for project, weight in marks:
            found[project].setdefault(weight, []).append(group)
    return tuple(
        tuple(
            Supporters(
                weight,
                tuple(group for group in groups if counts[group] == 1),
                tuple(group for group in groups if counts[group] > 1),
            )
            for weight, groups in sorted(by_weight.items())
        )
        for by_weight in found
    )


def _least_rate(cost: int, unit: int, supporters: Iterable[Supporters], counts: Sequence[int]) -> Fraction:
    """The rate if every supporter could pay an equal part; never more than any run asks."""
    weighed = sum(equal.weight * sum(counts[group] for group in equal.groups) for equal in supporters)
    return Fraction(cost, weighed * unit) if weighed and cost else Fraction(0)


def _rivals(options: Sequence[Option]) -> tuple[tuple[int, ...], ...]:
    members: dict[str, list[int]] = {}
    for project, option in enumerate(options):
        if option.exclusive_group is not None:
            members.setdefault(option.exclusive_group, []).append(project)
    return tuple(
        tuple(other for other in members.get(option.exclusive_group or "", ()) if other != project)
        for project, option in enumerate(options)
    )
