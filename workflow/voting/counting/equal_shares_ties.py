"""Ties within a run of Equal Shares: followed by an order, and decisive only where the choice changes what matters.

What matters is a question put to the set of bought projects (who is selected in the end? does the count go on?). At a
tie every choice is explored. Tied projects that share no supporter with money can be bought in any order with the same
result, so only those that influence each other branch; equal states are explored once.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from fractions import Fraction

from workflow.voting.counting.election import Tie, TieKind, TieOrder, Undecided
from workflow.voting.counting.equal_shares_input import Ballots
from workflow.voting.counting.equal_shares_run import Run

MOST_STATES = 10_000
EXCEEDED = "exceeded"

Bought = frozenset[int]
Question = Callable[[Bought], Hashable]


@dataclass(frozen=True, slots=True)
class RunResult:
    """One finished run: candidate numbers in the order of buying, and the ties on the way."""

    bought: tuple[int, ...]
    exceeded: bool
    ties: tuple[Tie, ...]


class TooManyStates(Exception):
    """More states would have to be explored than the limit."""


@dataclass(slots=True)
class Explorer:
    """All answers that the runs from a state can lead to."""

    question: Question
    limit: int = MOST_STATES
    _known: dict[Hashable, frozenset[Hashable]] = field(default_factory=dict)

    def answers(self, run: Run) -> frozenset[Hashable]:
        """The answers reachable from `run`, which is used up by the call."""
        while (found := tied_choice(run)) is not None:
            rate, projects = found
            if len(projects) > 1:
                return self._branch(run, rate, projects)
            run.buy(projects[0], rate)
        return frozenset({EXCEEDED if run.exceeded else self.question(frozenset(run.bought))})

    def _branch(self, run: Run, rate: Fraction, projects: list[int]) -> frozenset[Hashable]:
        state = run.state()
        if state not in self._known:
            if len(self._known) >= self.limit:
                raise TooManyStates
            self._known[state] = frozenset().union(*self.by_choice(run, rate, projects))
        return self._known[state]

    def by_choice(self, run: Run, rate: Fraction, projects: list[int]) -> list[frozenset[Hashable]]:
        """The answers for each of the tied projects, if it is bought first."""
        answers = []
        for project in projects:
            branch = run.copy()
            branch.buy(project, rate)
            answers.append(self.answers(branch))
        return answers


def tied_choice(run: Run) -> tuple[Fraction, list[int]] | None:
    """The least rate and, of the tied projects, the first by key with all that influence it or each other."""
    found = run.cheapest()
    if found is None or len(found[1]) == 1:
        return found
    return found[0], run.influenced(found[1])


def follow(ballots: Ballots, money: int, question: Question, order: TieOrder) -> RunResult | Undecided:
    """Carry out one run; a decisive tie that `order` does not break ends it.

    Ties whose choice changes no answer are noted and followed by key.
    """
    run, ties, explorer = Run(ballots, money), list[Tie](), Explorer(question)
    while (found := tied_choice(run)) is not None:
        rate, projects = found
        keys = [ballots.options[project].key for project in projects]
        first = projects[0]
        if len(projects) > 1:
            tie = Tie(TieKind.ROUND, tuple(keys), decisive=_is_decisive(explorer, run, rate, projects))
            if order.breaks(keys):
                first = projects[keys.index(order.sort(keys)[0])]
            elif tie.decisive:
                return Undecided(tie, tuple(ballots.options[project].key for project in run.bought))
            ties.append(tie)
        run.buy(first, rate)
    return RunResult(run.bought, run.exceeded, tuple(ties))


def _is_decisive(explorer: Explorer, run: Run, rate: Fraction, projects: list[int]) -> bool:
    try:
        return len(set(explorer.by_choice(run, rate, projects))) > 1
    except TooManyStates:
        return True
