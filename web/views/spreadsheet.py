"""The one writer of tables as files: CSV that Excel opens in Polish, and XLSX that prints.

Amounts are amounts, days are days, and no cell is ever a formula: a text that a spreadsheet would compute gets an
apostrophe in CSV and the type "text" in XLSX (OWASP, CSV injection).
"""

import csv
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from typing import Any

from msgspec import Struct

from workflow.base.calendar import WARSAW
from workflow.base.i18n import Sentence

# A comma of a number format groups thousands with the sign of the reader's country, a blank would do so only once.
MONEY, DAY, MOMENT = "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
# An amount of a hundred million, a moment: narrower columns would show them as "###".
NARROWEST: Mapping[str, int] = {MONEY: 16, DAY: 12, MOMENT: 17}
LONGEST_CELL = 32_000
LONGEST_NAME = 31
A4 = 9
# What begins a formula, and what some spreadsheets skip before they look for one.
FORMULA, SKIPPED = frozenset("=+-@"), frozenset("\t\r\n")
Value = str | int | Decimal | date | datetime | None


class Column(Struct, frozen=True):
    """One column of the file: its heading, its value for a row, its width and its format in a spreadsheet."""

    label: Sentence
    value: Callable[[Any], Value]
    width: int = 16
    number_format: str = ""


class Table(Struct, frozen=True):
    """Rows with their columns; the title is the name of the sheet in a spreadsheet."""

    title: Sentence
    columns: tuple[Column, ...]
    rows: Iterable[Any]


def as_csv(table: Table, language: str) -> BytesIO:
    """With semicolons and a byte-order mark, as Polish Excel opens it by a double click, row after row."""
    file = BytesIO()
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.label.say(language) for column in table.columns])
    writer.writerows([_cell(column.value(row)) for column in table.columns] for row in table.rows)
    text.detach()
    file.seek(0)
    return file


def as_xlsx(tables: Iterable[Table], language: str) -> BytesIO:
    """One sheet a table, written as rows come; printed across, as wide as the paper, with its headings on each page."""
    import xlsxwriter

    file = BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        for table in tables:
            _write_sheet(book, table, language)
    file.seek(0)
    return file


def _write_sheet(book: Any, table: Table, language: str) -> None:
    title = table.title.say(language)
    sheet = book.add_worksheet(title[:LONGEST_NAME])
    _set_up_printing(sheet, title)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    styles = [_style(book, column) for column in table.columns]
    for index, column in enumerate(table.columns):
        width = max(column.width, NARROWEST.get(column.number_format, 0))
        sheet.set_column(index, index, width, styles[index])
        sheet.write_string(0, index, column.label.say(language), head)
    number = 0
    for number, row in enumerate(table.rows, start=1):
        for index, column in enumerate(table.columns):
            _put(sheet, number, index, column.value(row), styles[index])
    sheet.autofilter(0, 0, number, len(table.columns) - 1)


def _set_up_printing(sheet: Any, title: str) -> None:
    """Across an A4, one page wide and as many long as it takes, with the headings and the number of each page."""
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{title.replace('&', '&&')}&R&P / &N")


def _style(book: Any, column: Column) -> Any:
    """Long texts go on in the next line of their cell, so that no column cuts them."""
    if column.number_format:
        return book.add_format({"num_format": column.number_format, "valign": "top"})
    return book.add_format({"text_wrap": True, "valign": "top"})


def _put(sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(WARSAW).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, style)
    elif value:
        sheet.write_string(row, column, value[:LONGEST_CELL], style)


def _cell(value: Value) -> str:
    """A value in a line of CSV: amounts with a comma, moments by the clock of Warsaw."""
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, datetime):
        return value.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value)


def harmless(value: Any) -> str:
    """A value for a format in which a text may be taken for a formula: such a text gets an apostrophe in front."""
    cell = "" if value is None else str(value)
    if isinstance(value, int | float):
        return cell
    return f"'{cell}" if is_formula(cell) else cell


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may compute a cell: full-width and small forms of a sign count, and space is skipped."""
    begins = unicodedata.normalize("NFKC", cell.lstrip()[:1])
    return cell[:1] in SKIPPED or begins in FORMULA
