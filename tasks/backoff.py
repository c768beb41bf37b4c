"""When to try again: the published schedule for one letter, and the circuit breaker for a mail server that is down."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

# After each try that a server put off; fourteen tries in a little over three days, then the letter has failed.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 720, 720, 720))
MOST_TRIES = len(DELAYS) + 1
# Waiting a little longer, never shorter, keeps many letters from coming back in the same second.
JITTER = 0.2
# While the mail server is down nothing is tried; after each failure in a row the breaker stays open longer.
OPEN_FOR = tuple(timedelta(seconds=seconds) for seconds in (10, 20, 40, 60, 120, 300))


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """When to try again after so many attempts; None when the schedule has ended."""
    return at + longer(DELAYS[attempts - 1]) if attempts < MOST_TRIES else None


def longer(delay: timedelta) -> timedelta:
    """The delay, and up to JITTER of it on top."""
    return delay * (1 + random.random() * JITTER)  # noqa: S311 - spreads tries, keeps no secret


@dataclass
class Breaker:
    """A circuit breaker: while it is open, no letter of this process is tried, since the mail server is down."""

    failures: int = 0
    open_until: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether it is too early to try."""
        return self.open_until is not None and at < self.open_until

    def trip(self, at: datetime) -> datetime:
        """The server was down; returns when to try again."""
        delay = OPEN_FOR[min(self.failures, len(OPEN_FOR) - 1)]
        self.failures += 1
        self.open_until = at + longer(delay)
        return self.open_until

    def reset(self) -> None:
        """The server answered."""
        self.failures, self.open_until = 0, None
