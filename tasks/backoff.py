"""When to try again: the published schedule for one letter, and the breaker for a mail server that is down."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

# After each try that a server put off; fourteen tries in a little over three days, then the letter has failed.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 720, 720, 720))
MOST_TRIES = len(DELAYS) + 1
# Waiting a little longer, never shorter, keeps many letters from coming back in the same second.
JITTER = 0.2
# While the mail server is down nobody tries; after each vain look the next one waits longer.
CLOSED = tuple(timedelta(seconds=seconds) for seconds in (10, 20, 40, 60, 120, 300))


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """When to try again after so many attempts; None when the schedule has ended."""
    return at + longer(DELAYS[attempts - 1]) if attempts < MOST_TRIES else None


def longer(delay: timedelta) -> timedelta:
    """The delay, and up to JITTER of it on top."""
    return delay * (1 + random.random() * JITTER)  # noqa: S311 - spreads tries, keeps no secret


@dataclass
class Breaker:
    """Remembers in one process that the mail server is down, so that letters do not each find it out."""

    failures: int = 0
    closed_until: datetime | None = None

    def is_closed(self, at: datetime) -> bool:
        """Whether it is too early to try."""
        return self.closed_until is not None and at < self.closed_until

    def trip(self, at: datetime) -> datetime:
        """The server was down; returns when to look again."""
        delay = CLOSED[min(self.failures, len(CLOSED) - 1)]
        self.failures += 1
        self.closed_until = at + longer(delay)
        return self.closed_until

    def reset(self) -> None:
        """The server answered."""
        self.failures, self.closed_until = 0, None
