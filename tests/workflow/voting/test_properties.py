"""Properties of every rule over made-up elections in which ties, exclusions and places are frequent."""

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflow.voting.elections import elections, orders, selected
from workflow.voting.counting.ballots import Group, Method
from workflow.voting.counting.election import Election, Option, Outcome, TieOrder, Undecided, cost_of
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.profile import Profile
from workflow.voting.counting.rules import Rule, RuleName, count

METHODS = (Method.APPROVE, Method.POINTS, Method.RANK)
MES, FIRST, LAST = RuleName.EQUAL_SHARES, RuleName.FIRST_EXHAUSTIVE, RuleName.LAST_FEASIBLE
GREEDY = st.builds(Rule, st.sampled_from([RuleName.GREEDY, RuleName.GREEDY_NO_SKIP]), st.sampled_from(Utility))
ONE_RUN = st.builds(Rule, st.just(MES), st.sampled_from(Utility), st.booleans())
RULES = st.builds(
    Rule, st.sampled_from([*RuleName]), st.sampled_from(Utility), st.booleans(), st.integers(0, 2), st.booleans()
)  # fmt: skip
Made = tuple[Election, Profile]
FEW = settings(max_examples=40, deadline=None)


@FEW
@given(elections(METHODS), RULES, st.randoms(use_true_random=False))
def test_permuting_ballots_and_options_changes_nothing(made: Made, rule: Rule, chance: random.Random) -> None:
    election, profile = made
    options, groups = list(election.options), list(profile.groups)
    chance.shuffle(options)
    chance.shuffle(groups)
    mixed = replace(election, options=tuple(options)), replace(profile, groups=tuple(groups))
    assert count(*mixed, rule) == count(election, profile, rule)


@FEW
@given(elections(METHODS), RULES, st.integers(2, 9))
def test_multiplying_all_money_changes_nothing(made: Made, rule: Rule, factor: int) -> None:
    election, profile = made
    options = tuple(replace(option, cost=option.cost * factor) for option in election.options)
    dearer = replace(election, options=options, budget=(election.budget or 0) * factor)
    outcome = count(dearer, profile, replace(rule, step=rule.step * factor))
    assert selected(outcome) == selected(count(election, profile, rule))


@FEW
@given(elections(METHODS), RULES, st.integers(2, 4))
def test_duplicating_all_ballots_changes_nothing(made: Made, rule: Rule, times: int) -> None:
    election, profile = made
    more = replace(profile, groups=tuple(Group(equal.choice, equal.count * times) for equal in profile.groups))
    # As many voters more share each increase, so that the run with the same total is compared.
    options = tuple(replace(option, cost=option.cost * times) for option in election.options)
    larger = replace(election, options=options, budget=(election.budget or 0) * times)
    once = count(election, profile, replace(rule, threshold=0))
    assert selected(count(larger, more, replace(rule, threshold=0))) == selected(once)


@FEW
@given(elections(METHODS), RULES)
def test_grouped_ballots_count_as_single_ones(made: Made, rule: Rule) -> None:
    election, profile = made
    single = tuple(Group(equal.choice, 1) for equal in profile.groups for _ in range(equal.count))
    assert count(election, replace(profile, groups=single), rule) == count(election, profile, rule)


@FEW
@given(st.data(), elections(METHODS), RULES)
def test_no_outcome_exceeds_budget_places_or_exclusions(data: st.DataObject, made: Made, rule: Rule) -> None:
    election, profile = made
    outcome = count(election, profile, rule, data.draw(orders(election)))
    assert isinstance(outcome, Outcome)
    taken = [election.by_key[key] for key in outcome.selected]
    groups = [option.exclusive_group for option in taken if option.exclusive_group]
    assert len(set(outcome.selected)) == len(taken)
    assert election.places is None or len(taken) <= election.places
    assert rule.name is RuleName.PLACES or cost_of(taken) <= (election.budget or 0)
    assert len(set(groups)) == len(groups)


@FEW
@given(st.data(), elections(METHODS))
def test_greedy_with_skip_leaves_nothing_that_fits(data: st.DataObject, made: Made) -> None:
    election, profile = made
    outcome = count(election, profile, Rule(RuleName.GREEDY), data.draw(orders(election)))
    assert isinstance(outcome, Outcome)
    taken = [election.by_key[key] for key in outcome.selected]
    groups = {option.exclusive_group for option in taken if option.exclusive_group}
    if election.places is None or len(taken) < election.places:
        for option in election.options:
            excluded = option.exclusive_group in groups
            assert (
                option in taken or excluded or option.cost == 0 or option.cost > (election.budget or 0) - outcome.spent
            )


@FEW
@given(st.data(), elections())
def test_more_votes_for_a_winner_keep_it(data: st.DataObject, made: Made) -> None:
    election, profile = made
    rule, order = (
        Rule(data.draw(st.sampled_from([RuleName.GREEDY, RuleName.GREEDY_NO_SKIP]))),
        data.draw(orders(election)),
    )
    outcome = count(election, profile, rule, order)
    assert isinstance(outcome, Outcome)
    assume(outcome.selected)
    key = data.draw(st.sampled_from(outcome.selected))
    more = replace(profile, groups=(*profile.groups, Group(((key, 1),), 1)))
    again = count(election, more, rule, order)
    assert isinstance(again, Outcome)
    assert key in again.selected


def outcomes(election: Election, profile: Profile, rule: Rule) -> set[frozenset[str]]:
    """Who is selected under every possible order of the options."""
    found = set()
    for keys in permutations([option.key for option in election.options]):
        outcome = count(election, profile, rule, TieOrder(keys))
        assert isinstance(outcome, Outcome)
        found.add(frozenset(outcome.selected))
    return found


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(elections(METHODS).filter(lambda made: len(made[0].options) <= 5), GREEDY | ONE_RUN)
def test_the_order_matters_exactly_where_a_decisive_tie_is_reported(made: Made, rule: Rule) -> None:
    assert (len(outcomes(*made, rule)) > 1) == isinstance(count(*made, rule), Undecided)


@settings(max_examples=25, deadline=None)
@given(elections(METHODS).filter(lambda made: len(made[0].options) <= 4), st.sampled_from([FIRST, LAST]), st.booleans())
def test_no_order_matters_where_a_count_with_increases_is_decided(
    made: Made, name: RuleName, utilitarian: bool
) -> None:
    rule = Rule(name, utilitarian=utilitarian)
    outcome = count(*made, rule)
    if isinstance(outcome, Outcome):
        assert outcomes(*made, rule) == {frozenset(outcome.selected)}


@FEW
@given(elections(METHODS), st.sampled_from([FIRST, LAST]))
def test_what_an_increase_keeps_is_the_run_with_that_increase(made: Made, name: RuleName) -> None:
    election, profile = made
    outcome = count(election, profile, Rule(name))
    if isinstance(outcome, Outcome):
        assert count(election, profile, Rule(name), kept=outcome.increment) == replace(outcome)


@pytest.mark.parametrize("rule", RuleName)
def test_one_project_dearer_than_all_money_is_never_taken(rule: RuleName) -> None:
    election = Election((Option("A", 1000), Option("B", 100)), 500, 1)
    profile = Profile(Method.APPROVE, (Group((("A", 1),), 5), Group((("B", 1),), 2)))
    outcome = count(election, profile, Rule(rule))
    assert selected(outcome) == {"places": "A", "greedy-no-skip": ""}.get(rule.value, "B")
