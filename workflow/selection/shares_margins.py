"""How few votes can decide about a place under Equal Shares; pure, and bounded by the work of counting."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from workflow.rules.selection_rules import EditionRule
from workflow.selection.proposed_list import ProposedList, propose
from workflow.selection.what_if import Margin, number_counts
from workflow.voting.counting.ballots import Group, Method, regroup
from workflow.voting.counting.election import NO_ORDER, CountError, Election, TieOrder
from workflow.voting.counting.profile import Profile

# The marks on ballots that all counts together may look at: some seconds of one core.
MOST_WORK = 2_000_000
# A count with increases of the budget is so many counts.
INCREASES = 250
# Counts that a search for one project takes: doubling, then halving, for each of two ways to take votes away.
COUNTS = 40
# Ballots on which a mark can be taken away without moving the others.
METHODS = frozenset({Method.AYES, Method.CHOOSE, Method.APPROVE, Method.POINTS})


def shares_margins(
    election: Election, ballots: Profile, rule: EditionRule, proposed: ProposedList, order: TieOrder = NO_ORDER
) -> tuple[Margin, ...] | None:
    """For each selected project a number of votes that can be enough: without them it is not surely selected.

    Whose votes are missing matters, so votes are taken away from those first who voted for few projects, and from
    those first who voted for many; the smaller number counts. No other choice of voters was tried, so fewer may do.
    None where that takes too long, or on ballots with places.
    """
    if ballots.method not in METHODS or _work(ballots, rule, len(proposed.selected)) > MOST_WORK:
        return None
    return tuple(
        Margin(key, min(_enough(election, taken, rule, key, order) for taken in _ways(ballots, key)))
        for key in proposed.selected
    )


def _work(ballots: Profile, rule: EditionRule, winners: int) -> int:
    marks = sum(len(group.choice) for group in ballots.groups)
    return marks * winners * COUNTS * (1 if rule.increase == "none" else INCREASES)


# The ballots without so many votes for a project.
Without = Callable[[int], Profile]


def _ways(ballots: Profile, key: str) -> Iterator[tuple[int, Without]]:
    """All votes of a project, and the ballots without some of them, for each order of taking them away."""
    by_length = sorted(ballots.groups, key=lambda group: (len(group.choice), group.choice))
    votes = sum(group.count for group in ballots.groups if _has(ballots, group, key))
    for groups in (by_length, by_length[::-1]):
        yield votes, partial(_without, ballots, groups, key)


def _has(ballots: Profile, group: Group, key: str) -> bool:
    return any(name == key and number_counts(ballots, number) for name, number in group.choice)


def _without(ballots: Profile, groups: list[Group], key: str, number: int) -> Profile:
    """The ballots after so many votes for a project were taken from the first of these groups."""
    left: list[Group] = []
    for group in groups:
        taken = min(number, group.count) if _has(ballots, group, key) else 0
        number -= taken
        rest = tuple(mark for mark in group.choice if mark[0] != key)
        left += [Group(rest, taken), Group(group.choice, group.count - taken)]
    return replace(ballots, groups=regroup(group for group in left if group.count))


def _enough(election: Election, way: tuple[int, Without], rule: EditionRule, key: str, order: TieOrder) -> int:
    """A number of votes without which a project is not selected, while with one vote more it is."""
    votes, without = way

    def is_out(number: int) -> bool:
        try:
            return key not in propose(election, without(number), rule, order).selected
        except CountError:
            return True

    low, high = 0, 1
    while high < votes and not is_out(high):
        low, high = high, min(2 * high, votes)
    return bisect_left(range(high), x=True, lo=low + 1, key=is_out)
