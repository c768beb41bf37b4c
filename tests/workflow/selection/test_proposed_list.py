"""What rules propose on ballots and on score cards: exact, never over a limit, and never through a tie in silence."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.voting.elections import (
    E1,
    E1_BALLOTS,
    E3,
    E3_BALLOTS,
    THOUSAND,
    approvals,
    elections,
    options,
)
from workflow.rules.selection_rules import INCREASES, UTILITIES, EditionRule, SelectionRule
from workflow.selection.proposed_list import CardScores, ListStatus, ProposedList, is_applicable, propose
from workflow.selection.shares_margins import shares_margins
from workflow.selection.what_if import Alternative, alternatives, count, has_limits, margins, represented
from workflow.voting.counting.ballots import Group, Method
from workflow.voting.counting.election import CountError, Election, Option, RecordedOrders
from workflow.voting.counting.equal_shares import Increase
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.profile import Profile

R = SelectionRule


def rule(name: SelectionRule = R.GREEDY, **more: object) -> EditionRule:
    return EditionRule(name, **more)  # type: ignore[arg-type]


def letters(proposed: ProposedList) -> str:
    return "".join(proposed.selected)


@pytest.mark.parametrize(
    ("named", "selected"),
    [
        (rule(R.GREEDY), "ABD"),
        (rule(R.APPROVAL), "ABD"),
        (rule(R.NO_SKIP), "AB"),
        (rule(R.EQUAL_SHARES, utilitarian=False), "AC"),
        (rule(R.EQUAL_SHARES), "ACD"),
        (rule(R.EQUAL_SHARES, utility="cardinality", utilitarian=False), "EDB"),
        (rule(R.EQUAL_SHARES, increase="first exhaustive", utilitarian=False), "ACE"),
        (rule(R.EQUAL_SHARES, increase="last feasible", utilitarian=False), "ACE"),
        (rule(R.GREEDY, threshold=4), "AB"),
    ],
)
def test_the_rules_of_an_edition_propose_what_the_example_says(named: EditionRule, selected: str) -> None:
    assert letters(propose(E1, E1_BALLOTS, named)) == selected


def test_places_take_the_first_of_the_ranking_whatever_they_cost() -> None:
    election = Election(E1.options, E1.budget, 2)
    assert letters(propose(election, E1_BALLOTS, rule(R.PLACES))) == "AB"


def test_equal_scores_share_a_place_and_the_next_one_skips() -> None:
    cards = CardScores({"1": Fraction(4), "2": Fraction(9, 2), "3": Fraction(4), "4": Fraction(3)})
    election = Election(tuple(Option(key, 100) for key in "12345"), 1000)
    proposed = propose(election, cards, rule(R.AVERAGE))
    assert [(line.key, line.place) for line in proposed.lines] == [("2", 1), ("1", 2), ("3", 2), ("4", 4), ("5", None)]
    assert proposed.by_key["5"].status is ListStatus.OUT
    assert proposed.spent == 400


def test_a_tie_at_the_boundary_stops_the_list_and_names_its_members() -> None:
    proposed = propose(E3, E3_BALLOTS, rule())
    assert proposed.undecided is not None
    assert proposed.undecided.members == ("C", "D", "E")
    assert letters(proposed) == "AB"
    assert [proposed.by_key[key].status for key in "ABCDE"] == [ListStatus.SELECTED] * 2 + [ListStatus.TIED] * 3
    assert proposed.reserve == ()


def test_a_recorded_order_breaks_the_tie_of_exactly_its_members() -> None:
    broken = RecordedOrders(orders={frozenset("CDE"): ("E", "C", "D")})
    assert letters(propose(E3, E3_BALLOTS, rule(), broken)) == "ABE"
    other = RecordedOrders(orders={frozenset("CD"): ("C", "D")})
    assert propose(E3, E3_BALLOTS, rule(), other).undecided is not None


def test_a_tie_of_score_cards_is_named_as_well() -> None:
    cards = CardScores(dict.fromkeys("12", Fraction(23, 6)))
    election = Election((Option("1", 700), Option("2", 600)), 1000)
    proposed = propose(election, cards, rule(R.AVERAGE))
    assert proposed.undecided is not None
    assert (proposed.selected, proposed.undecided.members) == ((), ("1", "2"))


@pytest.mark.parametrize(
    ("named", "ballots", "expected"),
    [
        (rule(R.AVERAGE), CardScores(), True),
        (rule(R.AVERAGE), E1_BALLOTS, False),
        (rule(R.EQUAL_SHARES), CardScores(), False),
        (rule(R.EQUAL_SHARES, utility="points"), E1_BALLOTS, False),
        (rule(R.BORDA), E1_BALLOTS, False),
        (rule(R.RESOLUTION), E1_BALLOTS, False),
        (rule(R.POINTS), Profile(Method.POINTS, ()), True),
        (rule(R.BORDA), Profile(Method.RANK, ()), True),
    ],
)
def test_a_rule_is_counted_only_on_ballots_that_it_fits(
    named: EditionRule, ballots: Profile | CardScores, expected: bool
) -> None:
    assert is_applicable(named, ballots) is expected


def test_the_names_in_the_settings_are_those_of_counting() -> None:
    assert {*UTILITIES} == {utility.value for utility in Utility}
    assert {*INCREASES} - {"none"} == {increase.value for increase in Increase} - {Increase.NONE.value}


@given(case=elections([Method.APPROVE, Method.POINTS, Method.RANK]), named=st.sampled_from([*SelectionRule]))
@settings(max_examples=80, deadline=None)
def test_no_rule_exceeds_budget_or_places_and_every_project_stands_once(
    case: tuple[Election, Profile], named: SelectionRule
) -> None:
    election, profile = case
    if not is_applicable(rule(named), profile) or not has_limits(election, rule(named)):
        return
    proposed = propose(election, profile, rule(named))
    assert sorted(line.key for line in proposed.lines) == sorted(option.key for option in election.options)
    assert proposed.spent <= (election.budget or 0) or named is R.PLACES
    assert election.places is None or len(proposed.selected) <= election.places
    if proposed.undecided is None:
        assert {*proposed.selected}.isdisjoint(proposed.reserve)


# --- hostile 28 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [R.GREEDY, R.NO_SKIP, R.EQUAL_SHARES])
def test_hostile_28_limits_and_ballots_of_nothing_propose_nothing(named: SelectionRule) -> None:
    nobody, blank = approvals(), Profile(Method.APPROVE, ())
    dear = Election(options({"A": 500}), 100 * THOUSAND)
    assert propose(E1, nobody, rule(named, needs_vote=True)).selected == ()
    assert propose(E1, blank, rule(named, needs_vote=True)).selected == ()
    assert propose(Election(E1.options, 0), E1_BALLOTS, rule(named)).selected == ()
    assert propose(dear, approvals("3xA"), rule(named)).selected == ()
    free = Election((Option("A", 0), Option("B", 0)), 0)
    assert propose(free, approvals("1xA"), rule(named)).selected == ("A",)


# --- what if ------------------------------------------------------------------------------------------------------


def by_rule(found: tuple[Alternative, ...]) -> dict[tuple[str, str], Alternative]:
    return {(other.rule.rule.value, other.rule.utility): other for other in found[1:] if other.rule.increase == "none"}


def test_rules_side_by_side_say_who_gets_in_and_who_drops_out() -> None:
    found = alternatives(Election(E1.options, E1.budget, 2), E1_BALLOTS, rule())
    assert found[0].proposed is not None
    assert letters(found[0].proposed) == "AB"
    other = by_rule(found)["equal-shares", "cost"]
    assert other.difference is not None
    assert (other.difference.added, other.difference.removed) == (("C",), ("B",))
    assert found[0].represented == Fraction(6, 10)
    assert other.represented == Fraction(10, 10)
    assert len({alternative.rule for alternative in found}) == len(found)


def test_a_rule_without_its_limit_is_not_compared() -> None:
    names = {other.rule.rule for other in alternatives(E1, E1_BALLOTS, rule())}
    assert R.PLACES not in names
    cards = alternatives(E1, CardScores({"A": Fraction(3)}), rule(R.AVERAGE))
    assert {other.rule.rule for other in cards} == {R.AVERAGE, R.NO_SKIP}


def test_a_long_count_is_left_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.selection.what_if.MOST_MARKS", 3)
    found = count(E1, E1_BALLOTS, rule(R.EQUAL_SHARES))
    assert (found.proposed, found.too_long) == (None, True)


def test_zero_points_are_no_vote_for_a_winner() -> None:
    profile = Profile(Method.POINTS, (approvals("1xA").groups[0], approvals("1xB").groups[0]))
    assert represented(profile, ("A",)) == Fraction(1, 2)


def test_margins_say_how_many_votes_a_place_depends_on() -> None:
    # A 6, B 5, C 4, D 3, E 2 votes; the budget takes A, B and, after C is skipped, D.
    named = rule()
    proposed = propose(E1, E1_BALLOTS, named)
    down, up = margins(E1, E1_BALLOTS, named, proposed)
    assert {margin.key: margin.amount for margin in down}["B"] == 1
    assert {margin.key: margin.amount for margin in up}["C"] == 2


def test_margins_of_equal_shares_are_not_invented() -> None:
    named = rule(R.EQUAL_SHARES)
    assert margins(E1, E1_BALLOTS, named, propose(E1, E1_BALLOTS, named)) == ((), ())


def test_so_many_votes_fewer_are_enough_under_equal_shares_and_one_more_is_not() -> None:
    named = rule(R.EQUAL_SHARES, utilitarian=False)
    proposed = propose(E1, E1_BALLOTS, named)
    found = shares_margins(E1, E1_BALLOTS, named, proposed)
    assert found is not None
    assert letters(proposed) == "AC"
    # A and B tie as soon as A has five votes of 10,000 as well. C costs 30,000: three of its four voters pay for it.
    assert {margin.key: margin.amount for margin in found} == {"A": 1, "C": 2}


def test_margins_that_take_too_long_are_not_counted() -> None:
    many = Profile(Method.APPROVE, tuple(Group((("A", 1), (f"x{number}", 1)), 1) for number in range(20_000)))
    named = rule(R.EQUAL_SHARES)
    election = Election((Option("A", 100), *(Option(f"x{number}", 100) for number in range(3))), 1000)
    assert shares_margins(election, many, named, propose(election, E1_BALLOTS, named)) is None


def test_a_margin_of_score_cards_is_exact() -> None:
    cards = CardScores({"1": Fraction(23, 6), "2": Fraction(7, 2), "3": Fraction(1)})
    election = Election(tuple(Option(key, 600) for key in "123"), 1000)
    proposed = propose(election, cards, rule(R.AVERAGE))
    down, up = margins(election, cards, rule(R.AVERAGE), proposed)
    assert [(margin.key, margin.amount, margin.more_than) for margin in down] == [("1", Fraction(1, 3), False)]
    assert [(margin.key, margin.amount, margin.more_than) for margin in up] == [
        ("2", Fraction(1, 3), True),
        ("3", Fraction(17, 6), True),
    ]


@given(case=elections())
@settings(max_examples=80, deadline=None)
def test_a_margin_is_the_least_number_of_votes_that_changes_a_status(case: tuple[Election, Profile]) -> None:
    election, profile = case
    named = rule()
    proposed = propose(election, profile, named)
    down, _up = margins(election, profile, named, proposed)
    scores = profile.votes
    for margin in down:
        for number in range(1, scores[margin.key] + 1):
            changed = Profile(profile.method, without(profile, margin.key, number), profile.longest)
            if margin.key not in propose(election, changed, named).selected:
                assert number == margin.amount
                break


def without(profile: Profile, key: str, number: int) -> tuple[type[E1_BALLOTS.groups[0]], ...]:  # type: ignore[valid-type]
    """The groups with so many votes fewer for one option."""
    groups = []
    for group in profile.groups:
        marks = any(name == key for name, _ in group.choice)
        taken = min(group.count, number) if marks else 0
        number -= taken
        rest = tuple(mark for mark in group.choice if mark[0] != key)
        groups += [type(group)(group.choice, group.count - taken)] if group.count > taken else []
        groups += [type(group)(rest, taken)] if taken else []
    return tuple(groups)


def test_the_count_without_an_outcome_is_not_shown_as_a_list() -> None:
    with pytest.raises(CountError):
        far = Election(E1.options[:1], 1)
        propose(far, approvals("1xA"), rule(R.EQUAL_SHARES, increase="last feasible"))
