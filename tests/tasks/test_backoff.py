"""When a letter is tried again."""

from datetime import timedelta

from tasks.backoff import DELAYS, JITTER, MOST_TRIES, OPEN_FOR, Breaker, next_try
from tests.tasks.programme import MORNING

MINUTE = timedelta(minutes=1)


def test_first_tries_come_after_one_five_and_fifteen_minutes() -> None:
    assert DELAYS[:3] == (1 * MINUTE, 5 * MINUTE, 15 * MINUTE)


def test_schedule_covers_seventy_two_hours() -> None:
    assert timedelta(hours=72) <= sum(DELAYS, timedelta()) <= timedelta(hours=84)


def test_letter_never_comes_back_earlier_than_published() -> None:
    for attempts, delay in enumerate(DELAYS, start=1):
        for _ in range(200):
            again = next_try(attempts, at=MORNING)
            assert again is not None
            assert delay <= again - MORNING <= delay * (1 + JITTER)


def test_schedule_ends() -> None:
    assert next_try(MOST_TRIES - 1, at=MORNING) is not None
    assert next_try(MOST_TRIES, at=MORNING) is None


def test_breaker_waits_longer_each_time_and_forgets_when_the_server_answers() -> None:
    breaker = Breaker()
    waits = [breaker.trip(MORNING) - MORNING for _ in range(20)]
    assert waits[0] < 2 * OPEN_FOR[0]
    assert waits == sorted(waits[: len(OPEN_FOR)]) + waits[len(OPEN_FOR) :]
    assert max(waits) <= OPEN_FOR[-1] * (1 + JITTER)
    assert breaker.is_open(MORNING)
    assert not breaker.is_open(MORNING + 2 * OPEN_FOR[-1])
    breaker.reset()
    assert not breaker.is_open(MORNING)
