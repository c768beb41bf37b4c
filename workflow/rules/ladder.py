"""The ladder of reminders of an edition: on which working days before and after a deadline, and how widely; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from workflow.base.calendar import at_hour, is_working_day, warsaw_date, working_days_after, working_days_before

MORNING = 9
FARTHEST, MOST_RUNGS = 60, 8
USUAL = "-14, -3, +1, +7"
_RUNG = re.compile(r"[Tt]?([+-]?)(\d{1,2})")


class Reach(StrEnum):
    """Who is reminded: whoever has to act; then those who work beside; after the term the office; then the chair."""

    RESPONSIBLE = "responsible"
    BESIDE = "beside"
    OFFICE = "office"
    CHAIR = "chair"


# Each reach tells those of the reaches before it too.
REACHES = tuple(Reach)


@dataclass(frozen=True, slots=True)
class Rung:
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
        if self.days > 0:
            return at_hour(working_days_after(day, days=self.days), MORNING)
        return at_hour(working_days_before(day, days=-self.days) if self.days else _or_before(day), MORNING)


def rungs(days: Iterable[int]) -> tuple[Rung, ...]:
    """The ladder of these days: those who work beside are told last before the term, the chair last after it."""
    before, after = sorted(day for day in days if day <= 0), sorted(day for day in days if day > 0)
    return (
        *(Rung(day, Reach.BESIDE if day == before[-1] else Reach.RESPONSIBLE) for day in before),
        *(Rung(day, Reach.OFFICE if day == after[0] else Reach.CHAIR) for day in after),
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
