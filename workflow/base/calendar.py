"""Dates as the office counts them: Europe/Warsaw by the wall clock, stored in UTC.

Counting follows art. 57 of the Code of Administrative Procedure (KPA): the day of the event does not count, and a
term that ends on a Saturday or a statutory holiday ends on the next working day.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")
SATURDAY = 5
SECOND = timedelta(seconds=1)


def utc_now() -> datetime:
    """This moment by the machine; the product asks `workflow.base.clock.now`, which may be moved."""
    return datetime.now(UTC)


def warsaw_date(moment: datetime) -> date:
    """The day that a moment falls on in Warsaw."""
    return moment.astimezone(WARSAW).date()


def days_between(begin: datetime, end: datetime) -> int:
    """The days of the calendar in Warsaw from one moment to a later one; 0 where it is not later."""
    return max((warsaw_date(end) - warsaw_date(begin)).days, 0)


@lru_cache(maxsize=4096)
def end_of_day(day: date) -> datetime:
    """The last second of a day in Warsaw, in UTC; "until 30 June" means until then."""
    return datetime.combine(day, time(23, 59, 59), WARSAW).astimezone(UTC)


def term_end(day: date) -> datetime:
    """The end of a term that is given as a day: a Saturday or holiday means the next working day (KPA art. 57 § 4)."""
    return end_of_day(next_working_day(day))


def is_past(until: datetime, at: datetime) -> bool:
    """Whether a term has run out; its last second belongs to it whole, up to midnight."""
    return at >= until + SECOND


@lru_cache(maxsize=4096)
def at_hour(day: date, hour: int) -> datetime:
    """An hour of a day in Warsaw, in UTC; an hour that the clock change skips is the next one that exists."""
    return datetime.combine(day, time(hour), WARSAW).astimezone(UTC)


def at_time(day: date, hour: str) -> datetime:
    """A moment of a day in Warsaw, given as HH:MM, in UTC."""
    return datetime.combine(day, time.fromisoformat(hour), WARSAW).astimezone(UTC)


def warsaw_time(moment: datetime) -> str:
    """The hour of a moment in Warsaw as HH:MM."""
    return moment.astimezone(WARSAW).strftime("%H:%M")


@cache
def _holidays(year: int) -> frozenset[date]:
    # Loaded when a term is first counted: it takes a tenth of the time in which a web process starts.
    import holidays

    return frozenset(holidays.country_holidays("PL", years=year).keys())


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor a statutory holiday in Poland."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@lru_cache(maxsize=4096)
def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def deadline(start: datetime, *, days: int) -> datetime:
    """The end of a term of so many calendar days after an event, by KPA art. 57."""
    return term_end(warsaw_date(start) + timedelta(days=days))


@lru_cache(maxsize=4096)
def working_days_after(day: date, *, days: int) -> date:
    """The date that lies so many working days after a day, or before it where their number is negative."""
    step = 1 if days > 0 else -1
    while days:
        day += timedelta(days=step)
        if is_working_day(day):
            days -= step
    return day


def working_days_before(day: date, *, days: int) -> date:
    """The date that lies so many working days before a day."""
    return working_days_after(day, days=-days)
