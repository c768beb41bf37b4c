"""Tables as files: CSV that Excel opens in Polish, XLSX, JSON, Pabulib.

No cell is ever a formula: a text that a spreadsheet would compute gets an apostrophe in CSV and the type "text" in
XLSX (OWASP, CSV injection).
"""

import csv
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from workflow.base.calendar import WARSAW
from workflow.editions.export import Export

LONGEST_CELL = 32_000
# What begins a formula, and what some spreadsheets skip before they look for one.
FORMULA, SKIPPED = frozenset("=+-@"), frozenset("\t\r\n")
Row = Mapping[str, Any]


def text(value: Any) -> str:
    """A value as a cell says it: days and moments by the clock of Warsaw, lists with semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "tak" if value else "nie"
    if isinstance(value, datetime):
        return value.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return "; ".join(map(text, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {text(item)}" for name, item in value.items())
    return str(value)


def harmless(value: Any) -> str:
    """The same, for a format in which a text may be taken for a formula: such a text gets an apostrophe in front."""
    cell = text(value)
    if isinstance(value, int | float):
        return cell
    return f"'{cell}" if is_formula(cell) else cell


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may compute a cell: full-width and small forms of a sign count, and space is skipped."""
    begins = unicodedata.normalize("NFKC", cell.lstrip()[:1])
    return cell[:1] in SKIPPED or begins in FORMULA


def as_csv(export: Export) -> bytes:
    """The proposals, with semicolons and a byte-order mark, as Polish Excel opens them by a double click."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_head(export.proposals))
    writer.writerows([harmless(value) for value in row.values()] for row in export.proposals)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(export: Export) -> bytes:
    """Everything, one sheet a kind; numbers are numbers and everything else is text."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        agreement = [export.agreement] if export.agreement else []
        for name, rows in (("Projekty", export.proposals), ("Konferencje", export.conferences), ("Umowa", agreement),
                           ("Edycja", [export.edition])):  # fmt: skip
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, _head(rows), bold)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, start=1):
                _write_row(sheet, number, row)
    return out.getvalue()


def _write_row(sheet: Any, number: int, row: Row) -> None:
    for column, value in enumerate(row.values()):
        if isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(number, column, value)
        else:
            sheet.write_string(number, column, text(value)[:LONGEST_CELL])


def as_json(export: Export) -> bytes:
    """Everything, moments in UTC."""
    content = {"edition": export.edition, "proposals": export.proposals, "conferences": export.conferences,
               "agreement": export.agreement}  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1, default=_moment).encode() + b"\n"


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def as_pb(export: Export) -> bytes:
    """The projects in the format of pabulib.org; there are no ballots, because a committee decides here."""
    edition, priced = export.edition, [row for row in export.proposals if row["cost"] is not None]
    meta = {
        "description": edition["title"], "country": "Poland", "unit": edition["county"], "instance": edition["year"],
        "num_projects": len(priced), "num_votes": 0, "budget": _amount(edition["budget"] or 0),
        "vote_type": "approval", "rule": "unknown", "date_begin": edition["year"], "date_end": edition["year"],
    }  # fmt: skip
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerows(
        [["META"], ["key", "value"], *meta.items(), ["PROJECTS"], ["project_id", "cost", "name", "selected"]]
    )
    writer.writerows(
        [row["number"], _amount(row["cost"]), " ".join(row["title"].split()), int(row["selected"])] for row in priced
    )
    writer.writerows([["VOTES"], ["voter_id", "vote"]])
    return out.getvalue().encode()


def _amount(zloty: float) -> str:
    return f"{zloty:.2f}".removesuffix(".00")


def _head(rows: Iterable[Row]) -> list[str]:
    return list(next(iter(rows), {}))


FORMATS: Mapping[str, Callable[[Export], bytes]] = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json, "pb": as_pb}
