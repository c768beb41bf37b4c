"""The list of proposals as a file for a spreadsheet, and how a page hands out a file."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Response, send_file

from web.http import identity
from web.http.template_context import say
from web.views.spreadsheet import DAY, MONEY, Column, Table, Value, as_csv, as_xlsx
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.rules.choices import PRINCIPLES
from workflow.rules.fields import INPUTS

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PROPOSALS = _("Proposals")


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


def write(kind: str, rows: Iterable[Any], columns: tuple[Column, ...], *, title: Sentence = PROPOSALS) -> BytesIO:
    """A file of the rows in the reader's language, written as they come: the file is held, and never the rows.

    `title` is the name of the sheet in a spreadsheet.
    """
    table, language = Table(title, columns, rows), identity.language()
    return as_csv(table, language) if kind == "csv" else as_xlsx((table,), language)


def attachment(kind: str, file: BytesIO, name: str) -> Response:
    """The file as an attachment; no cache stores it, also where the reader is a visitor."""
    response = send_file(file, mimetype=TYPES[kind], as_attachment=True, download_name=f"{name}.{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response
