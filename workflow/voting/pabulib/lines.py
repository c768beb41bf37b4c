"""The lines of a `.pb` file: its three sections, each with named columns, every row with its line number."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from workflow.base.i18n import Sentence, _
from workflow.voting.pabulib.election_file import MalformedFile
from workflow.voting.pabulib.numbers import NotANumber, grosze, whole

SECTIONS = ("META", "PROJECTS", "VOTES")
COLUMNS = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a line by column."""

    line: int
    values: Mapping[str, str]

    def refuse(self, reason: Sentence) -> MalformedFile:
        """The refusal of this line."""
        return MalformedFile(self.line, reason)

    def whole(self, column: str) -> int:
        """A whole number of this line."""
        try:
            return whole(self.values[column].strip())
        except NotANumber as error:
            raise self.refuse(error.reason) from None

    def grosze(self, column: str) -> int:
        """An amount of this line, in grosze."""
        try:
            return grosze(self.values[column].strip())
        except NotANumber as error:
            raise self.refuse(error.reason) from None

    def items(self, column: str) -> list[str]:
        """A list with commas; an empty value is an empty list."""
        text = self.values[column].strip()
        return [item.strip() for item in text.split(",")] if text else []


def sections_of(content: bytes) -> dict[str, list[Row]]:
    """The rows of each section, which come in one order, each once."""
    sections: dict[str, list[Row]] = {}
    columns: list[str] | None = None
    line = 0
    for line, fields in _lines(_decoded(content)):
        if fields[0] in SECTIONS and len(fields) == 1:
            if len(sections) == len(SECTIONS) or fields[0] != SECTIONS[len(sections)]:
                raise MalformedFile(line, _("the section {name} is not expected here.", name=fields[0]))
            sections[fields[0]], columns = [], None
        elif not sections:
            raise MalformedFile(line, _("the file has to begin with the section META."))
        elif columns is None:
            columns = _header(line, [*sections][-1], fields)
        else:
            [*sections.values()][-1].append(_row(line, columns, fields))
    for name in SECTIONS:
        if name not in sections or (columns is None and name == [*sections][-1]):
            raise MalformedFile(line + 1, _("the file ends before the section {name} is complete.", name=name))
    return sections


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedFile(content.count(b"\n", 0, error.start) + 1, _("this is not UTF-8 text.")) from None
    if "\0" in text:
        raise MalformedFile(text.count("\n", 0, text.index("\0")) + 1, _("a character is not allowed here."))
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number of the first line of each record and its fields; lines without any are passed over."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    try:
        for fields in reader:
            if any(value.strip() for value in fields):
                yield line, fields
            line = reader.line_num + 1
    except csv.Error:
        raise MalformedFile(line, _("the quotation marks or the length of this line are wrong.")) from None


def _header(line: int, section: str, fields: list[str]) -> list[str]:
    columns = [name.strip() for name in fields]
    missing = [name for name in COLUMNS[section] if name not in columns]
    if missing:
        raise MalformedFile(line, _("the column {name} is missing.", name=missing[0]))
    if len(set(columns)) != len(columns):
        raise MalformedFile(line, _("a column is named twice."))
    return columns


def _row(line: int, columns: list[str], fields: list[str]) -> Row:
    if len(fields) == 1 and fields[0].strip().isupper() and fields[0].strip().isalpha():
        raise MalformedFile(line, _("there is no section {name}.", name=fields[0].strip()))
    if len(fields) != len(columns):
        given, wanted = len(fields), len(columns)
        raise MalformedFile(line, _("{given} values where {wanted} columns are named.", given=given, wanted=wanted))
    return Row(line, dict(zip(columns, fields, strict=True)))
