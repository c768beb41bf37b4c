"""Looks through the parts of a workbook before it is opened: how much they unpack to, and what is in them.

Every part is unpacked once, in pieces, and only counted. What is refused here never reaches the reader of workbooks:
more bytes or elements than a list needs, declared entities, and a single element or row that would fill the memory.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workflow.base.i18n import _
from workflow.files.archives import DAMAGES
from workflow.participant_lists.tables import Limits, Stopwatch, Unreadable

CHUNK = 128 * 1024
MOST_PARTS = 2000
ENCRYPTED = 0x1
# Elements between two rows or two texts; a workbook has some hundreds at most around them.
MOST_BETWEEN = 100_000
# Bytes without the beginning of an element.
LONGEST_PIECE = 2 * CHUNK
ROW = re.compile(rb"<(?:\w+:)?(?:row|si)\b")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
LOOKED_AT = 2048
OLE_HEAD = b"\xd0\xcf\x11\xe0"
TOO_LARGE = _("The workbook unpacks to far more than a list of people needs. Copy its rows into a new file.")
DAMAGED = _("The workbook is damaged or was not saved to its end. Save it again.")
PROTECTED = _(
    "The workbook is protected by a password, or of an old kind. Save it as XLSX without a password, or as CSV."
)
NO_WORKBOOK = _("The file is not a workbook in the XLSX format. Save it as XLSX or CSV.")


@dataclass(slots=True)
class _Counter:
    """What was counted so far in one part."""

    limits: Limits
    elements: int = 0
    between: int = 0
    without: int = 0
    tail: bytes = b""
    has_formulas: bool = False

    def take(self, chunk: bytes) -> None:
        """Count a piece of a part, with the end of the piece before it where a word may be cut in two."""
        text = self.tail + chunk
        if DECLARED.search(text):
            raise Unreadable(DAMAGED)
        self.has_formulas = self.has_formulas or bool(FORMULA.search(text))
        self._count(chunk, text)
        self.tail = chunk[-32:]

    def _count(self, chunk: bytes, text: bytes) -> None:
        begun = chunk.count(b"<")
        self.elements += begun
        self.without = 0 if begun else self.without + len(chunk)
        if first := ROW.search(text):
            self.between += text[: first.start()].count(b"<")
            self._check()
            self.between = text[_last_row(text) :].count(b"<")
        else:
            self.between += begun
        self._check()

    def _check(self) -> None:
        if self.elements > self.limits.elements or self.between > MOST_BETWEEN or self.without > LONGEST_PIECE:
            raise Unreadable(TOO_LARGE)


def _last_row(text: bytes) -> int:
    """Where the last row of a piece begins; looked for at its end first, where it is in all but strange files."""
    for begin in (max(0, len(text) - LOOKED_AT), 0):
        rows = [match.start() for match in ROW.finditer(text, begin)]
        if rows:
            return rows[-1]
    return 0


def check_workbook(path: Path, limits: Limits) -> bool:
    """Raise Unreadable where the workbook would take more than a list needs; whether any sheet has formulas."""
    with path.open("rb") as file:
        if file.read(4) == OLE_HEAD:
            raise Unreadable(PROTECTED)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, limits)
            return _read_parts(archive, limits)
    except DAMAGES:
        raise Unreadable(DAMAGED) from None


def _check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > limits.unpacked:
        raise Unreadable(TOO_LARGE)
    if len(set(names)) != len(names):
        raise Unreadable(DAMAGED)
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise Unreadable(PROTECTED)
    if not any(name.lower().endswith("workbook.xml") for name in names):
        raise Unreadable(NO_WORKBOOK)
    if sum("worksheets/" in name and name.endswith(".xml") for name in names) > limits.sheets:
        raise Unreadable(_("The workbook has too many sheets: at most {count}.", count=limits.sheets))


def _read_parts(archive: zipfile.ZipFile, limits: Limits) -> bool:
    unpacked, stopwatch, has_formulas = 0, Stopwatch(limits), False
    for part in archive.infolist():
        counter, is_text = _Counter(limits), None
        for chunk in _pieces(archive, part):
            unpacked += len(chunk)
            # The size that the table of contents names may be a lie.
            if unpacked > limits.unpacked:
                raise Unreadable(TOO_LARGE)
            stopwatch.check()
            if is_text is None:
                is_text = _is_markup(chunk)
            if is_text:
                counter.take(chunk)
        has_formulas = has_formulas or (counter.has_formulas and "worksheets/" in part.filename)
    return has_formulas


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _is_markup(head: bytes) -> bool:
    """Whether a part is XML; one in two-byte letters is refused, since nobody could look into it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")):
        raise Unreadable(DAMAGED)
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
