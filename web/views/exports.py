"""Lists as files for a spreadsheet, row after row: amounts are amounts, days are days, and nothing is a formula."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, send_file

from web.http import identity
from web.http.template_context import say
from web.views.spreadsheet import harmless
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.rules.choices import PRINCIPLES
from workflow.rules.fields import INPUTS

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Value = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its heading, its value for a row, its width and its format in a spreadsheet."""

    label: Sentence
    value: Callable[[Any], Value]
    width: int = 16
    number_format: str = ""


PROPOSALS = _("Proposals")
MONEY, DAY = "# ##0.00", "yyyy-mm-dd"


def _state(row: Any) -> str:
    return machine.tables()[row.lifecycle, row.lifecycle_version].states[row.state].label.say(identity.language())


def _principle(row: Any) -> str:
    label = PRINCIPLES.get(row.sheet.get("principle", ""))
    return say(label) if label else ""


def _places(row: Any) -> str:
    return ", ".join(row.sheet.get("places") or ())


def _day(name: str) -> Callable[[Any], date | None]:
    return lambda row: warsaw_date(at) if (at := getattr(row, name)) else None


def _of(name: str) -> Callable[[Any], Value]:
    return lambda row: getattr(row, name)


# What everybody reads who sees the proposal.
OPEN = (
    Column(_("Number"), _of("number"), 8),
    Column(INPUTS["title"].label, _of("title"), 50),
    Column(_("State"), _state, 20),
    Column(INPUTS["sector"].label, _of("sector"), 20),
    Column(INPUTS["area"].label, _of("area"), 20),
    Column(INPUTS["principle"].label, _principle, 24),
    Column(INPUTS["places"].label, _places, 28),
    Column(INPUTS["cost"].label, lambda row: None if row.cost is None else Decimal(row.cost) / 100, 16, MONEY),
    Column(_("Last change"), _day("updated_at"), 14, DAY),
    Column(INPUTS["summary"].label, _of("summary"), 60),
)
# What the people of the edition read besides.
INSIDE = (
    Column(_("Until when"), _day("due_at"), 14, DAY),
    Column(_("Animator"), _of("animator"), 24),
    Column(_("Reviewer"), _of("reviewer"), 24),
    Column(_("People in the group"), _of("member_count"), 12),
    Column(_("Begun on"), _day("created_at"), 14, DAY),
)


def columns(*, inside: bool, names_minors: bool) -> tuple[Column, ...]:
    """The columns of the file for this reader; pupils are named only to those who need to know."""

    def leader(row: Any) -> Value:
        return say(_("a pupil")) if row.leader_is_minor and not names_minors else row.leader

    return (*OPEN, Column(_("Leader"), leader, 24), *INSIDE) if inside else OPEN


def write(
    kind: str, rows: Iterable[Any], columns: tuple[Column, ...], *, title: Sentence = PROPOSALS
) -> io.BytesIO:  # fmt: skip
    """A file of the rows, written as they come: the file is held, a few hundred bytes a row, and never the rows.

    `title` is the name of the sheet in a spreadsheet.
    """
    file = io.BytesIO()
    if kind == "csv":
        _csv(file, rows, columns)
    else:
        _xlsx(file, rows, columns, say(title))
    file.seek(0)
    return file


def attachment(kind: str, file: io.BytesIO, name: str) -> Response:
    """The file as an attachment; no cache stores it, also where the reader is a visitor."""
    response = send_file(file, mimetype=TYPES[kind], as_attachment=True, download_name=f"{name}.{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(file: io.BytesIO, rows: Iterable[Any], columns: tuple[Column, ...]) -> None:
    """With semicolons and a byte-order mark, as Polish Excel opens it by a double click."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([say(column.label) for column in columns])
    writer.writerows([_cell(column.value(row)) for column in columns] for row in rows)
    text.detach()


def _cell(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    return value.isoformat() if isinstance(value, date) else harmless(value)


def _xlsx(file: io.BytesIO, rows: Iterable[Any], columns: tuple[Column, ...], title: str) -> None:
    """One sheet whose heading row is frozen; each text is a text, whatever it begins with."""
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": DAY}) as book:
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        bold, number = book.add_format({"bold": True, "text_wrap": True}), 0
        styles = [book.add_format({"num_format": column.number_format}) for column in columns]
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, styles[index])
            sheet.write_string(0, index, say(column.label), bold)
        for number, row in enumerate(rows, start=1):
            for index, column in enumerate(columns):
                _put(sheet, number, index, column.value(row), styles[index])
        sheet.autofilter(0, 0, number, len(columns) - 1)


def _put(sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, style)
    elif value:
        sheet.write_string(row, column, value)
