"""The list that a rule proposes: ballots or score cards in, ranking, selection and ties out; pure and exact.

It proposes. The committee decides, and nothing here writes anything.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field

from workflow.rules.selection_rules import EditionRule, SelectionRule
from workflow.voting.counting import rules
from workflow.voting.counting.ballots import Method
from workflow.voting.counting.candidates import candidates
from workflow.voting.counting.election import NO_ORDER, Election, Outcome, Score, Tie, TieOrder, Undecided
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.profile import Profile, Weighing, natural
from workflow.voting.counting.ranking import rank, reserve
from workflow.voting.counting.rules import Rule, RuleName


class ListStatus(StrEnum):
    """What a list says about a project."""

    SELECTED = "selected"
    RESERVE = "reserve"
    # Equal to others where not all of them can be taken, and nobody has broken the tie.
    TIED = "tied"
    # Comes after an unbroken tie: nothing can be said yet.
    OPEN = "open"
    # Not ranked: too few cards, below a minimum or the threshold, without a vote, or withdrawn.
    OUT = "out"


class CardScores(Struct, frozen=True):
    """The means of score cards by project; a project without a place in the ranking is not in `means`."""

    means: Mapping[str, Fraction] = field(default_factory=dict)


# What is counted: the ballots of a hall, or score cards.
Ballots = Profile | CardScores


class Line(Struct, frozen=True):
    """A project on the list; equal scores share a place, and one that is not ranked has none."""

    key: str
    place: int | None
    score: Score
    status: ListStatus


class ProposedList(Struct, frozen=True):
    """The ranking with what the rule proposes about each project.

    `undecided` is the tie at which the count stopped; `ties` those that a recorded order has broken, or that change
    nothing; money is in grosze.
    """

    lines: tuple[Line, ...]
    selected: tuple[str, ...]
    reserve: tuple[str, ...]
    spent: int
    undecided: Tie | None = None
    ties: tuple[Tie, ...] = ()

    @property
    def by_key(self) -> Mapping[str, Line]:
        """The lines by project."""
        return {line.key: line for line in self.lines}


_NAMES = {
    SelectionRule.PLACES: RuleName.PLACES,
    SelectionRule.NO_SKIP: RuleName.GREEDY_NO_SKIP,
}
_INCREASES = {
    "none": RuleName.EQUAL_SHARES,
    "first exhaustive": RuleName.FIRST_EXHAUSTIVE,
    "last feasible": RuleName.LAST_FEASIBLE,
}
_WEIGHINGS = {
    SelectionRule.APPROVAL: Weighing.VOTES,
    SelectionRule.POINTS: Weighing.POINTS,
    SelectionRule.BORDA: Weighing.FIXED,
}


def is_applicable(rule: EditionRule, ballots: Ballots) -> bool:
    """Whether a rule can be counted on these ballots."""
    if isinstance(ballots, CardScores):
        return rule.rule in {
            SelectionRule.PLACES,
            SelectionRule.GREEDY,
            SelectionRule.NO_SKIP,
            SelectionRule.AVERAGE,
        }
    if rule.rule is SelectionRule.EQUAL_SHARES:
        return rule.utility != Utility.POINTS or ballots.method in {Method.POINTS, Method.RANK}
    needed = {SelectionRule.POINTS: Method.POINTS, SelectionRule.BORDA: Method.RANK}.get(rule.rule, ballots.method)
    return ballots.method is needed and rule.rule not in {SelectionRule.RESOLUTION, SelectionRule.AVERAGE}


def counted_rule(rule: EditionRule) -> Rule:
    """The rule as counting knows it; LookupError for a resolution alone, of which nothing is counted."""
    if rule.rule is SelectionRule.RESOLUTION:
        raise LookupError("a resolution alone is not counted")
    is_equal_shares = rule.rule is SelectionRule.EQUAL_SHARES
    return Rule(
        name=_INCREASES[rule.increase] if is_equal_shares else _NAMES.get(rule.rule, RuleName.GREEDY),
        utility=Utility(rule.utility) if is_equal_shares else Utility.COST,
        utilitarian=rule.utilitarian and is_equal_shares,
        threshold=rule.threshold, needs_vote=rule.needs_vote, weighing=_WEIGHINGS.get(rule.rule),
    )  # fmt: skip


def propose(election: Election, ballots: Ballots, rule: EditionRule, order: TieOrder = NO_ORDER) -> ProposedList:
    """What the rule proposes; a decisive tie that `order` does not break ends the count and is named.

    The rule has to be applicable. Raises CountError where there is no outcome.
    """
    scores, votes = scores_of(ballots, rule), votes_of(ballots)
    if rule.rule is SelectionRule.EQUAL_SHARES and isinstance(ballots, Profile):
        outcome = rules.count(election, ballots, counted_rule(rule), order)
    else:
        outcome = by_score(election, ballots, rule, scores, order)
    options = candidates(election, scores, votes, threshold=rule.threshold, needs_vote=_needs_vote(ballots, rule))
    return _listed(election, [option.key for option in options], scores, outcome, order)


def by_score(
    election: Election, ballots: Ballots, rule: EditionRule, scores: Mapping[str, Score], order: TieOrder = NO_ORDER
) -> Outcome | Undecided:
    """The outcome of a rule that looks at scores alone, for any scores: those of the ballots, or others to try."""
    voted = ballots.means if isinstance(ballots, CardScores) else (key for key, score in scores.items() if score > 0)
    votes = dict.fromkeys(voted, 1)
    options = candidates(election, scores, votes, threshold=rule.threshold, needs_vote=_needs_vote(ballots, rule))
    return rules.by_score(election, options, scores, counted_rule(rule), order)


def scores_of(ballots: Ballots, rule: EditionRule) -> dict[str, Score]:
    """The score of each project by which the rule ranks."""
    if isinstance(ballots, CardScores):
        return dict(ballots.means)
    return dict(ballots.scores(_WEIGHINGS.get(rule.rule) or natural(ballots.method)))


def votes_of(ballots: Ballots) -> dict[str, int]:
    """How many voters have marked a project; a project with enough cards counts as voted for."""
    return dict.fromkeys(ballots.means, 1) if isinstance(ballots, CardScores) else ballots.votes


def _needs_vote(ballots: Ballots, rule: EditionRule) -> bool:
    return rule.needs_vote or isinstance(ballots, CardScores)


def _listed(
    election: Election, ranked: Iterable[str], scores: Mapping[str, Score], outcome: Outcome | Undecided,
    order: TieOrder,
) -> ProposedList:  # fmt: skip
    known = {key: scores.get(key, 0) for key in ranked}
    cost = {option.key: option.cost for option in election.options}
    if isinstance(outcome, Undecided):
        selected, tied = outcome.before, frozenset(outcome.tie.members)
        ties: tuple[Tie, ...] = ()
        waiting = Outcome((), 0)
    else:
        selected, tied, ties = outcome.selected, frozenset(), outcome.ties
        waiting = reserve([key for key in known if key not in selected], known, order)
    rest = ListStatus.OPEN if isinstance(outcome, Undecided) else ListStatus.RESERVE
    statuses = {
        **dict.fromkeys(known, rest), **dict.fromkeys(tied, ListStatus.TIED),
        **dict.fromkeys(selected, ListStatus.SELECTED),
    }  # fmt: skip
    lines = [Line(line.key, line.place, line.score, statuses[line.key]) for line in rank(known)]
    out = sorted((option.key for option in election.options if option.key not in known), key=_by_number)
    lines += [Line(key, None, scores.get(key, 0), ListStatus.OUT) for key in out]
    return ProposedList(
        tuple(lines), tuple(selected), waiting.selected, sum(cost[key] for key in selected),
        outcome.tie if isinstance(outcome, Undecided) else None, (*ties, *waiting.ties),
    )  # fmt: skip


def _by_number(key: str) -> tuple[int, str]:
    return len(key), key
