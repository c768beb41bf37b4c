"""What differs between two texts, word by word, and between two lists of rows, row by row; pure.

Put together again, the pieces give both texts exactly: what is the same and what is gone is the one, what is the same
and what is new is the other.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from msgspec import Struct

WORD = re.compile(r"\w+|\s+|[^\w\s]")
SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+")
# More parts than this in one of two stretches are not compared one by one, so that nobody waits longer than 0.2 s.
MOST_PARTS = 7000
# More pieces than this tell a reader less than whole lines, and a browser takes seconds to draw them.
MOST_PIECES = 1500


class Kind(StrEnum):
    """What became of a piece."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Piece(Struct, frozen=True):
    """A stretch of text and what became of it."""

    kind: Kind
    text: str


Row = Mapping[str, Any]
Compare = Callable[[str, str], Iterator[Piece]]


class RowChange(Struct, frozen=True):
    """A row before and after; a row that was put in has no before, one that was taken out no after."""

    before: Row | None
    after: Row | None

    @property
    def kind(self) -> str:
        """same, gone, new, or changed"""
        if self.before is None:
            return Kind.NEW
        if self.after is None:
            return Kind.GONE
        return Kind.SAME if self.before == self.after else "changed"


def text_pieces(before: str, after: str) -> list[Piece]:
    """What differs between two texts: first by lines, then by the words of the lines that differ.

    Coarser where that would take too long or fall into too many pieces: by sentences, by lines, and as a whole.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for compare in (_by_words, _whole):
        pieces = _joined(_by_lines(old, new, compare))
        if len(pieces) <= MOST_PIECES:
            return pieces
    return _joined(_whole(before, after))


def _stretches(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Where two lists are the same and where they differ, in turns: (same, from, to) in the first, in the second.

    Takes time in proportion to the product of the lengths divided by the bits of a word, whatever is in them.
    """
    from rapidfuzz.distance import LCSseq

    a = c = 0
    for operation in LCSseq.opcodes(before, after):
        if operation.tag != "equal":
            continue
        if operation.src_start > a or operation.dest_start > c:
            yield False, a, operation.src_start, c, operation.dest_start
        a, c = operation.src_end, operation.dest_end
        yield True, operation.src_start, a, operation.dest_start, c
    if a < len(before) or c < len(after):
        yield False, a, len(before), c, len(after)


def _by_lines(before: list[str], after: list[str], compare: Compare) -> Iterator[Piece]:
    """By lines, where there are few enough of them; `compare` looks into those that differ."""
    if max(len(before), len(after)) > MOST_PARTS:
        yield from compare("".join(before), "".join(after))
        return
    for same, a, b, c, d in _stretches(before, after):
        old, new = "".join(before[a:b]), "".join(after[c:d])
        if same:
            yield Piece(Kind.SAME, old)
        else:
            yield from compare(old, new)


def _by_words(before: str, after: str) -> Iterator[Piece]:
    """Word by word, or sentence by sentence where these are too many words."""
    for pattern in (WORD, SENTENCE):
        old, new = pattern.findall(before), pattern.findall(after)
        if max(len(old), len(new)) <= MOST_PARTS:
            break
    else:
        yield from _whole(before, after)
        return
    for same, a, b, c, d in _stretches(old, new):
        if same:
            yield Piece(Kind.SAME, "".join(old[a:b]))
        else:
            yield from _whole("".join(old[a:b]), "".join(new[c:d]))


def _whole(before: str, after: str) -> Iterator[Piece]:
    """The one taken out, the other put in."""
    yield from (Piece(Kind.GONE, before), Piece(Kind.NEW, after))


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    """Neighbours as one piece: words that changed with nothing but a blank between them read as one change."""
    joined: list[Piece] = []
    gone = new = blank = ""
    for piece in (*pieces, Piece(Kind.SAME, "")):
        if piece.kind is Kind.SAME and piece.text.isspace() and (gone or new) and "\n" not in piece.text:
            blank += piece.text
        elif piece.kind is Kind.SAME:
            joined += [Piece(Kind.GONE, gone), Piece(Kind.NEW, new), Piece(Kind.SAME, blank + piece.text)]
            gone = new = blank = ""
        elif piece.text:
            gone, new = gone + blank, new + blank
            blank = ""
            gone += piece.text if piece.kind is Kind.GONE else ""
            new += piece.text if piece.kind is Kind.NEW else ""
    return [piece for piece in joined if piece.text]


def row_changes(before: Sequence[Row], after: Sequence[Row]) -> list[RowChange]:
    """What differs between two lists of rows; rows in the same place between equal ones are one row that changed."""
    old, new = ([repr(sorted(row.items())) for row in rows] for rows in (before, after))
    changes: list[RowChange] = []
    for _same, a, b, c, d in _stretches(old, new):
        changes += [RowChange(*pair) for pair in zip_longest(before[a:b], after[c:d])]
    return changes
