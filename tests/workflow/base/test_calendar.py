from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.base.calendar import (
    WARSAW,
    at_hour,
    deadline,
    end_of_day,
    is_working_day,
    warsaw_date,
    working_days_before,
)

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2032, 12, 31))
MOMENTS = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2032, 12, 31), timezones=st.just(UTC))


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


@given(DAYS)
def test_a_day_ends_at_its_last_second_in_warsaw(day: date) -> None:
    local = end_of_day(day).astimezone(WARSAW)
    assert (local.date(), local.hour, local.minute, local.second) == (day, 23, 59, 59)
    assert warsaw_date(end_of_day(day) + timedelta(seconds=1)) == day + timedelta(days=1)


@given(MOMENTS, st.integers(min_value=1, max_value=90))
def test_a_term_ends_on_a_working_day_and_never_earlier_than_promised(start: datetime, days: int) -> None:
    end = deadline(start, days=days)
    promised = warsaw_date(start) + timedelta(days=days)
    assert is_working_day(warsaw_date(end))
    assert warsaw_date(end) >= promised
    assert all(not is_working_day(promised + timedelta(days=n)) for n in range((warsaw_date(end) - promised).days))


@given(DAYS, st.integers(min_value=0, max_value=20))
def test_working_days_before_a_day_are_counted_without_holidays(day: date, days: int) -> None:
    found = working_days_before(day, days=days)
    between = [found + timedelta(days=n) for n in range((day - found).days)]
    assert sum(map(is_working_day, between)) == days


@pytest.mark.parametrize("year", range(2026, 2031))
@pytest.mark.parametrize("month", [3, 10])
@pytest.mark.parametrize("hour", range(5))
def test_clock_changes_leave_terms_at_the_wall_clock(year: int, month: int, hour: int) -> None:
    sunday = last_sunday(year, month)
    start = datetime(sunday.year, sunday.month, sunday.day, hour, 30, tzinfo=WARSAW).astimezone(UTC)
    for days in (1, 7, 14):
        local = deadline(start, days=days).astimezone(WARSAW)
        assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert at_hour(sunday, 9).astimezone(WARSAW).hour == 9


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # The day of the event does not count.
        ("2026-03-02T10:00", 7, date(2026, 3, 9)),
        # 14 March 2026 is a Saturday.
        ("2026-03-07T10:00", 7, date(2026, 3, 16)),
        # 24 December is a holiday since 2025, 25 and 26 are, 27 is a Sunday.
        ("2026-12-17T10:00", 7, date(2026, 12, 28)),
        # Easter Monday and Corpus Christi move.
        ("2026-03-30T10:00", 7, date(2026, 4, 7)),
        ("2026-05-28T10:00", 7, date(2026, 6, 5)),
        # 23:30 UTC is the next day in Warsaw.
        ("2026-03-01T23:30", 7, date(2026, 3, 9)),
    ],
)
def test_terms_follow_the_code_of_administrative_procedure(start: str, days: int, end: date) -> None:
    assert warsaw_date(deadline(datetime.fromisoformat(start).replace(tzinfo=UTC), days=days)) == end
