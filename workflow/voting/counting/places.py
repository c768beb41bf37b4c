"""Places: the first so many of a ranking, whatever they cost."""

from collections.abc import Iterable, Mapping

from workflow.voting.counting.election import NO_ORDER, Election, Option, Outcome, Score, TieOrder, Undecided
from workflow.voting.counting.greedy import greedy


def first_places(
    election: Election, options: Iterable[Option], scores: Mapping[str, Score], order: TieOrder = NO_ORDER
) -> Outcome | Undecided:
    """The best options for the places there are; the budget is not looked at, exclusions are."""
    return greedy(Election(election.options, None, election.places), options, scores, order=order)
