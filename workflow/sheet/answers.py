"""An answer of a sheet in words of one language, for what is made without a reader: a PDF, a file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.base.i18n import _, format_date, format_money, format_number, say
from workflow.rules.field_types import Input
from workflow.rules.sheet_sections import as_rows


def cell_in_words(spec: Input, value: Any, language: str) -> str:
    """One value of a field or of a column of rows; empty where there is none."""
    if value in (None, "", False):
        return ""
    if value is True:
        return say(_("yes"), language)
    if spec.type == "money" and isinstance(value, int):
        return format_money(value, language)
    if spec.type == "date":
        return format_date(datetime.fromisoformat(str(value)).date(), language)
    if isinstance(value, int):
        return format_number(value, language)
    options = spec.options()
    return say(options[value], language) if value in options else str(value)


def answer_in_words(spec: Input, value: Any, language: str) -> str:
    """A whole answer on one line; lists and rows with semicolons, the cells of a row by the names of their columns."""
    if not isinstance(value, list):
        return cell_in_words(spec, value, language)
    if spec.type == "rows":
        return "; ".join(_row(spec, row, language) for row in as_rows(spec.name, value))
    return "; ".join(cell_in_words(spec, item, language) for item in value)


def _row(spec: Input, row: Mapping[str, Any], language: str) -> str:
    cells = ((column, cell_in_words(column, row.get(column.name), language)) for column in spec.columns)
    return ", ".join(f"{column.label.say(language)}: {cell}" for column, cell in cells if cell)
