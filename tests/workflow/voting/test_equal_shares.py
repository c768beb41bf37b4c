"""Equal Shares: the examples E1 to E3, completions, ties that are decisive and ties that are not."""

import pytest

from tests.workflow.voting.elections import (
    E1,
    E1_BALLOTS,
    E2,
    E2_BALLOTS,
    E3,
    E3_BALLOTS,
    THOUSAND,
    approvals,
    options,
    selected,
)  # fmt: skip
from workflow.voting.counting.election import CountError, Election, Outcome, TieOrder, Undecided
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.profile import Profile
from workflow.voting.counting.rules import Rule, RuleName, count

MES, FIRST, LAST = RuleName.EQUAL_SHARES, RuleName.FIRST_EXHAUSTIVE, RuleName.LAST_FEASIBLE


def counted(election: Election, ballots: Profile, rule: Rule, ties: str = "") -> Outcome:
    outcome = count(election, ballots, rule, TieOrder(tuple(ties)))
    assert isinstance(outcome, Outcome)
    return outcome


def test_e1_by_cost() -> None:
    outcome = counted(E1, E1_BALLOTS, Rule(MES))
    assert (selected(outcome), outcome.spent) == ("AC", 75 * THOUSAND)


def test_e1_utilitarian_spends_the_rest_by_votes() -> None:
    assert selected(count(E1, E1_BALLOTS, Rule(MES, utilitarian=True))) == "ACD"


def test_e1_by_cardinality() -> None:
    assert selected(count(E1, E1_BALLOTS, Rule(MES, Utility.CARDINALITY))) == "EDB"
    assert selected(count(E1, E1_BALLOTS, Rule(MES, Utility.CARDINALITY, utilitarian=True))) == "EDBC"


def test_e1_first_exhaustive_stops_after_2501_runs() -> None:
    outcome = counted(E1, E1_BALLOTS, Rule(FIRST))
    assert (set(outcome.selected), outcome.increment, outcome.exceeded_next) == (set("ACE"), 2500, False)


@pytest.mark.slow
def test_e1_last_feasible_ends_when_run_4168_exceeds_the_budget() -> None:
    outcome = counted(E1, E1_BALLOTS, Rule(LAST))
    assert (set(outcome.selected), outcome.increment, outcome.exceeded_next) == (set("ACE"), 4167 - 1, True)


def test_e2_the_stopping_rules_differ() -> None:
    first, last = (counted(E2, E2_BALLOTS, Rule(name, step=THOUSAND)) for name in (FIRST, LAST))
    assert (selected(first), first.increment, first.spent) == ("AC", 0, 50 * THOUSAND)
    assert (set(last.selected), last.increment, last.exceeded_next) == ({"A", "B"}, 7, True)


def test_e3_the_round_tie_is_decisive_and_undecided() -> None:
    outcome = count(E3, E3_BALLOTS, Rule(MES))
    assert isinstance(outcome, Undecided)
    assert (outcome.tie.kind, outcome.tie.members) == ("round", ("A", "B"))


@pytest.mark.parametrize(("ties", "bought", "left"), [("ABCDE", "A", "B"), ("BACDE", "B", "A")])
def test_e3_either_order_makes_the_other_unaffordable(ties: str, bought: str, left: str) -> None:
    outcome = counted(E3, E3_BALLOTS, Rule(MES), ties)
    assert outcome.selected[0] == bought
    assert left not in outcome.selected
    assert outcome.decisive[0].members == ("A", "B")


def test_a_tie_whose_choice_changes_nothing_is_noted_and_not_decisive() -> None:
    election = Election(options({"A": 10, "B": 10}), 20 * THOUSAND)
    outcome = counted(election, approvals("2xAB"), Rule(MES))
    assert selected(outcome) == "AB"
    assert [(tie.members, tie.decisive) for tie in outcome.ties] == [(("A", "B"), False)]


def test_tied_projects_without_a_common_supporter_are_no_tie() -> None:
    election = Election(options(dict.fromkeys("ABCDEFGHIJKLMNOPQRST", 10)), 200 * THOUSAND)
    outcome = counted(election, approvals(*(f"1x{key}" for key in "ABCDEFGHIJKLMNOPQRST")), Rule(MES))
    assert (len(outcome.selected), outcome.ties) == (20, ())


def test_a_completion_that_takes_both_makes_a_tie_not_decisive() -> None:
    election = Election(options({"A": 60, "B": 60, "C": 200}), 200 * THOUSAND)
    ballots = approvals("1xAB", "1xC")
    assert selected(count(election, ballots, Rule(MES))) == "?AB"
    outcome = counted(election, ballots, Rule(MES, utilitarian=True))
    assert (set(outcome.selected), outcome.decisive) == ({"A", "B"}, ())


def test_exclusions_hold_within_a_run() -> None:
    election = Election(options({"A": 10, "B": 10, "C": 10}, {"A": "site", "B": "site"}), 90 * THOUSAND)
    for name in (MES, FIRST, LAST):
        assert set(counted(election, approvals("3xAB", "1xABC"), Rule(name), "ABC").selected) == {"A", "C"}


def test_a_run_ends_when_the_places_are_taken() -> None:
    election = Election(options({"A": 10, "B": 10}), 90 * THOUSAND, 1)
    for name in (MES, FIRST, LAST):
        assert selected(count(election, approvals("3xA", "2xB"), Rule(name))) == "A"


@pytest.mark.parametrize("name", [MES, FIRST, LAST])
def test_there_is_nothing_to_share(name: RuleName) -> None:
    assert selected(count(Election(options({"A": 10}), 0), approvals("1xA"), Rule(name, step=50 * THOUSAND))) == ""
    assert selected(count(Election(options({"A": 10}), THOUSAND), approvals(), Rule(name))) == ""
    assert selected(count(Election(options({"A": 10}), 90 * THOUSAND), approvals("3x"), Rule(name))) == ""
    assert selected(count(Election(options({"A": 0}), 0), approvals("1xA"), Rule(name))) == "A"


def test_blank_ballots_take_their_share_of_the_money() -> None:
    election = Election(options({"A": 60}), 100 * THOUSAND)
    assert selected(count(election, approvals("3xA", "1x"), Rule(MES))) == "A"
    assert selected(count(election, approvals("1xA", "1x"), Rule(MES))) == ""


def test_a_count_that_never_ends_is_refused_with_the_figures() -> None:
    election = Election(options({"A": 10_000_000}), 1)
    with pytest.raises(CountError) as refused:
        count(election, approvals("1xA"), Rule(LAST, step=1))
    assert refused.value.figures == {"runs": 20_000, "budget": 1, "voters": 1}
