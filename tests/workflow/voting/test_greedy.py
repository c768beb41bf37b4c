"""Municipal greedy, votes per zloty and places: what fits, where the list ends, and which tie is decisive."""

import pytest

from tests.workflow.voting.elections import E1, E1_BALLOTS, E3, E3_BALLOTS, THOUSAND, approvals, options, selected
from workflow.voting.counting.election import Election, Option, Outcome, TieOrder, Undecided
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.rules import Rule, RuleName, count


def greedy(election: Election, *ballots: str, ties: str = "", **rule: object) -> str:
    parameters = Rule(RuleName.GREEDY, **rule)  # type: ignore[arg-type]
    return selected(count(election, approvals(*ballots), parameters, TieOrder(tuple(ties))))


def test_e1_with_skip_takes_what_fits() -> None:
    assert selected(count(E1, E1_BALLOTS, Rule(RuleName.GREEDY))) == "ABD"


def test_e1_without_skip_ends_at_the_first_that_does_not_fit() -> None:
    assert selected(count(E1, E1_BALLOTS, Rule(RuleName.GREEDY_NO_SKIP))) == "AB"


def test_e1_per_zloty_orders_by_score_for_each_zloty() -> None:
    assert selected(count(E1, E1_BALLOTS, Rule(RuleName.GREEDY, Utility.CARDINALITY))) == "EDBC"


def test_e3_reports_the_boundary_tie_with_what_was_taken_before() -> None:
    outcome = count(E3, E3_BALLOTS, Rule(RuleName.GREEDY))
    assert isinstance(outcome, Undecided)
    assert (outcome.tie.members, outcome.before) == (("C", "D", "E"), ("A", "B"))


@pytest.mark.parametrize(("ties", "taken"), [("CDE", "ABC"), ("DEC", "ABD"), ("ECD", "ABE"), ("DE", "?CDE")])
def test_e3_is_decided_by_an_order_of_all_tied(ties: str, taken: str) -> None:
    assert selected(count(E3, E3_BALLOTS, Rule(RuleName.GREEDY), TieOrder(tuple(ties)))) == taken


def test_a_broken_tie_is_reported() -> None:
    outcome = count(E3, E3_BALLOTS, Rule(RuleName.GREEDY), TieOrder(tuple("CDE")))
    assert isinstance(outcome, Outcome)
    assert [tie.members for tie in outcome.decisive] == [("C", "D", "E")]


def test_equal_scores_that_all_fit_are_no_tie() -> None:
    outcome = count(Election(options({"B": 1, "A": 1}), 2 * THOUSAND), approvals("1xAB"), Rule(RuleName.GREEDY))
    assert outcome == Outcome(("A", "B"), 2 * THOUSAND)


def test_equal_scores_of_which_one_alone_fits_are_no_tie_with_skip() -> None:
    election = Election(options({"A": 3, "B": 1}), THOUSAND)
    assert greedy(election, "1xAB") == "B"
    assert selected(count(election, approvals("1xAB"), Rule(RuleName.GREEDY_NO_SKIP))) == "?AB"


def test_of_an_exclusive_group_the_best_is_taken_and_its_rivals_do_not_end_the_list() -> None:
    election = Election(options({"A": 1, "B": 1, "C": 1}, {"A": "site", "B": "site"}), 9 * THOUSAND)
    ballots = approvals("3xA", "2xB", "1xC")
    assert selected(count(election, ballots, Rule(RuleName.GREEDY_NO_SKIP))) == "AC"


def test_equal_rivals_are_a_boundary_tie_even_where_money_suffices() -> None:
    election = Election(options({"A": 1, "B": 1}, {"A": "site", "B": "site"}), 9 * THOUSAND)
    assert greedy(election, "1xAB") == "?AB"
    assert greedy(election, "1xAB", ties="BA") == "B"


def test_withdrawn_options_leave_before_anything_else() -> None:
    election = Election((Option("A", 100, None, withdrawn=True), Option("B", 100)), 100)
    assert selected(count(election, approvals("3xA", "1xB"), Rule(RuleName.GREEDY_NO_SKIP))) == "B"


def test_the_threshold_applies_to_every_rule() -> None:
    ballots = approvals("3xA", "2xB")
    election = Election(options({"A": 1, "B": 1}), 5 * THOUSAND)
    for name in RuleName:
        assert selected(count(Election(election.options, election.budget, 2), ballots, Rule(name, threshold=3))) == "A"


def test_what_costs_nothing_needs_a_vote() -> None:
    assert greedy(Election(options({"A": 0, "B": 0}), 0), "1xA") == "A"


def test_nobody_votes_for_it_and_it_fits() -> None:
    election = Election(options({"A": 1}), THOUSAND)
    assert greedy(election) == "A"
    assert greedy(election, needs_vote=True) == ""


def test_places_look_at_no_money_and_know_ties() -> None:
    election = Election(options({"A": 9, "B": 9, "C": 9}), 0, 2)
    assert selected(count(election, approvals("2xA", "1xB"), Rule(RuleName.PLACES))) == "AB"
    assert selected(count(election, approvals("2xA", "1xBC"), Rule(RuleName.PLACES))) == "?BC"


def test_no_skip_with_completion_goes_on_with_skip() -> None:
    assert selected(count(E1, E1_BALLOTS, Rule(RuleName.GREEDY_NO_SKIP, utilitarian=True))) == "ABD"
