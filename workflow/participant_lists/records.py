"""Turns the rows of a list into people, and says of every cell that cannot be used what is wrong with it; pure."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from msgspec import Struct

from workflow.base.addresses import read_address
from workflow.base.collation import fold
from workflow.base.i18n import LANGUAGES, Sentence, _
from workflow.participant_lists.headings import Choice, Column
from workflow.participant_lists.tables import Table
from workflow.rules.field_types import LINE
from workflow.rules.people import KINDS, OrganisationKind
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import COMMITTEE, ROLES, Role
from workflow.rules.scalar_types import WrongAnswer, read_date

# As wide as the columns of the database.
WIDEST: Mapping[Column, int] = {
    Column.EMAIL: 254, Column.SECTOR: 120, Column.COMMUNE: 120, Column.POSITION: 120, Column.POSTAL_ADDRESS: 300,
}  # fmt: skip
ERROR = re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|ADR!|ARG!|NAZWA\?|LICZBA!)")
YES, NO = frozenset({"tak", "t", "yes", "y", "x", "1", "true", "prawda"}), frozenset({"nie", "n", "no", "0", "false"})
# The first day of the calendar of spreadsheets, in which a day is a number.
FIRST_DAY, DAYS = date(1899, 12, 30), range(18_000, 80_000)
MIDNIGHT = re.compile(r"(?<=[0-9])[T ]00:00(:00(\.0+)?)?$")
KIND_WORDS: Mapping[OrganisationKind, str] = {
    OrganisationKind.PUBLIC_BODY: "gmina|urzad|jst|samorzad|powiat|starostwo|urzad gminy|jednostka samorzadu|public|"
    "urzad miasta|instytucja publiczna|administracja|sektor publiczny",
    OrganisationKind.COMPANY: "firma|przedsiebiorca|przedsiebiorstwo|spolka|company|dzialalnosc gospodarcza|business",
    OrganisationKind.SCHOOL: "szkola|przedszkole|zespol szkol|uczelnia|school|placowka oswiatowa",
    OrganisationKind.CULTURE: "dom kultury|biblioteka|muzeum|instytucja kultury|osrodek kultury|culture",
    OrganisationKind.ASSOCIATION: "stowarzyszenie|fundacja|ngo|organizacja pozarzadowa|osp|kgw|lgd|klub|association|"
    "foundation|kolo gospodyn wiejskich|ochotnicza straz pozarna|organizacja spoleczna",
    OrganisationKind.CHURCH: "parafia|kosciol|zwiazek wyznaniowy|church",
    OrganisationKind.GROUP: "grupa nieformalna|informal group|grupa",
    OrganisationKind.OTHER: "inne|inna|other|inny",
}  # fmt: skip
# So much of a cell stands beside what is wrong with it.
SHOWN = 60


# Both look words up in catalogues, which no process reads only because it starts.
@cache
def _kinds() -> Mapping[str, OrganisationKind]:
    return {
        **{word: kind for kind, words in KIND_WORDS.items() for word in words.split("|")},
        **{fold(label.say(language)): kind for kind, label in KINDS.items() for language in LANGUAGES},
        **{fold(kind): kind for kind in OrganisationKind},
    }  # fmt: skip


@cache
def _roles() -> Mapping[str, Role]:
    return {
        **{fold(TITLES[role].say(language)): role for role in ROLES for language in LANGUAGES},
        **{fold(role): role for role in ROLES},
    }  # fmt: skip


def kind_of(text: str) -> OrganisationKind | None:
    """The kind of organisation that a cell names, in any language; None for none."""
    return _kinds().get(fold(text))


def role_of(text: str) -> Role | None:
    """The role that a cell names, in any language; None for none."""
    return _roles().get(fold(text))


class Problem(Struct, frozen=True):
    """What stands in the way of loading the list: a row as people count it, and the column where it is one cell's."""

    row: int
    column: Column | None
    sentence: Sentence
    # What the cell says, shortened.
    text: str = ""


class Record(Struct, frozen=True):
    """One person of the list."""

    row: int
    name: str
    email: str = ""
    organisation: str = ""
    kind: str = ""
    sector: str = ""
    commune: str = ""
    position: str = ""
    since: date | None = None
    role: str = Role.PARTICIPANT
    is_minor: bool | None = None
    postal_address: str = ""
    language: str = ""

    @property
    def label(self) -> str:
        """How the person is named in an answer: by the address, or by the name where there is none."""
        return self.email or self.name


