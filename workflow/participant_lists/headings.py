"""What the columns of a list hold: headings in many spellings, the row that has them, and a guess without them."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from workflow.base.addresses import read_address
from workflow.base.collation import fold
from workflow.base.i18n import Sentence, _
from workflow.participant_lists.tables import Table

# The headings stand in one of the first rows; titles and empty rows may stand above them.
LOOKED_AT = 20
# A title is one cell; headings are at least so many.
MANY = 2


class Column(StrEnum):
    """What a column holds."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    ORGANISATION = "organisation"
    KIND = "kind"
    SECTOR = "sector"
    COMMUNE = "commune"
    POSITION = "position"
    SINCE = "since"
    ROLE = "role"
    MINOR = "minor"
    POSTAL_ADDRESS = "postal_address"
    LANGUAGE = "language"


LABELS: Mapping[Column, Sentence] = {
    Column.NAME: _("Name and surname"),
    Column.FIRST_NAME: _("First name"),
    Column.LAST_NAME: _("Surname"),
    Column.EMAIL: _("E-mail address"),
    Column.ORGANISATION: _("Organisation"),
    Column.KIND: _("Kind of organisation"),
    Column.SECTOR: _("Sector"),
    Column.COMMUNE: _("Commune"),
    Column.POSITION: _("Position in the organisation"),
    Column.SINCE: _("In the organisation since"),
    Column.ROLE: _("Role"),
    Column.MINOR: _("Under 18"),
    Column.POSTAL_ADDRESS: _("Postal address"),
    Column.LANGUAGE: _("Language"),
}
# Folded to plain small letters.
SPELLINGS: Mapping[Column, str] = {
    Column.NAME: "name|imie i nazwisko|imie nazwisko|nazwisko i imie|nazwisko imie|imiona i nazwisko|uczestnik|osoba|"
    "full name|name and surname|participant|person|imie i nazwisko uczestnika|dane osobowe|imie i nazwisko osoby",
    Column.FIRST_NAME: "imie|imiona|first name|given name|firstname|imie uczestnika",
    Column.LAST_NAME: "nazwisko|surname|last name|family name|lastname|nazwisko uczestnika",
    Column.EMAIL: "email|e mail|adres e mail|adres email|mail|adres mailowy|poczta elektroniczna|email address|"
    "e mail address|adres poczty elektronicznej|poczta e mail|kontakt e mail",
    Column.ORGANISATION: "organisation|organization|organizacja|instytucja|nazwa organizacji|nazwa instytucji|podmiot|"
    "nazwa podmiotu|firma|nazwa firmy|miejsce pracy|pracodawca|institution|company|instytucja firma|jednostka|"
    "reprezentowana instytucja|reprezentowany podmiot|organizacja instytucja|zaklad pracy",
    Column.KIND: "kind|rodzaj|typ|rodzaj organizacji|typ organizacji|rodzaj podmiotu|typ podmiotu|rodzaj instytucji|"
    "kind of organisation|typ instytucji|forma prawna",
    Column.SECTOR: "sector|sektor|branza",
    Column.COMMUNE: "commune|gmina|gmina siedziby|municipality|miejscowosc|gmina miasto",
    Column.POSITION: "position|stanowisko|funkcja|pelniona funkcja|stanowisko funkcja|job title",
    Column.SINCE: "since|od kiedy|od dnia|data przystapienia|w organizacji od|data od|member since",
    Column.ROLE: "role|rola|rola w programie|rola uczestnika",
    Column.MINOR: "minor|niepelnoletni|niepelnoletnia|osoba niepelnoletnia|ponizej 18 lat|under 18|maloletni|"
    "niepelnoletni a|uczen|wiek ponizej 18 lat",
    Column.POSTAL_ADDRESS: "postal address|adres|adres pocztowy|adres korespondencyjny|adres do korespondencji|address",
    Column.LANGUAGE: "language|jezyk|jezyk korespondencji",
}
KNOWN: Mapping[str, Column] = {
    words: column for column, all_words in SPELLINGS.items() for words in all_words.split("|")
}
APART = re.compile(r"[/(\[*:;]")


class Choice(Struct, frozen=True):
    """How a list is read: the row of the headings (None: it has none), and what each column holds."""

    heading: int | None
    columns: Mapping[int, Column]

    def index(self, column: Column) -> int | None:
        """The number of the column that holds this; None where none does."""
        return next((number for number, content in self.columns.items() if content is column), None)

    @property
    def names_people(self) -> bool:
        """Whether the list says who the people are."""
        content = set(self.columns.values())
        return Column.NAME in content or Column.LAST_NAME in content


def recognise(text: str) -> Column | None:
    """What a heading says that its column holds; None for one that nobody knows."""
    candidates = (text, *APART.split(text))
    return next((KNOWN[folded] for each in candidates if (folded := fold(each)) in KNOWN), None)


def headings_of(table: Table, row: int) -> tuple[str, ...]:
    """The headings that end in a row: where a cell of it is empty, the one above, as two rows of merged cells have it.

    A row that holds no two headings itself is no second row of them.
    """
    cells = table.rows[row]
    if row == 0 or len(_columns(cells)) < MANY or sum(map(bool, table.rows[row - 1])) < MANY:
        return cells
    above = table.rows[row - 1]
    width = max(len(cells), len(above))
    return tuple(table.cell(row, number) or table.cell(row - 1, number) for number in range(width))


def guess(table: Table) -> Choice:
    """The row with the headings and what the columns hold; without headings, what their contents look like."""
    rows = range(min(LOOKED_AT, len(table.rows)))
    best = max(rows, key=lambda row: (len(columns_of_row(table, row)), -row), default=None)
    if best is not None:
        columns = columns_of_row(table, best)
        content = set(columns.values())
        if len(content) > 1 or content & {Column.NAME, Column.LAST_NAME}:
            return Choice(best, columns)
    return Choice(None, _by_contents(table))


def columns_of_row(table: Table, row: int) -> Mapping[int, Column]:
    """What the columns hold where the headings stand in this row."""
    return _columns(headings_of(table, row)) if row < len(table.rows) else {}


def _columns(cells: Sequence[str]) -> dict[int, Column]:
    """Each kind of column once: the first of two with the same heading."""
    columns: dict[int, Column] = {}
    for number, cell in enumerate(cells):
        column = recognise(cell) if cell else None
        if column and column not in columns.values():
            columns[number] = column
    return columns


def _by_contents(table: Table) -> dict[int, Column]:
    """A column with addresses, and the first one with two words in most rows."""
    sample = [row for row in table.rows[:LOOKED_AT] if any(row)]
    columns: dict[int, Column] = {}
    for number in range(table.width):
        cells = [row[number] for row in sample if number < len(row) and row[number]]
        if not cells:
            continue
        addresses = sum(bool(read_address(cell)) for cell in cells)
        names = sum(len(cell.split()) in (2, 3) and not any(map(str.isdigit, cell)) for cell in cells)
        if Column.EMAIL not in columns.values() and addresses * 2 > len(cells):
            columns[number] = Column.EMAIL
        elif Column.NAME not in columns.values() and names * 2 > len(cells):
            columns[number] = Column.NAME
    return columns
