"""A list as it was read: rows of clean text, and the limits that hold while it is read."""

import re
import time
import unicodedata
from dataclasses import dataclass, field

from msgspec import Struct

from workflow.base.errors import BadInput
from workflow.base.i18n import Sentence, _

MEGABYTE = 1024 * 1024
# Spreadsheets write a control character in a cell as its number.
ESCAPED = re.compile(r"_x00[01][0-9A-Fa-f]_")
# Longer cells are cut here, so that a later check says that they are too long.
LONGEST_CELL = 1000


class Unreadable(BadInput):
    """The file cannot be read as a list; one sentence says why, and nothing of it is used."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__({"file": sentence})


class Limits(Struct, frozen=True):
    """What a list may take: bytes, rows, columns, unpacked bytes of a workbook, and seconds."""

    size: int = 20 * MEGABYTE
    rows: int = 10_000
    columns: int = 60
    unpacked: int = 60 * MEGABYTE
    elements: int = 3_000_000
    seconds: float = 20.0
    sheets: int = 50


@dataclass(slots=True)
class Stopwatch:
    """Ends the reading of a list that takes too long."""

    limits: Limits
    begun: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise Unreadable once the time is over."""
        if time.monotonic() - self.begun > self.limits.seconds:
            raise Unreadable(_("The list takes too long to read. Copy its rows into a new, plain file."))


class Table(Struct, frozen=True):
    """The rows of a list, the first of the file first; every row as long as it is, without empty cells at its end."""

    rows: tuple[tuple[str, ...], ...]
    # How the text was read: an encoding, or "xlsx".
    encoding: str
    sheets: tuple[str, ...] = ()
    sheet: int = 0
    # Row and column, counted from 0, of cells with a formula whose value the file does not have.
    formulas: frozenset[tuple[int, int]] = frozenset()

    @property
    def width(self) -> int:
        """How many columns there are."""
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, column: int) -> str:
        """The text of a cell; empty beyond the end of the row."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""


def clean(text: str) -> str:
    """The text of a cell as it is used: composed letters, plain spaces, nothing that cannot be seen."""
    composed = unicodedata.normalize("NFC", ESCAPED.sub(" ", text[: 4 * LONGEST_CELL]))
    seen = "".join(letter for letter in composed if letter.isprintable() or not _is_invisible(letter))
    return " ".join(seen.split())[:LONGEST_CELL]


def _is_invisible(letter: str) -> bool:
    """Whether a character has no shape and no meaning here: zero-width, marks of direction, soft hyphens."""
    return unicodedata.category(letter) in ("Cf", "Cn", "Co")


def trimmed(cells: list[str]) -> tuple[str, ...]:
    """The cells without empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return tuple(cells[:end])


def too_many_rows(limits: Limits) -> Unreadable:
    """The refusal of a list with too many rows."""
    return Unreadable(_("The list has too many rows: at most {count} are read. Divide it.", count=limits.rows))


def too_many_columns(limits: Limits) -> Unreadable:
    """The refusal of a list with too many columns."""
    return Unreadable(
        _("The list has too many columns: at most {count} are read. Remove those not needed.", count=limits.columns)
    )