class Records(Struct, frozen=True):
    """The people of a list, and everything that is wrong with it."""

    people: tuple[Record, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Row:
    """One row while it is read."""

    number: int
    cells: Mapping[Column, str]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: Column | None, sentence: Sentence) -> None:
        text = self.cells.get(column, "") if column else ""
        self.problems.append(Problem(self.number, column, sentence, text[:SHOWN]))

    def read(self, column: Column, parse: Callable[[str], Any], sentence: Sentence, empty: Any = "") -> Any:
        """The value of a cell; a problem where it is none."""
        text = self.cells.get(column, "")
        if not text:
            return empty
        value = parse(text)
        if value is None:
            self.wrong(column, sentence)
        return value


def records_of(table: Table, choice: Choice, *, sectors: Collection[str]) -> Records:
    """Read every row below the headings; empty rows are left out. `sectors` are those of the edition."""
    if not choice.names_people:
        first = 1 if choice.heading is None else choice.heading + 1
        return Records((), (Problem(first, Column.NAME, _("Say which column holds the names.")),))
    people, problems = [], []
    begins = 0 if choice.heading is None else choice.heading + 1
    for index in range(begins, len(table.rows)):
        cells = {column: table.cell(index, number) for number, column in choice.columns.items()}
        unread = [column for number, column in choice.columns.items() if (index, number) in table.formulas]
        if not any(cells.values()) and not unread:
            continue
        row = _Row(index + 1, cells)
        for column in unread:
            row.wrong(column, _("The cell has a formula without a saved value. Replace it by its value."))
        record = _record(row, sectors)
        problems += row.problems
        if not row.problems:
            people.append(record)
    if not people and not problems:
        problems.append(Problem(begins + 1, None, _("There is nobody below the headings.")))
    return Records(tuple(people), tuple(problems))


def _record(row: _Row, sectors: Collection[str]) -> Record:
    for column, text in row.cells.items():
        if len(text) > WIDEST.get(column, LINE) or not text.isprintable() or "\ufffd" in text:
            row.wrong(column, _("A cell is too long or holds characters that cannot be stored."))
        elif ERROR.fullmatch(text):
            row.wrong(column, _("The cell holds an error of the spreadsheet."))
    known = {fold(sector): sector for sector in sectors}
    role = row.read(Column.ROLE, role_of, _("There is no such role."), Role.PARTICIPANT)
    sector = row.read(
        Column.SECTOR,
        lambda text: known.get(fold(text), None if known else text),
        _("This edition has no such sector. Choose one of these: {sectors}.", sectors=", ".join(sorted(sectors))),
    )
    if role in COMMITTEE and not sector:
        row.wrong(Column.SECTOR, _("Say which sector this member of the committee sits for."))
    return Record(
        row=row.number, name=_name(row),
        email=row.read(Column.EMAIL, read_address, _("This does not look like an e-mail address.")) or "",
        organisation=row.cells.get(Column.ORGANISATION, ""),
        kind=row.read(Column.KIND, kind_of, _("There is no such kind of organisation.")),
        sector=sector or "", commune=row.cells.get(Column.COMMUNE, ""), position=row.cells.get(Column.POSITION, ""),
        since=row.read(Column.SINCE, day_of, _("This is no date. Write it as 2026-11-29."), None),
        role=role or "", is_minor=row.read(Column.MINOR, _flag, _("Write yes or no."), None),
        postal_address=row.cells.get(Column.POSTAL_ADDRESS, ""),
        language=row.read(Column.LANGUAGE, _language, _("Choose one of the languages of this site.")) or "",
    )  # fmt: skip


def _name(row: _Row) -> str:
    apart = (row.cells.get(Column.FIRST_NAME, ""), row.cells.get(Column.LAST_NAME, ""))
    name = row.cells.get(Column.NAME, "") or " ".join(part for part in apart if part)
    if not any(letter.isalpha() for letter in name):
        row.wrong(Column.NAME, _("The name is missing."))
    return name


def _flag(text: str) -> bool | None:
    word = fold(text)
    return True if word in YES else False if word in NO else None


def _language(text: str) -> str | None:
    word = fold(text)
    names = {"polski": "pl", "polish": "pl", "angielski": "en", "english": "en"}
    return word if word in LANGUAGES else names.get(word)


def day_of(text: str) -> date | None:
    """A day by the rule of all fields, or the number by which a spreadsheet keeps it; None for anything else.

    A spreadsheet writes a day with its hour too, which is midnight.
    """
    if text.isascii() and text.isdecimal() and int(text[:9]) in DAYS:
        return FIRST_DAY + timedelta(days=int(text))
    try:
        return read_date(MIDNIGHT.sub("", text))
    except WrongAnswer:
        return None
