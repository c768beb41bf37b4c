"""The clock of the product: each process asks it at its edge, and what lies inside is given the moment as `at`.

It shows the time of the machine unless PARTNERSTWO_CLOCK moves it, for tests and rehearsals: by so much ("+14d",
"-6h30m"), to a moment at which it stands still ("2026-12-24T09:00", read in Warsaw where no offset is named), or, with
"file", to whatever of these stands in the file `clock` of the data folder at that moment.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from workflow.base.calendar import WARSAW, utc_now

FILE = "file"
_OFFSET = re.compile(r"([+-])(?=\d)(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?")


class Clock(Struct, frozen=True):
    """The time of the machine and how it is moved; a `file` is read anew whenever the clock is asked."""

    offset: timedelta = timedelta()
    fixed: datetime | None = None
    file: Path | None = None

    @property
    def is_moved(self) -> bool:
        """Whether it may show another time than the machine's."""
        return self != MACHINE

    def shown(self) -> "Clock":
        """What the file says at this moment, or this clock where it reads none. ValueError as `now`."""
        return self if self.file is None else _of_text(_text_of(self.file))

    def now(self) -> datetime:
        """This moment, in UTC. ValueError where the file holds nothing that can be read."""
        shown = self.shown()
        return shown.fixed or utc_now() + shown.offset


MACHINE = Clock()


def read_clock(text: str, *, data: Path) -> Clock:
    """The clock that a setting names. ValueError with the remedy for anything else."""
    return Clock(file=data / "clock") if text.strip() == FILE else _of_text(text)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _of_text(text: str) -> Clock:
    text = text.strip()
    if not text:
        return MACHINE
    if parts := _OFFSET.fullmatch(text):
        sign, *numbers = parts.groups()
        days, hours, minutes = (int(number or 0) for number in numbers)
        offset = timedelta(days=days, hours=hours, minutes=minutes)
        return Clock(offset=-offset if sign == "-" else offset)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        example = "+14d, -6h30m, 2026-12-24T09:00 or file"
        raise ValueError(f"PARTNERSTWO_CLOCK is {text!r}: set it to something like {example}, or unset it.") from None
    return Clock(fixed=(moment if moment.tzinfo else moment.replace(tzinfo=WARSAW)).astimezone(utc_now().tzinfo))


class _Process:
    clock = MACHINE


def set_clock(clock: Clock) -> None:
    """Let this process go by a clock from now on; see `workflow.operations.clock` for who may move it."""
    _Process.clock = clock


def is_moved() -> bool:
    """Whether this process goes by a moved clock; one that reads a file is moved while the file says so."""
    return _Process.clock.shown().is_moved


def now() -> datetime:
    """This moment, in UTC; asked only at the edges (web, worker, beat, command line, demo) and passed on as `at`."""
    return _Process.clock.now()
