"""What every run of Equal Shares starts from: candidates, ballots and utilities as whole numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
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
class Ballots:
    """Ballot groups over candidate numbers.

    Weights are replaced by their numbers in `weights`; an entry of a project's map is `class * len(weights) + weight`.
    """

    options: tuple[Option, ...]
    costs: tuple[int, ...]
    # What one unit of weight is worth in a project: its cost, or one.
    units: tuple[int, ...]
    weights: tuple[int, ...]
    # The least common multiple of the weights, and how often each goes into it.
    multiple: int
    scales: tuple[int, ...]
    counts: tuple[int, ...]
    marks: tuple[tuple[tuple[int, int], ...], ...]
    supporters: tuple[tuple[int, ...], ...]
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
    kept = [(marks, count) for marks, count in marked if marks]
    weights = tuple(sorted({weight for marks, _count in kept for _project, weight in marks})) or (1,)
    place = {weight: position for position, weight in enumerate(weights)}
    multiple = lcm(*weights)
    return Ballots(
        options=candidates,
        costs=tuple(option.cost for option in candidates),
        units=tuple(option.cost if utility is Utility.COST else 1 for option in candidates),
        weights=weights,
        multiple=multiple,
        scales=tuple(multiple // weight for weight in weights),
        counts=tuple(count for _marks, count in kept),
        marks=tuple(tuple((project, place[weight]) for project, weight in marks) for marks, _count in kept),
        supporters=_supporters(len(candidates), [marks for marks, _count in kept]),
        voters=voters,
        budget=election.budget or 0,
        places=election.places,
        rivals=_rivals(candidates),
    )


def _supporters(projects: int, marked: Sequence[Sequence[tuple[int, int]]]) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in range(projects)]
    for group, marks in enumerate(marked):
        for project, _weight in marks:
            found[project].append(group)
    return tuple(tuple(groups) for groups in found)


def _rivals(options: Sequence[Option]) -> tuple[tuple[int, ...], ...]:
    members: dict[str, list[int]] = {}
    for project, option in enumerate(options):
        if option.exclusive_group is not None:
            members.setdefault(option.exclusive_group, []).append(project)
    return tuple(
        tuple(other for other in members.get(option.exclusive_group or "", ()) if other != project)
        for project, option in enumerate(options)
    )
