"""Method of Equal Shares, with the completions by budget increase and by utilitarian greedy."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflow.voting.counting.election import CountError, Election, Outcome, Score, Tie, TieOrder, Undecided, cost_of
from workflow.voting.counting.equal_shares_input import Ballots
from workflow.voting.counting.equal_shares_ties import EXCEEDED, Bought, RunResult, follow
from workflow.voting.counting.greedy import greedy

MOST_RUNS = 20_000
# One zloty for each voter and run, in grosze.
STEP = 100


class Increase(StrEnum):
    """When the completion by budget increase stops."""

    NONE = "none"
    FIRST_EXHAUSTIVE = "first exhaustive"
    LAST_FEASIBLE = "last feasible"


@dataclass(frozen=True, slots=True)
class Completion:
    """How money that one run leaves is used; `greedy_scores` order the utilitarian completion."""

    increase: Increase = Increase.NONE
    step: int = STEP
    greedy_scores: Mapping[str, Score] | None = None


@dataclass(frozen=True, slots=True)
class EqualShares:
    """A count by Equal Shares: prepared ballots, completion, tie order."""

    election: Election
    ballots: Ballots
    completion: Completion
    order: TieOrder
    # Where a kept increment is known, only its run and the next one are carried out to confirm it.
    kept: int | None = None

    def count(self) -> Outcome | Undecided:
        """Carry out the runs and the utilitarian completion; raises CountError after too many runs."""
        if self.completion.increase is Increase.NONE:
            return self._finish(0, (), exceeded_next=False)
        kept = self._last_increment()
        if isinstance(kept, Undecided):
            return kept
        increment, exceeded_next, earlier = kept
        return self._finish(increment, earlier, exceeded_next=exceeded_next)

    def run(self, increment: int, question: Callable[[Bought], Hashable]) -> RunResult | Undecided:
        """The run after so many increases of everybody's share."""
        money = self.ballots.budget + increment * self.completion.step * self.ballots.voters
        return follow(self.ballots, money, question, self.order)

    def stops(self, bought: Bought) -> bool:
        """Whether a feasible outcome is the last that the stopping rule looks at."""
        ballots = self.ballots
        if ballots.places is not None and len(bought) >= ballots.places:
            return True
        excluded = {rival for project in bought for rival in ballots.rivals[project]}
        missing = ballots.supported - bought - excluded
        if self.completion.increase is Increase.FIRST_EXHAUSTIVE:
            rest = ballots.budget - sum(ballots.costs[project] for project in bought)
            missing = frozenset(project for project in missing if ballots.costs[project] <= rest)
        return not missing

    def _last_increment(self) -> tuple[int, bool, tuple[Tie, ...]] | Undecided:
        """The increment whose run is kept, whether the next one exceeds the budget, and the ties that decided so."""
        decisive: dict[tuple[str, ...], Tie] = {}
        runs = range(MOST_RUNS) if self.kept is None else range(self.kept, self.kept + 2)
        for increment in runs:
            result = self.run(increment, self.stops)
            if isinstance(result, Undecided):
                return result
            decisive.update((tie.members, tie) for tie in result.ties if tie.decisive)
            if result.exceeded:
                return increment - 1, True, tuple(decisive.values())
            if self.stops(frozenset(result.bought)):
                return increment, False, tuple(decisive.values())
        if self.kept is not None:
            raise CountError("a_later_run_is_feasible", run=self.kept + 1)
        raise CountError("too_many_runs", runs=MOST_RUNS, budget=self.ballots.budget, voters=self.ballots.voters)

    def _finish(self, increment: int, earlier: tuple[Tie, ...], *, exceeded_next: bool) -> Outcome | Undecided:
        result = self.run(increment, self._selected)
        if isinstance(result, Undecided):
            return result
        completed = self._complete(result.bought)
        if isinstance(completed, Undecided):
            return completed
        decided = {tie.members for tie in earlier}
        has_increments = self.completion.increase is not Increase.NONE
        return Outcome(
            selected=completed.selected,
            spent=completed.spent,
            ties=(*earlier, *(tie for tie in result.ties if tie.members not in decided), *completed.ties),
            increment=increment if has_increments else None,
            exceeded_next=exceeded_next,
        )

    def _selected(self, bought: Bought) -> Hashable:
        """Who is selected in the end if these are bought; an undecided completion counts as an answer of its own."""
        completed = self._complete(tuple(sorted(bought)))
        if isinstance(completed, Undecided):
            return (bought, completed.tie)
        return frozenset(completed.selected)

    def _complete(self, bought: tuple[int, ...]) -> Outcome | Undecided:
        options = [self.ballots.options[project] for project in bought]
        if self.completion.greedy_scores is None:
            return Outcome(tuple(option.key for option in options), cost_of(options))
        rest = [option for option in self.ballots.options if option not in options]
        return greedy(self.election, rest, self.completion.greedy_scores, order=self.order, taken=options)


__all__ = ["EXCEEDED", "Completion", "EqualShares", "Increase"]
