"""The ladder of reminders of an edition: on which working days before and after a deadline, and how widely; pure."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from workflow.base.calendar import at_hour, is_working_day, warsaw_date, working_days_after

MORNING = 9
FARTHEST, MOST_RUNGS = 60, 8
USUAL = "-14, -3, +1, +7, +14"
_RUNG = re.compile(r"[Tt]?([+-]?)([0-9]{1,2})")


class Reach(StrEnum):
    """Who is reminded: who has to act, those beside; after the term the office, the chair, at last the initiator."""

    RESPONSIBLE = "responsible"
    BESIDE = "beside"
    OFFICE = "office"
    CHAIR = "chair"
    INITIATOR = "initiator"


# Each reach tells those of the reaches before it too.
REACHES = tuple(Reach)
# How widely the first, the second and every later day after the term is told.
AFTER = (Reach.OFFICE, Reach.CHAIR, Reach.INITIATOR)


class Rung(Struct, frozen=True):
    """One reminder of a ladder: working days after the deadline, below zero before it; and how widely it is told."""

    days: int
    reach: Reach

    @property
    def is_before(self) -> bool:
        """Whether the deadline has not passed by then."""
        return self.days <= 0

    def moment(self, deadline: datetime) -> datetime:
        """The morning of the working day on which people are reminded of a deadline."""
        day = warsaw_date(deadline)
        return at_hour(working_days_after(day, days=self.days) if self.days else _or_before(day), MORNING)


def rungs(days: Iterable[int]) -> tuple[Rung, ...]:
    """The ladder of these days: those who work beside are told on the last one before the term.

    After it the office is told on the first day, the chair from the second on, the initiator from the third on.
    """
    before, after = sorted(day for day in days if day <= 0), sorted(day for day in days if day > 0)
    return (
        *(Rung(day, Reach.BESIDE if day == before[-1] else Reach.RESPONSIBLE) for day in before),
        *(Rung(day, AFTER[min(place, len(AFTER) - 1)]) for place, day in enumerate(after)),
    )


def read_ladder(text: str) -> tuple[int, ...] | None:
    """Days such as "-14, -3, +1, +7" in their order; None for anything else, for a day twice or too far away."""
    words = text.replace("\N{MINUS SIGN}", "-").replace(";", ",").replace(",", " ").split()
    matches = [_RUNG.fullmatch(word) if word.isascii() else None for word in words]
    days = [int(match[1] + match[2]) for match in matches if match]
    legal = len(days) == len(words) and all(abs(day) <= FARTHEST for day in days)
    return tuple(sorted(days)) if legal and 0 < len(set(days)) == len(days) <= MOST_RUNGS else None


def written(days: Iterable[int]) -> str:
    """The days as they are stored and shown."""
    return ", ".join(f"{day:+d}" if day else "0" for day in days)


def _or_before(day: date) -> date:
    """The day itself, or the last working day before it: what is said before a term must come before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
