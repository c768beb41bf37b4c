"""The table of examples: quorum, majority and parity of a vote, each figure exact."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.rules.vote import (
    Figures,
    Majority,
    MajorityKind,
    Quorum,
    Recusal,
    VoteRules,
    above_parity,
    has_quorum,
    is_carried,
    resolve,
)  # fmt: skip

MORE_THAN_HALF = Quorum(strict=True)


def votes(ayes: int, noes: int = 0, abstentions: int = 0, seats: int = 9) -> Figures:
    return Figures(seats, 0, seats, seats, ayes, noes, abstentions)


def meeting(present: int, recused: int, ayes: int, sectors: tuple[int, ...] = (), seats: int = 9) -> Figures:
    by_sector = dict(zip("abc", sectors, strict=False))
    return Figures(seats, recused, present - recused, present, ayes, 0, 0, by_sector)


def test_example_1_a_sector_above_the_limit_refuses_what_has_quorum_and_majority() -> None:
    result = resolve(meeting(6, 1, 5, (3, 1, 1)), VoteRules(MORE_THAN_HALF))
    assert (result.quorum, result.majority, result.parity, result.adopted) == (True, True, False, False)
    assert (result.quorum_present, result.quorum_base) == (5, 8)
    assert result.above_parity == {"a": 60}


def test_example_2_the_same_within_the_limit_is_adopted() -> None:
    assert resolve(meeting(6, 1, 5, (2, 2, 1)), VoteRules(MORE_THAN_HALF)).adopted


@pytest.mark.parametrize(("recusal", "held"), [(Recusal.LEAVE, False), (Recusal.STAY, False), (Recusal.PRESENT, True)])
def test_example_3_what_recused_members_mean_for_the_quorum(recusal: Recusal, held: bool) -> None:
    assert has_quorum(meeting(5, 1, 4), Quorum(strict=True, recusal=recusal)) is held


def test_example_4_the_floor_holds_where_nearly_all_are_recused() -> None:
    assert not has_quorum(Figures(9, 7, 2, 2, 2, 0), MORE_THAN_HALF)


@pytest.mark.parametrize(
    ("figures", "kind", "carried"),
    [
        (votes(2, 3), MajorityKind.SIMPLE, False),
        (votes(0, 6), MajorityKind.SIMPLE, False),
        (votes(3, 3), MajorityKind.SIMPLE, False),
        (votes(1, 0, 5), MajorityKind.SIMPLE, True),
        (votes(1, 0, 5), MajorityKind.ABSOLUTE, False),
        (votes(4, 0, 2, seats=7), MajorityKind.BODY, True),
        (votes(3, 0, 2, seats=7), MajorityKind.BODY, False),
        (votes(4, 2), MajorityKind.QUALIFIED, True),
        (votes(5, 3), MajorityKind.QUALIFIED, False),
        (votes(0, 0, 6), MajorityKind.QUALIFIED, False),
    ],
)
def test_examples_5_to_7_majorities(figures: Figures, kind: MajorityKind, carried: bool) -> None:
    assert is_carried(figures, Majority(kind)) is carried


@pytest.mark.parametrize(("limit", "adopted"), [(49, False), (50, True), (None, True)])
def test_example_8_two_sectors_alone_never_meet_49_per_cent(limit: int | None, adopted: bool) -> None:
    figures = Figures(4, 0, 4, 4, 4, 0, 0, {"a": 2, "b": 2})
    assert resolve(figures, VoteRules(parity=limit)).adopted is adopted


@pytest.mark.parametrize(("present", "held"), [(10, False), (11, True)])
def test_example_9_at_least_half_of_21_seats(present: int, held: bool) -> None:
    assert has_quorum(meeting(present, 0, 1, seats=21), Quorum()) is held


@pytest.mark.parametrize(("chair", "carried"), [(True, True), (False, False), (None, False)])
def test_the_casting_vote_decides_a_tie_only_where_the_rules_have_it(chair: bool | None, carried: bool) -> None:
    tied = Figures(9, 0, 6, 6, 3, 3, chair_voted_for=chair)
    assert is_carried(tied, Majority(casting_vote=True)) is carried
    assert not is_carried(tied, Majority())
    assert not is_carried(tied, Majority(MajorityKind.ABSOLUTE, casting_vote=True))


@settings(deadline=None)
@given(
    st.integers(0, 15), st.integers(0, 15), st.integers(0, 15), st.sampled_from(MajorityKind), st.booleans(), st.booleans()
)  # fmt: skip
def test_a_vote_without_more_ayes_than_noes_is_never_adopted_except_by_the_chair(
    ayes: int, noes: int, abstentions: int, kind: MajorityKind, casting: bool, chair: bool
) -> None:
    seats = ayes + noes + abstentions
    figures = Figures(seats, 0, seats, seats, ayes, noes, abstentions, {}, chair)
    rules = VoteRules(majority=Majority(kind, Fraction(1, 2), casting), parity=None)
    if resolve(figures, rules).adopted:
        assert ayes > noes or (ayes == noes and (kind is MajorityKind.QUALIFIED or (casting and chair)))
        assert ayes > 0


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.sampled_from([34, 49, 50, 100]))
def test_parity_holds_exactly_where_no_share_is_above_the_limit(by_sector: list[int], limit: int) -> None:
    sectors = {str(number): cast for number, cast in enumerate(by_sector)}
    cast = sum(by_sector)
    above = above_parity(Figures(99, 0, 99, 99, cast, 0, 0, sectors), limit)
    assert set(above) == {key for key, own in sectors.items() if cast and Fraction(own, cast) > Fraction(limit, 100)}
