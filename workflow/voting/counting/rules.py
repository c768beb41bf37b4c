"""The selection rules by name: one function that counts any of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflow.voting.counting.ballots import Method
from workflow.voting.counting.candidates import candidates
from workflow.voting.counting.election import NO_ORDER, Election, Option, Outcome, Score, TieOrder, Undecided, together
from workflow.voting.counting.equal_shares import STEP, Completion, EqualShares, Increase
from workflow.voting.counting.equal_shares_input import Utility, prepare
from workflow.voting.counting.greedy import greedy, per_zloty
from workflow.voting.counting.profile import Profile, Weighing, natural


class RuleName(StrEnum):
    """The rules as files, settings and the command line name them."""

    PLACES = "places"
    GREEDY = "greedy"
    GREEDY_NO_SKIP = "greedy-no-skip"
    GREEDY_THRESHOLD = "greedy-threshold"
    EQUAL_SHARES = "equal-shares"
    FIRST_EXHAUSTIVE = "equal-shares-add1-first-exhaustive"
    LAST_FEASIBLE = "equal-shares-add1-last-feasible"


INCREASES = {
    RuleName.EQUAL_SHARES: Increase.NONE,
    RuleName.FIRST_EXHAUSTIVE: Increase.FIRST_EXHAUSTIVE,
    RuleName.LAST_FEASIBLE: Increase.LAST_FEASIBLE,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its parameters; money is in grosze.

    The threshold applies to the score whatever the rule is called. For a greedy rule the utility `cost` orders by
    score, `cardinality` and `points` by score per zloty.
    """

    name: RuleName
    utility: Utility = Utility.COST
    utilitarian: bool = False
    threshold: int = 0
    needs_vote: bool = False
    step: int = STEP
    # How marks are scored; `None` is what the method scores by itself.
    weighing: Weighing | None = None


def count(
    election: Election, profile: Profile, rule: Rule, order: TieOrder = NO_ORDER, *, kept: int | None = None
) -> Outcome | Undecided:
    """Who is selected by a rule; a decisive tie that `order` does not break is returned as undecided.

    Where the kept increment of Equal Shares is given, only its run and the next one are carried out. Ties of its rounds
    may be broken by taking all their members.

    Raises CountError where there is no outcome.
    """
    scores = profile.scores(rule.weighing or natural(profile.method))
    options = candidates(election, scores, profile.votes, threshold=rule.threshold, needs_vote=rule.needs_vote)
    if rule.name not in INCREASES:
        return by_score(election, options, scores, rule, order)
    outcome = _equal_shares(election, options, profile, rule, order, kept)
    return outcome if isinstance(outcome, Undecided) else together(election, outcome, order)


def by_score(
    election: Election, options: list[Option], scores: Mapping[str, Score], rule: Rule, order: TieOrder = NO_ORDER
) -> Outcome | Undecided:
    """The outcome of a rule that looks at scores alone (places, greedy) among its candidates."""
    ordered: dict[str, Score] = dict(scores) if rule.utility is Utility.COST else per_zloty(options, scores)
    if rule.name is RuleName.PLACES:
        # The first so many, whatever they cost.
        return greedy(Election(election.options, None, election.places), options, ordered, order=order)
    skip = rule.name is not RuleName.GREEDY_NO_SKIP
    outcome = greedy(election, options, ordered, skip=skip, order=order)
    if skip or not rule.utilitarian or isinstance(outcome, Undecided):
        return outcome
    taken = [election.by_key[key] for key in outcome.selected]
    rest = [option for option in options if option not in taken]
    return _with_ties(outcome, greedy(election, rest, ordered, order=order, taken=taken))


def _with_ties(first: Outcome, second: Outcome | Undecided) -> Outcome | Undecided:
    if isinstance(second, Undecided):
        return second
    return Outcome(second.selected, second.spent, (*first.ties, *second.ties))


def _equal_shares(
    election: Election, options: list[Option], profile: Profile, rule: Rule, order: TieOrder, kept: int | None
) -> Outcome | Undecided:
    weighed = profile.weighed(gained(profile.method, rule.utility))
    ballots = prepare(election, options, weighed, profile.voters, rule.utility)
    scores = completion_scores(profile, rule, options) if rule.utilitarian else None
    completion = Completion(INCREASES[rule.name], rule.step, scores)
    return EqualShares(election, ballots, completion, order, kept).count()


def gained(method: Method, utility: Utility) -> Weighing:
    """What a mark weighs for a utility: points, places of a ranking by the ballot's length, or one."""
    if utility is Utility.POINTS:
        return {Method.POINTS: Weighing.POINTS, Method.RANK: Weighing.LENGTH}.get(method, Weighing.VOTES)
    return Weighing.VOTES


def completion_scores(profile: Profile, rule: Rule, options: list[Option]) -> dict[str, Score]:
    """The order of the utilitarian completion: by votes for the utility `cost`, else by what is gained per zloty."""
    sums = profile.scores(gained(profile.method, rule.utility))
    return dict(sums) if rule.utility is Utility.COST else per_zloty(options, sums)
