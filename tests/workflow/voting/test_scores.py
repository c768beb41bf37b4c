"""Scores: cards, points, places of a ranking; ranks that are shared; legal choices; the draw."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.voting.counting.ballots import Choice, Fault, Method, Terms, choice, fault, group
from workflow.voting.counting.draw import commitment, drawn_order
from workflow.voting.counting.election import Outcome, TieOrder, Undecided
from workflow.voting.counting.profile import Profile, Weighing
from workflow.voting.counting.ranking import rank, reserve, winner
from workflow.voting.counting.score_cards import Criterion, Unranked, assess, places, two_decimals, value

CRITERIA = [Criterion("a", 2), Criterion("b"), Criterion("c")]
CARDS = [dict(zip("abc", points, strict=True)) for points in [(5, 3, 4), (4, 4, 4), (3, 5, 2)]]


def test_cards_are_weighed_exactly() -> None:
    assert [value(card, CRITERIA) for card in CARDS] == [Fraction(17, 4), 4, Fraction(13, 4)]
    result = assess(CARDS, CRITERIA)
    assert (result.mean, result.median, result.spread, result.unranked) == (
        Fraction(23, 6),
        Fraction(4),
        Fraction(1),
        None,
    )
    assert two_decimals(Fraction(23, 6)) == "3.83"


@pytest.mark.parametrize(
    ("score", "shown"), [(Fraction(1, 200), "0.01"), (Fraction(1, 201), "0.00"), (Fraction(4), "4.00")]
)
def test_scores_are_shown_rounded_half_up(score: Fraction, shown: str) -> None:
    assert two_decimals(score) == shown


def test_the_median_of_an_even_number_is_the_mean_of_the_two_in_the_middle() -> None:
    assert assess(CARDS[:2], CRITERIA).median == Fraction(33, 8)


def test_too_few_cards_or_too_few_points_leave_a_proposal_unranked() -> None:
    assert assess([], CRITERIA).unranked is Unranked.TOO_FEW_CARDS
    assert assess(CARDS, CRITERIA, min_cards=4).unranked is Unranked.TOO_FEW_CARDS
    below = assess(CARDS, [Criterion("a", 2), Criterion("b", minimum=5)])
    assert (below.unranked, below.criterion) == (Unranked.BELOW_MINIMUM, "b")
    assert assess(CARDS, [Criterion("b", minimum=5, required=False)]).unranked is None


def test_equal_scores_share_a_place_and_the_next_one_skips() -> None:
    ranked = rank({"A": Fraction(1, 2), "B": Fraction(2, 4), "C": 0, "D": 1})
    assert [(item.place, item.key) for item in ranked] == [(1, "D"), (2, "A"), (2, "B"), (4, "C")]


def test_the_reserve_list_names_its_ties_and_they_are_not_decisive() -> None:
    listed = reserve("ABC", {"A": 1, "B": 1, "C": 2}, TieOrder(("B", "A")))
    assert listed.selected == ("C", "B", "A")
    assert [(tie.members, tie.decisive) for tie in listed.ties] == [(("A", "B"), False)]


def test_a_winner_needs_a_vote_and_a_tie_needs_an_order() -> None:
    assert winner({"A": 0}) == Outcome((), 0)
    assert winner({"A": 2, "B": 1}) == Outcome(("A",), 0)
    assert isinstance(winner({"A": 2, "B": 2}), Undecided)
    broken = winner({"A": 2, "B": 2}, TieOrder(("B", "A")))
    assert isinstance(broken, Outcome)
    assert broken.selected == ("B",)


def ranking(*keys: str) -> Choice:
    return choice(Method.RANK, ((key, place) for place, key in enumerate(keys)))


def test_a_ranking_is_scored_from_k_or_from_its_length() -> None:
    profile = Profile(Method.RANK, group([ranking("A", "B"), ranking("B")]), 3)
    assert profile.scores(Weighing.FIXED) == {"A": 3, "B": 2 + 3}
    assert profile.scores(Weighing.LENGTH) == {"A": 1}
    assert profile.votes == {"A": 1, "B": 2}


def test_no_points_are_no_vote() -> None:
    profile = Profile(Method.POINTS, group([choice(Method.POINTS, [("A", 0), ("B", 4)])]))
    assert profile.votes == {"B": 1}
    assert profile.scores(Weighing.POINTS) == {"B": 4}
    assert profile.voters == 1


@pytest.mark.parametrize(
    ("method", "marks", "wrong"),
    [
        (Method.APPROVE, [], None),
        (Method.APPROVE, [("A", 1), ("B", 1)], None),
        (Method.APPROVE, [("X", 1)], Fault.UNKNOWN),
        (Method.APPROVE, [("A", 1), ("A", 1)], Fault.REPEATED),
        (Method.APPROVE, [("A", 1), ("B", 1), ("C", 1)], Fault.TOO_MANY),
        (Method.APPROVE, [("A", 2)], Fault.NUMBER),
        (Method.CHOOSE, [("A", 1), ("B", 1)], Fault.TOO_MANY),
        (Method.AYES, [], Fault.EMPTY),
        (Method.RANK, [("A", 0), ("B", 1)], None),
        (Method.RANK, [("A", 0), ("B", 0)], Fault.NUMBER),
        (Method.RANK, [("A", 1)], Fault.NUMBER),
        (Method.POINTS, [("A", 3), ("B", 2)], None),
        (Method.POINTS, [("A", 4)], Fault.EACH),
        (Method.POINTS, [("A", 3), ("B", 3)], Fault.TOTAL),
        (Method.POINTS, [("A", -1)], Fault.NUMBER),
    ],
)
def test_legal_choices(method: Method, marks: list[tuple[str, int]], wrong: Fault | None) -> None:
    terms = Terms(method, frozenset("ABC"), max_choices=2, points_total=5, points_each=3)
    assert fault(choice(method, marks), terms) is wrong


def test_the_draw_depends_on_seed_word_and_key_and_on_no_order_of_entry() -> None:
    first = drawn_order("s", "word", "ABCDEFGH").keys
    assert sorted(first) == list("ABCDEFGH")
    assert drawn_order("s", "word", "HGFEDCBA").keys == first
    assert drawn_order("s", "other", "ABCDEFGH").keys != first
    assert commitment("s", "poll-1") != commitment("s", "poll-2")


POINTS = st.lists(st.fixed_dictionaries({key: st.integers(0, 5) for key in "abc"}), min_size=1, max_size=9)
WEIGHTS = st.tuples(*[st.integers(1, 9)] * 3)


@settings(max_examples=60, deadline=None)
@given(POINTS, WEIGHTS, st.integers(2, 50), st.randoms(use_true_random=False))
def test_neither_the_order_of_cards_nor_the_scale_of_weights_changes_an_assessment(
    cards: list[dict[str, int]], weights: tuple[int, ...], factor: int, chance: random.Random
) -> None:
    criteria = [Criterion(key, weight, minimum=2) for key, weight in zip("abc", weights, strict=True)]
    heavier = [replace(criterion, weight=criterion.weight * factor) for criterion in criteria]
    mixed = chance.sample(cards, len(cards))
    assert assess(mixed, criteria) == assess(cards, criteria) == assess(cards, heavier)
    assert assess(cards, chance.sample(heavier, 3)).mean == assess(cards, criteria).mean


@settings(max_examples=60, deadline=None)
@given(st.lists(POINTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_places_follow_the_means_and_no_order_of_projects_changes_them(
    projects: list[list[dict[str, int]]], chance: random.Random
) -> None:
    assessed = {str(number): assess(cards, CRITERIA) for number, cards in enumerate(projects)}
    ordered = places(assessed)
    assert places(dict(chance.sample(list(assessed.items()), len(assessed)))) == ordered
    for key, place in ordered.items():
        better = sum(other.mean > assessed[key].mean for other in assessed.values())  # type: ignore[operator]
        assert place == better + 1
