"""Reads lists that are workbooks (XLSX): one sheet, row after row, with the values of its formulas."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

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
from workflow.participant_lists.workbook_guard import DAMAGED, NO_WORKBOOK, check_workbook

FORMULA = "f"


def read_workbook(path: Path, limits: Limits, *, sheet: int = 0) -> Table:
    """The list on one sheet, the first where there is none of this number; raises Unreadable."""
    has_formulas = check_workbook(path, limits)
    with _opened(path, data_only=True) as book:
        sheets = book.worksheets
        if not sheets:
            raise Unreadable(NO_WORKBOOK)
        number = sheet if 0 <= sheet < len(sheets) else 0
        rows = [trimmed([clean(as_text(value)) for value in row]) for row in _rows(sheets[number], limits)]
        names = tuple(clean(str(each.title))[:100] for each in sheets)
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > limits.rows:
        raise too_many_rows(limits)
    if any(len(row) > limits.columns for row in rows):
        raise too_many_columns(limits)
    formulas = _formulas(path, number, rows, limits) if has_formulas else frozenset()
    return Table(tuple(rows), "xlsx", names, number, formulas)


def as_text(value: Any) -> str:
    """A value as a cell says it: days as 2026-11-29, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "tak" if value else "nie"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@contextmanager
def _opened(path: Path, *, data_only: bool) -> Iterator[Any]:
    """The workbook; whatever its reader stumbles over is one sentence."""
    from openpyxl import load_workbook

    book, file = None, path.open("rb")
    try:
        with warnings.catch_warnings():
            # Dates out of range, unknown extensions: the reader goes on without them.
            warnings.simplefilter("ignore")
            book = load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
            yield book
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a malformed workbook makes the reader fail in any way
        raise Unreadable(DAMAGED) from None
    finally:
        if book is not None:
            book.close()
        file.close()


def _rows(sheet: Any, limits: Limits, *, values_only: bool = True) -> Iterator[tuple[Any, ...]]:
    """The rows, at most one more than the limit, whatever size the sheet says that it has."""
    stopwatch = Stopwatch(limits)
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=limits.rows + 1, max_col=limits.columns + 1, values_only=values_only):
        stopwatch.check()
        yield row


def _formulas(path: Path, number: int, rows: list[tuple[str, ...]], limits: Limits) -> frozenset[tuple[int, int]]:
    """The cells with a formula whose value was not saved."""
    known = {(row, column) for row, cells in enumerate(rows) for column, text in enumerate(cells) if text}
    with _opened(path, data_only=False) as book:
        found = {
            (row, column)
            for row, cells in enumerate(_rows(book.worksheets[number], limits, values_only=False))
            for column, cell in enumerate(cells)
            if getattr(cell, "data_type", "") == FORMULA and (row, column) not in known
        }
    return frozenset(found)
