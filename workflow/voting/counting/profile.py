"""Ballots weighed: by votes, by points, or by places of a ranking (Borda); and the scores that follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from workflow.voting.counting.ballots import Choice, Group, Method, regroup


class Weighing(StrEnum):
    """What a mark on a ballot is worth: one vote, its points, or its place from K or from the ballot's length."""

    VOTES = "votes"
    POINTS = "points"
    FIXED = "fixed"
    LENGTH = "length"


# Methods whose marks are votes as they stand.
ONE_VOTE_EACH = frozenset({Method.AYES, Method.CHOOSE, Method.APPROVE})


@dataclass(frozen=True, slots=True)
class Profile:
    """All valid ballots of a poll; `longest` is K, the most places that a ranking may have."""

    method: Method
    groups: tuple[Group, ...]
    longest: int = 0

    @property
    def voters(self) -> int:
        """All valid ballots, blank ones too."""
        return sum(equal.count for equal in self.groups)

    def weighed(self, weighing: Weighing) -> tuple[Group, ...]:
        """The ballots with weights in place of numbers; marks that are worth nothing are left out."""
        if weighing is Weighing.VOTES and self.method in ONE_VOTE_EACH:
            return self.groups
        return regroup(Group(self._weights(equal.choice, weighing), equal.count) for equal in self.groups)

    def _weights(self, marked: Choice, weighing: Weighing) -> Choice:
        """A choice with what each mark is worth, by key."""
        return tuple(sorted((key, worth) for key, worth in self._worth(marked, weighing) if worth > 0))

    def _worth(self, marked: Choice, weighing: Weighing) -> Iterable[tuple[str, int]]:
        if weighing is Weighing.POINTS:
            return marked
        if weighing is Weighing.FIXED:
            return [(key, self.longest - place) for key, place in marked]
        if weighing is Weighing.LENGTH:
            return [(key, len(marked) - 1 - place) for key, place in marked]
        return [(key, 1) for key, number in marked if number > 0 or self.method is not Method.POINTS]

    def scores(self, weighing: Weighing) -> dict[str, int]:
        """The sum of weights of every option that has any."""
        return add(self.weighed(weighing))

    @property
    def votes(self) -> dict[str, int]:
        """How many voters marked an option; no points are no vote."""
        return self.scores(Weighing.VOTES)


def add(groups: Iterable[Group]) -> dict[str, int]:
    """The sum of weights by option."""
    sums: dict[str, int] = {}
    for equal in groups:
        for key, weight in equal.choice:
            sums[key] = sums.get(key, 0) + weight * equal.count
    return sums


def natural(method: Method) -> Weighing:
    """How a method is scored unless the rules say otherwise."""
    return {Method.POINTS: Weighing.POINTS, Method.RANK: Weighing.FIXED}.get(method, Weighing.VOTES)
