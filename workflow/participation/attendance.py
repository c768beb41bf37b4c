"""Who was at a conference, counted by organisation, sector and commune."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from workflow.base.collation import sort_key
from workflow.participation.registration_queries import RegistrationLine


class Count(Struct, frozen=True):
    """How many were there; an empty label stands for those of whom it is not known."""

    label: str
    present: int


class Attendance(Struct, frozen=True):
    """The counts of one conference; each of the three adds up to `present`."""

    present: int
    registered: int
    waiting: int
    by_organisation: tuple[Count, ...]
    by_sector: tuple[Count, ...]
    by_commune: tuple[Count, ...]


def attendance_of(lines: Sequence[RegistrationLine]) -> Attendance:
    """The counts from the lines of a conference."""
    there = [line for line in lines if line.arrived_at]
    waiting = sum(line.waits for line in lines)
    return Attendance(
        len(there), len(lines) - waiting, waiting,
        _counted([line.organisation for line in there]), _counted([line.sector for line in there]),
        _counted([line.commune for line in there]),
    )  # fmt: skip


def _counted(labels: Sequence[str]) -> tuple[Count, ...]:
    """The most first, then in Polish order; those without a label last."""
    counts = Counter(labels).items()
    ordered = sorted(counts, key=lambda pair: (not pair[0], -pair[1], sort_key(pair[0])))
    return tuple(Count(label, present) for label, present in ordered)
