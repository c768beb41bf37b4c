"""What if: the rules side by side on the same ballots, and how many votes decide about a place on the list; pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from workflow.rules.selection_rules import EditionRule, SelectionRule
from workflow.selection.proposed_list import (
    Ballots,
    CardScores,
    ListStatus,
    ProposedList,
    by_score,
    is_applicable,
    propose,
    scores_of,
)
from workflow.voting.counting.ballots import Method
from workflow.voting.counting.election import NO_ORDER, CountError, Election, Outcome, Score, TieOrder
from workflow.voting.counting.profile import Profile

# Pages count Equal Shares up to so many marks on different ballots, and increases of its budget up to so many.
MOST_MARKS, MOST_MARKS_OF_INCREASES = 50_000, 3_000
# Losers for which it is said what they lack.
LOSERS = 5


class Difference(Struct, frozen=True):
    """Who gets in and who drops out against another list."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


class Alternative(Struct, frozen=True):
    """A rule and what it proposes; no list where the count is too long for a page or has no outcome."""

    rule: EditionRule
    proposed: ProposedList | None
    difference: Difference | None = None
    # Of all voters, those who voted for a selected project; None for score cards.
    represented: Fraction | None = None
    too_long: bool = False


class Margin(Struct, frozen=True):
    """How much a score can change before a project's status does: by `amount`, or by anything more than it."""

    key: str
    amount: Score
    more_than: bool = False


def alternatives(
    election: Election, ballots: Ballots, chosen: EditionRule, order: TieOrder = NO_ORDER
) -> tuple[Alternative, ...]:
    """The chosen rule, then every other that these ballots and limits allow.

    Differences are against the chosen one or, where it has no list, against the first that has one.
    """
    first = count(election, ballots, chosen, order)
    others = [rule for rule in comparable(ballots, chosen) if has_limits(election, rule) and rule != first.rule]
    counted = [count(election, ballots, rule, order) for rule in others]
    base = next((one.proposed for one in (first, *counted) if one.proposed is not None), None)
    return (first, *(replace(other, difference=difference(base, other.proposed)) for other in counted))


def count(election: Election, ballots: Ballots, rule: EditionRule, order: TieOrder = NO_ORDER) -> Alternative:
    """What one rule proposes, unless the count is too long for a page, or the rule cannot be counted on this."""
    if not is_applicable(rule, ballots) or not has_limits(election, rule):
        return Alternative(rule, None)
    if is_too_long(ballots, rule):
        return Alternative(rule, None, too_long=True)
    try:
        proposed = propose(election, ballots, rule, order)
    except CountError:
        return Alternative(rule, None, too_long=True)
    return Alternative(rule, proposed, represented=represented(ballots, proposed.selected))


def comparable(ballots: Ballots, chosen: EditionRule) -> Iterator[EditionRule]:
    """The rules that are worth a comparison on these ballots, each once, with the chosen threshold."""
    if isinstance(ballots, CardScores):
        names = (SelectionRule.AVERAGE, SelectionRule.NO_SKIP, SelectionRule.PLACES)
    else:
        weighed = {Method.POINTS: SelectionRule.POINTS, Method.RANK: SelectionRule.BORDA}.get(ballots.method)
        names = (weighed or SelectionRule.GREEDY, SelectionRule.NO_SKIP, SelectionRule.PLACES)
    same = {SelectionRule.GREEDY: names[0], SelectionRule.APPROVAL: names[0]}
    for name in names:
        if same.get(chosen.rule, chosen.rule) is not name:
            yield replace(chosen, rule=name)
    if isinstance(ballots, Profile):
        yield from _equal_shares(ballots, chosen)


def _equal_shares(ballots: Profile, chosen: EditionRule) -> Iterator[EditionRule]:
    """Equal Shares for each utility, completed by votes, and with an increase of the budget."""
    utilities = ["cost", "cardinality", *(["points"] if ballots.method in {Method.POINTS, Method.RANK} else [])]
    for utility in utilities:
        yield replace(chosen, rule=SelectionRule.EQUAL_SHARES, utility=utility, increase="none", utilitarian=True)
    yield replace(chosen, rule=SelectionRule.EQUAL_SHARES, utility="cost", increase="first exhaustive",
                  utilitarian=True)  # fmt: skip


def has_limits(election: Election, rule: EditionRule) -> bool:
    """Whether the edition sets what the rule divides: places, money, or either of them."""
    if rule.rule is SelectionRule.PLACES:
        return election.places is not None
    if rule.rule is SelectionRule.EQUAL_SHARES:
        return election.budget is not None
    return election.places is not None or election.budget is not None


