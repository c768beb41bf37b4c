"""What is chosen on the screen about a list: the sheet, the row with the headings, and what each column holds."""

from flask import request
from msgspec import Struct

from web.http.template_context import say
from workflow.base.i18n import _
from workflow.participant_lists.headings import LABELS, Choice, Column, columns_of_row, guess, headings_of
from workflow.participant_lists.tables import Table

SHOWN_ROWS, SHOWN_CELLS = 12, 3
LONGEST_SHOWN = 60


class ColumnLine(Struct, frozen=True):
    """One column of the list on the screen."""

    number: int
    letter: str
    heading: str
    samples: tuple[str, ...]
    content: Column | None


class Sent(Struct, frozen=True):
    """What the form says."""

    sheet: int
    heading: int | None
    columns: dict[int, Column]
    # Whether the headings are to be read anew, since the sheet or their row was changed.
    anew: bool


def sent() -> Sent:
    """Read the form; what is no choice is left out, and of two columns of one kind the first is kept."""
    columns: dict[int, Column] = {}
    for name, value in request.form.items():
        number = name.removeprefix("column-")
        if name != number and _is_number(number) and value in set(Column) and Column(value) not in columns.values():
            columns[int(number)] = Column(value)
    heading = request.form.get("heading", "")
    return Sent(
        number_in("sheet"), int(heading) - 1 if _is_number(heading) and int(heading) else None, columns,
        anew=bool(request.form.get("anew")),
    )  # fmt: skip


def number_in(name: str) -> int:
    """A number of the form; 0 where there is none."""
    text = request.form.get(name, "")
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7


def anew(table: Table, chosen: Sent, *, sheet_changed: bool) -> Choice:
    """The columns by the headings of the chosen row; guessed where the sheet is another one."""
    if sheet_changed:
        return guess(table)
    if chosen.heading is None:
        return Choice(None, guess(Table(table.rows, table.encoding)).columns if not chosen.columns else chosen.columns)
    return Choice(chosen.heading, columns_of_row(table, chosen.heading))


def columns_of(table: Table, choice: Choice) -> list[ColumnLine]:
    """The columns that hold anything, with their headings and a few of their cells."""
    begins = 0 if choice.heading is None else choice.heading + 1
    rows = range(begins, min(begins + 50, len(table.rows)))
    headings = () if choice.heading is None else headings_of(table, choice.heading)
    lines = []
    for number in range(table.width):
        samples = [cell[:LONGEST_SHOWN] for row in rows if (cell := table.cell(row, number))][:SHOWN_CELLS]
        heading = headings[number] if number < len(headings) else ""
        if samples or heading:
            lines.append(
                ColumnLine(number, letter(number), heading[:LONGEST_SHOWN], tuple(samples), choice.columns.get(number))
            )
    return lines


def letter(number: int) -> str:
    """The name of a column as spreadsheets write it: A, B, ..., Z, AA."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def options() -> list[tuple[str, str]]:
    """What a column can hold."""
    return [(column, say(label)) for column, label in LABELS.items()]


def first_rows(table: Table) -> list[tuple[int, str]]:
    """The first rows as they stand, to choose the headings among."""
    lines = [
        (number + 1, " | ".join(cell for cell in row if cell)) for number, row in enumerate(table.rows[:SHOWN_ROWS])
    ]
    return [(number, f"{number}: {text[:80]}") for number, text in lines if text]


ENCODINGS = {
    "xlsx": _("a workbook (XLSX)"), "utf-8": _("text (UTF-8)"), "utf-8-sig": _("text (UTF-8)"),
    "utf-16": _("text (Unicode)"), "utf-16-le": _("text (Unicode)"), "utf-16-be": _("text (Unicode)"),
    "cp1250": _("text (Windows-1250)"), "iso8859-2": _("text (ISO-8859-2)"),
}  # fmt: skip
