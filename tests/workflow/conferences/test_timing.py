"""Where a conference stands is told by its dates: tomorrow's is never under way, and yesterday's asks to be noted."""

from datetime import UTC, datetime, timedelta

import pytest

from workflow.conferences.timing import Timing, timing_of
from workflow.rules.states import ConferenceState, EditionState

# Nine o'clock in Warsaw.
BEGINS = datetime(2026, 10, 6, 7, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=6)


@pytest.mark.parametrize(
    ("at", "timing"),
    [
        (BEGINS - timedelta(days=1), Timing.AHEAD),
        # 23:59 of the day before in Warsaw.
        (datetime(2026, 10, 5, 21, 59, tzinfo=UTC), Timing.AHEAD),
        (datetime(2026, 10, 5, 22, 0, tzinfo=UTC), Timing.TODAY),
        (BEGINS, Timing.UNDER_WAY),
        (ENDS - timedelta(seconds=1), Timing.UNDER_WAY),
        (ENDS, Timing.UNNOTED),
        (ENDS + timedelta(days=3), Timing.UNNOTED),
    ],
)
def test_a_conference_stands_where_its_hours_say(at: datetime, timing: Timing) -> None:
    assert timing_of(ConferenceState.OPEN, BEGINS, ENDS, edition=EditionState.CONFERENCES, at=at) is timing


def test_a_conference_without_an_end_lasts_until_the_end_of_its_day() -> None:
    for hours, timing in ((14, Timing.UNDER_WAY), (15, Timing.UNNOTED)):
        at = BEGINS + timedelta(hours=hours)
        found = timing_of(ConferenceState.OPEN, BEGINS, None, edition=EditionState.CONFERENCES, at=at)
        assert found is timing


def test_an_edition_that_is_over_holds_no_conference() -> None:
    assert timing_of(ConferenceState.OPEN, BEGINS, ENDS, edition=EditionState.CANCELLED, at=BEGINS) is Timing.RESTING
    assert timing_of(ConferenceState.HELD, BEGINS, ENDS, edition=EditionState.CANCELLED, at=BEGINS) is Timing.HELD


@pytest.mark.parametrize(
    ("at", "timing"),
    [(BEGINS - timedelta(days=9), Timing.SUSPENDED), (BEGINS, Timing.SUSPENDED), (ENDS, Timing.SUSPENDED),
     (BEGINS + timedelta(days=1), Timing.UNNOTED)],
)  # fmt: skip
def test_of_a_suspended_edition_no_conference_is_called_past_before_its_day_is(at: datetime, timing: Timing) -> None:
    assert timing_of(ConferenceState.OPEN, BEGINS, ENDS, edition=EditionState.SUSPENDED, at=at) is timing
    assert timing_of(ConferenceState.HELD, BEGINS, ENDS, edition=EditionState.SUSPENDED, at=at) is Timing.HELD


def test_a_conference_without_a_day_is_neither_ahead_nor_past() -> None:
    assert timing_of(ConferenceState.PLANNED, None, None, edition="draft", at=BEGINS) is Timing.UNDATED
