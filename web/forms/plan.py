"""The form that turns the rows of a sheet into a plan: each row is edited, kept or left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import Connection

from web.views.open_steps import said
from workflow.base.errors import Refusal
from workflow.implementation import choices
from workflow.implementation.from_sheet import Offered
from workflow.people import choices as people_choices
from workflow.rules.facts import Facts

# The answers of each row, by what it becomes.
MILESTONE = ("title", "starts_on", "due_on", "details", "person", "organisation", "line_number")
PROMISE = ("partner", "promise", "organisation")
FIELDS: Mapping[str, tuple[str, ...]] = {"milestones": MILESTONE, "promises": PROMISE}
MOST_ROWS = 100


@dataclass(slots=True)
class SheetPlanForm:
    """The rows as they were offered, or as they were sent: `kept` says whether a row goes into the plan."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    missing: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, offered: Offered) -> "SheetPlanForm":
        """Everything that the sheet offers, to be kept."""
        milestones = [
            {"sheet_row": row.sheet_row, "title": row.title, "details": row.details, "starts_on": row.starts_on,
             "due_on": row.due_on, "kept": True} for row in offered.milestones
        ]  # fmt: skip
        promises = [
            {"sheet_row": row.sheet_row, "partner": row.partner, "promise": row.text,
             "organisation": row.organisation, "kept": bool(row.partner or row.text)} for row in offered.promises
        ]  # fmt: skip
        return cls({"milestones": milestones, "promises": promises})

    @classmethod
    def sent(cls) -> "SheetPlanForm":
        """The rows as the browser sent them."""
        return cls({kind: [_row(kind, number, names) for number in _numbers(kind)] for kind, names in FIELDS.items()})

    def chosen(self, kind: str) -> list[dict[str, Any]]:
        """The answers of the rows that are to be kept."""
        names = (*FIELDS[kind], "sheet_row")
        return [{name: row[name] for name in names if row.get(name)} for row in self.rows[kind] if row["kept"]]

    def take_refusal(self, refusal: Refusal) -> None:
        """Keep what a refusal says, to be shown above the rows."""
        self.missing = said(refusal.missing) or [{"message": refusal.say("pl"), "who": "", "until": None}]

    def options(self, tx: Connection, facts: Facts) -> dict[str, Sequence[tuple[int, str]]]:
        """What the rows offer to choose from."""
        return {
            "person": people_choices.people_of_edition(tx, facts.edition["id"], facts=facts),
            "organisation": choices.organisations(tx), "line_number": choices.lines(facts),
        }  # fmt: skip


def _numbers(kind: str) -> list[int]:
    given = request.form.getlist(f"{kind}-row")[:MOST_ROWS]
    return [int(number) for number in given if number.isascii() and number.isdecimal() and len(number) < 6]


def _row(kind: str, number: int, names: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: request.form.get(f"{kind}-{number}-{name}", "").strip() for name in names}
    return {**values, "sheet_row": number, "kept": bool(request.form.get(f"{kind}-{number}-kept"))}
