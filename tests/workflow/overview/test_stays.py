"""How long projects were in their states."""

from datetime import UTC, datetime, timedelta

import pytest

from workflow.overview.stays import Entered, quantile, times_of

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after(days: int) -> datetime:
    return START + timedelta(days=days)


def test_a_project_that_comes_back_to_a_state_is_counted_once_with_both_stays() -> None:
    entries = [
        Entered(1, "a", after(0)),
        Entered(1, "b", after(3)),
        Entered(1, "a", after(5)),
        Entered(2, "a", after(9)),
    ]
    times = times_of(entries, at=after(10))
    assert times.days == {"a": {1: 8, 2: 1}, "b": {1: 2}}
    assert times.of(["a", "b"]) == [1, 2, 8]
    assert times.since == {1: after(5), 2: after(9)}
    assert times.reached["a"] == {1: after(0), 2: after(9)}


@pytest.mark.parametrize(
    ("ordered", "percent", "expected"),
    [([], 50, None), ([4], 80, 4), ([1, 2], 50, 1), ([1, 2, 3], 50, 2), ([1, 2, 3, 4, 5], 80, 4), ([1, 2, 3, 4, 9, 20], 80, 9)],
)  # fmt: skip
def test_so_many_per_cent_lie_within_the_quantile(ordered: list[int], percent: int, expected: int | None) -> None:
    assert quantile(ordered, percent) == expected
