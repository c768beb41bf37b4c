"""Counts of people without those by which somebody could be recognised; pure.

A count below the minimum is withheld, and so is a further one where the first could be worked out from the total.
"""

from collections.abc import Mapping

from msgspec import Struct

# The smallest count of people that is shown, nought aside.
MINIMUM = 5


class Counts(Struct, frozen=True):
    """Counts that may be shown by what they are of; None: withheld. The total is None where it would give them away."""

    cells: Mapping[str, int | None]
    total: int | None


def without_small_cells(counts: Mapping[str, int], minimum: int = MINIMUM) -> Counts:
    """The counts as they may be shown.

    What is withheld comes, together, to the minimum at least and from two cells or more, the smallest first, so that
    the difference to the total says nothing about few people. Where that cannot be, the total is withheld too.
    """
    total = sum(counts.values())
    withheld = {key for key, count in counts.items() if 0 < count < minimum}
    others = sorted((key for key, count in counts.items() if count >= minimum), key=lambda key: (counts[key], key))
    while withheld and not _says_nothing(counts, withheld, minimum) and others:
        withheld.add(others.pop(0))
    known = not withheld or _says_nothing(counts, withheld, minimum)
    cells = {key: None if key in withheld else count for key, count in counts.items()}
    return Counts(cells, total if known and (total == 0 or total >= minimum) else None)


def without_their_totals(tables: Mapping[str, Counts]) -> Mapping[str, Counts]:
    """Several tables of the same people: the total is shown in all of them or in none, for each shows the others'."""
    if all(table.total is not None for table in tables.values()):
        return tables
    return {name: Counts(_hidden(table), None) for name, table in tables.items()}


def _says_nothing(counts: Mapping[str, int], withheld: set[str], minimum: int) -> bool:
    return len(withheld) > 1 and sum(counts[key] for key in withheld) >= minimum


def _hidden(table: Counts) -> Mapping[str, int | None]:
    """The cells of a table whose total must stay unknown: those of a whole table would add up to it."""
    if None in table.cells.values():
        return table.cells
    return dict.fromkeys(table.cells, None)