def is_too_long(ballots: Ballots, rule: EditionRule) -> bool:
    """Whether a count takes longer than a page may: Equal Shares on many different ballots."""
    if rule.rule is not SelectionRule.EQUAL_SHARES or isinstance(ballots, CardScores):
        return False
    marks = sum(len(group.choice) for group in ballots.groups)
    return marks > (MOST_MARKS if rule.increase == "none" else MOST_MARKS_OF_INCREASES)


def difference(chosen: ProposedList | None, other: ProposedList | None) -> Difference | None:
    """Who gets in and who drops out; None where one of them has no list."""
    if chosen is None or other is None:
        return None
    before, after = set(chosen.selected), set(other.selected)
    return Difference(
        tuple(key for key in other.selected if key not in before),
        tuple(key for key in chosen.selected if key not in after),
    )


def represented(ballots: Ballots, selected: tuple[str, ...]) -> Fraction | None:
    """The share of voters, blank ballots too, with at least one selected project."""
    if isinstance(ballots, CardScores) or not ballots.voters:
        return None
    chosen = frozenset(selected)
    with_one = sum(
        group.count for group in ballots.groups if any(key in chosen and number_counts(ballots, number)
                                                       for key, number in group.choice)
    )  # fmt: skip
    return Fraction(with_one, ballots.voters)


def number_counts(ballots: Profile, number: int) -> bool:
    """Whether a mark is a vote: zero points are none, the first place of a ranking is one."""
    return ballots.method is not Method.POINTS or number > 0


# --- margins ----------------------------------------------------------------------------------------------------


def margins(
    election: Election, ballots: Ballots, rule: EditionRule, proposed: ProposedList, order: TieOrder = NO_ORDER
) -> tuple[tuple[Margin, ...], tuple[Margin, ...]]:
    """By how much less each selected project is not surely selected any more, and by how much more a loser would be.

    Of the losers the first five of the ranking. Empty for Equal Shares, where it depends on whose votes are missing.
    """
    if rule.rule is SelectionRule.EQUAL_SHARES:
        return (), ()
    scores = scores_of(ballots, rule)

    def is_in(key: str, score: Score) -> bool:
        outcome = by_score(election, ballots, rule, {**scores, key: score}, order)
        return key in (outcome.selected if isinstance(outcome, Outcome) else outcome.before)

    def step(key: str, sign: int) -> Margin | None:
        if isinstance(ballots, CardScores):
            return _points({**scores, "": rule.threshold}, key, is_in, sign)
        return _votes(scores, key, is_in, sign)

    losers = [line.key for line in proposed.lines if line.status in {ListStatus.RESERVE, ListStatus.TIED}][:LOSERS]
    down = [step(key, -1) for key in proposed.selected]
    up = [step(key, 1) for key in losers]
    return tuple(margin for margin in down if margin), tuple(margin for margin in up if margin)


IsIn = Callable[[str, Score], bool]


def _votes(scores: Mapping[str, Score], key: str, is_in: IsIn, sign: int) -> Margin | None:
    """The least whole number of votes (or points) that changes the status; None where no number does."""
    own, now = scores.get(key, 0), sign < 0
    most = own if sign < 0 else max(scores.values(), default=0) - own + 1

    def changes(number: int) -> bool:
        return is_in(key, own + sign * number) is not now

    if most < 1 or not changes(int(most)):
        return None
    # The status changes once: fewer votes never help.
    return Margin(key, bisect_left(range(int(most)), x=True, lo=1, key=changes))


def _points(scores: Mapping[str, Score], key: str, is_in: IsIn, sign: int) -> Margin | None:
    """The least change of a mean, exactly: to another project's mean, or to anything beyond it."""
    own, now = Fraction(scores.get(key, 0)), sign < 0
    others = {Fraction(score) for name, score in scores.items() if name != key and sign * (score - own) >= 0}
    levels = sorted(others, key=lambda score: abs(score - own))
    for level, beyond in zip(levels, [*levels[1:], None], strict=True):
        if level != own and is_in(key, level) is not now:
            return Margin(key, abs(level - own))
        # Between this level and the next one, where nobody else is.
        end = (level + 2 if sign > 0 else Fraction(0)) if beyond is None else beyond
        if end != level and is_in(key, (level + end) * Fraction(1, 2)) is not now:
            return Margin(key, abs(level - own), more_than=True)
    return None
