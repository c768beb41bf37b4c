"""Reads lists that are text: the encodings and separators in which office programs save them; row after row."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from workflow.base.i18n import _
from workflow.participant_lists.tables import (
    Limits,
    Stopwatch,
    Table,
    Unreadable,
    clean,
    too_many_columns,
    too_many_rows,
    trimmed,
)

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 256 * 1024
# Letters of Polish that the two old encodings write differently.
CP1250_ONLY, LATIN2_ONLY = frozenset(b"\xb9\x9c\x9f\xa5\x8c\x8f"), frozenset(b"\xb1\xb6\xbc\xa1\xa6\xac")
SEPARATORS = ";\t,|"
LOOKED_AT = 30
BROKEN = _("A quotation mark in the list is not closed. Close it, or save the list again.")
# What begins a web page, as some systems write "spreadsheets", or one packed as a mail.
WEB_PAGE = re.compile(r"\s*<(?:!doctype|\?xml|html|head|meta|body|table|style|div)\b|\s*mime-version:", re.IGNORECASE)
IS_WEB_PAGE = _("The file is a web page, whatever its name says. Open it in a spreadsheet and save it as XLSX or CSV.")
NO_LIST = _("The file is neither a text list nor a spreadsheet. Save it as XLSX or CSV.")


def read_text(path: Path, limits: Limits) -> Table:
    """The list in a text file; raises Unreadable. No more than a chunk and the rows is in memory."""
    encoding = encoding_of(path)
    stopwatch = Stopwatch(limits)
    with path.open("rb") as file:
        separator, skipped = _separator(file, encoding)
        file.seek(0)
        rows: list[tuple[str, ...]] = []
        for number, row in enumerate(_rows(file, encoding, separator)):
            if number < skipped:
                continue
            if len(rows) > limits.rows:
                raise too_many_rows(limits)
            if len(row) > limits.columns and any(row[limits.columns :]):
                raise too_many_columns(limits)
            rows.append(trimmed([clean(cell) for cell in row[: limits.columns]]))
            stopwatch.check()
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > limits.rows:
        raise too_many_rows(limits)
    return Table(tuple(rows), encoding)


def encoding_of(path: Path) -> str:
    """The encoding of a file: by its mark, else the first in which all of it makes sense."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if sixteen := _without_mark(head):
        return sixteen
    if b"\x00" in head:
        raise Unreadable(NO_LIST)
    return "utf-8" if _is_utf8(path) else _old_encoding(path)


def _without_mark(head: bytes) -> str:
    """UTF-16 that was saved without a mark: separators and plain letters have an empty byte, always on one side."""
    before, after = head[0::2].count(0), head[1::2].count(0)
    if not before and not after:
        return ""
    encoding = "utf-16-le" if after > before else "utf-16-be"
    text = head[: len(head) // 2 * 2].decode(encoding, errors="ignore")
    plain = sum(letter.isprintable() or letter.isspace() for letter in text)
    return encoding if min(before, after) * 10 <= max(before, after) and plain > 0.95 * len(text) else ""


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _old_encoding(path: Path) -> str:
    """Windows-1250 or ISO-8859-2: what has more of its own letters of Polish."""
    counts: Counter[int] = Counter()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            counts.update(chunk)
    of_windows, of_latin = (sum(counts[byte] for byte in letters) for letters in (CP1250_ONLY, LATIN2_ONLY))
    return "iso8859-2" if of_latin > of_windows else "cp1250"


def _rows(file: IO[bytes], encoding: str, separator: str) -> Iterator[list[str]]:
    """The rows as they stand; the text wrapper never closes the file."""
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        for row in csv.reader(text, delimiter=separator):
            if any("\x00" in cell for cell in row):
                raise Unreadable(NO_LIST)
            yield row
    except csv.Error:
        raise Unreadable(BROKEN) from None
    except UnicodeError:
        raise Unreadable(NO_LIST) from None
    finally:
        text.detach()


def _separator(file: IO[bytes], encoding: str) -> tuple[str, int]:
    """The separator, and how many lines at the front only name it: `sep=;` is a habit of spreadsheets."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        head = text.read(CHUNK // 4)
    except UnicodeError:
        raise Unreadable(NO_LIST) from None
    finally:
        text.detach()
    if WEB_PAGE.match(head.removeprefix("\ufeff")):
        raise Unreadable(IS_WEB_PAGE)
    first = head.partition("\n")[0].strip().strip('"').lower()
    if first.startswith("sep=") and len(first) == len("sep=;"):
        return first[-1], 1
    # With the tabulator as separator its line is "sep=" and a space that was cut.
    if first == "sep=":
        return "\t", 1
    return max(SEPARATORS, key=lambda separator: _score(head, separator)), 0


def _score(head: str, separator: str) -> tuple[int, int]:
    """How well a separator cuts the first rows: how many of them alike, and into how many cells."""
    try:
        rows = list(islice(csv.reader(io.StringIO(head, newline=""), delimiter=separator), LOOKED_AT))
    except csv.Error:
        return (0, 0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count, width)
