"""Result files of generated votes in the hall: naive sums, both verifiers, no order, no sector that is too small."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.rules.hall import (
    LEAST_STRATUM,
    HallElectorRow,
    HallLaidOut,
    HallMethod,
    HallOptionRow,
    merged,
    published_strata,
)
from workflow.voting.counting.ballots import Method
from workflow.voting.results.canonical import canonical, sealed
from workflow.voting.results.hall import CountedHall, hall_file
from workflow.voting.results.structure import ResultDiffers
from workflow.voting.results.verification import verify_result
from workflow.voting.verifier.verify_result import verify

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
KEYS = tuple(f"T{number:02d}" for number in range(1, 6))
AYES = ("for", "against", "abstain")


def choices(method: HallMethod) -> st.SearchStrategy[Any]:
    """What a ballot of a method may say, as a file writes it."""
    if method is HallMethod.AYES:
        return st.sampled_from([[key] for key in AYES])
    some = st.lists(st.sampled_from(KEYS), unique=True, max_size=3)
    if method is HallMethod.APPROVE:
        return some.map(sorted)
    if method is HallMethod.RANK:
        return some
    return st.dictionaries(st.sampled_from(KEYS), st.integers(1, 3), max_size=3).map(
        lambda given: dict(sorted(given.items()))
    )


def counted(method: HallMethod, ballots: Sequence[Any], *, linked: bool = True) -> CountedHall:
    """A secret vote of five more electors than ballots, of two strata in turn."""
    keys = AYES if method is HallMethod.AYES else KEYS
    laid_out = HallLaidOut(
        tuple((f"{number:08d}", canonical(choice).decode(), "ab"[number % 2]) for number, choice in enumerate(ballots)),
        () if linked else tuple(f"R{number:07d}" for number in range(len(ballots))),
    )
    electors = tuple(HallElectorRow(number, number, "", "ab"[number % 2], number < len(ballots),
                                    "screen" if number < len(ballots) else "") for number in range(len(ballots) + 5))  # fmt: skip
    own = {"id": 7, "question": "Co?", "opened_at": AT, "method": method.value, "rules_digest": "d", "secret": True,
           "max_choices": None if method is HallMethod.AYES else 3,
           "points_total": 9 if method is HallMethod.POINTS else None, "points_each": None}  # fmt: skip
    options = tuple(HallOptionRow(key, key) for key in keys)
    return CountedHall(own, options, electors, AT, laid_out, result={"product_version": "test"})


def naive(method: HallMethod, ballots: Sequence[Any]) -> Counter[str]:
    """The scores, ballot by ballot."""
    sums: Counter[str] = Counter()
    for choice in ballots:
        for place, key in enumerate(choice):
            sums[key] += choice[key] if method is HallMethod.POINTS else 3 - place if method is HallMethod.RANK else 1
    return sums


votes = st.sampled_from(HallMethod).flatmap(
    lambda method: st.tuples(st.just(method), st.lists(choices(method), min_size=1, max_size=30))
)


@given(votes, st.booleans())
@settings(max_examples=60)
def test_a_file_has_the_sums_of_its_ballots_and_holds_before_both_verifiers(given_votes: Any, linked: bool) -> None:
    method, ballots = given_votes
    data = hall_file(counted(method, ballots, linked=linked))
    content, sums = verify_result(data), naive(method, ballots)
    verify(data, quick=False)
    assert content["outcome"]["scores"] == {option["key"]: f"{sums[option['key']]}/1" for option in content["options"]}
    assert content["outcome"]["selected"] == []
    ranked = [sums[key] for key in content["outcome"]["reserve"]]
    assert all(before >= after for before, after in pairwise(ranked))
    tied = {frozenset(tie["members"]) for tie in content["ties"]}
    groups = Counter(score for score in sums.values() if score)
    assert len(tied) == sum(number > 1 for number in groups.values())


@given(votes, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_in_which_ballots_were_laid_out_changes_nothing(given_votes: Any, random: Any) -> None:
    poll = counted(*given_votes)
    assert poll.laid_out is not None
    ballots = list(poll.laid_out.ballots)
    random.shuffle(ballots)
    other = replace(poll, laid_out=HallLaidOut(tuple(ballots)))
    assert hall_file(other) == hall_file(poll)


@given(st.lists(choices(HallMethod.APPROVE), min_size=2, max_size=20), st.data())
@settings(max_examples=30)
def test_a_ballot_that_says_something_else_is_found(ballots: list[Any], data: st.DataObject) -> None:
    content = json.loads(hall_file(counted(HallMethod.APPROVE, ballots)))
    place = data.draw(st.integers(0, len(ballots) - 1))
    other = data.draw(choices(HallMethod.APPROVE).filter(lambda choice: choice != content["ballots"][place]["choice"]))
    content["ballots"][place]["choice"] = other
    # Whoever changes a ballot can make the digest anew, but not the outcome.
    with pytest.raises(ResultDiffers):
        verify_result(sealed(content))


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 12), min_size=1))
def test_no_stratum_is_small_unless_it_is_the_only_one_and_nobody_is_left_out(counts: dict[str, int]) -> None:
    labels = merged(counts)
    sums: Counter[str] = Counter()
    for name, label in labels.items():
        sums[label] += counts[name]
    assert labels.keys() == counts.keys()
    assert len(sums) == 1 or min(sums.values()) >= LEAST_STRATUM
    assert published_strata(counts).keys() == counts.keys()
    if len(sums) == 1:
        assert set(published_strata(counts).values()) == {""}


def test_methods_of_the_hall_are_methods_that_are_counted() -> None:
    assert {method.value for method in HallMethod} < {method.value for method in Method}
