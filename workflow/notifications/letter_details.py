"""What stands in a letter beside its sentences: what was given with the step, each value with its label."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from workflow.base.i18n import Sentence, _, format_date, format_datetime, say
from workflow.rules.field_types import Input
from workflow.rules.fields import INPUTS

# What was given with a step and belongs into a letter about it, in this order.
DETAILS = (
    "resolution", "adopted_on", "section_reasons", "reasons", "reason_answers", "ground", "cancel_ground",
    "explanation", "justification", "grounds", "written_reasons", "reason", "signatures", "remarks", "position",
    "slot_on", "resume_on", "day", "begins", "ends", "outcome_text", "change_kind", "new_day", "new_text", "new_amount",
)  # fmt: skip


def details(data: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    """Labels and values of what was given with a step."""
    return tuple(
        (say(INPUTS[name].label, language), text)
        for name in DETAILS
        if name in data and name in INPUTS and (text := _value(name, data[name], language))
    )


def receipt_lines(receipt: tuple[str, str] | None, at: datetime, language: str) -> tuple[tuple[str, str], ...]:
    """The number of a receipt, and when the project was handed in."""
    if receipt is None:
        return ()
    pairs = (_("Receipt number"), receipt[0]), (_("Handed in on"), format_datetime(at, language))
    return tuple((say(label, language), value) for label, value in pairs)


def said(value: str | Sentence | datetime, language: str) -> str:
    """A value beside a label, in a language."""
    if isinstance(value, datetime):
        return format_datetime(value, language)
    return say(value, language) if isinstance(value, Sentence) else value


def _row(columns: Collection[Input], row: Mapping[str, Any], language: str) -> str:
    """One row of an answer in rows: its cells, each in words."""
    cells = [(column, row[column.name]) for column in columns if row.get(column.name)]
    return " – ".join(
        say(column.options()[value], language) if value in column.options() else str(value) for column, value in cells
    )


def _value(name: str, value: Any, language: str) -> str:
    if INPUTS[name].columns and isinstance(value, list):
        return "; ".join(_row(INPUTS[name].columns, row, language) for row in value)
    if isinstance(value, list):
        return "; ".join(filter(None, (_value(name, item, language) for item in value)))
    options = INPUTS[name].options()
    if value in options:
        return say(options[value], language)
    if INPUTS[name].type == "date" and isinstance(value, str):
        return format_date(date.fromisoformat(value), language)
    if isinstance(value, datetime):
        return format_datetime(value, language)
    return str(value) if value is not None else ""
