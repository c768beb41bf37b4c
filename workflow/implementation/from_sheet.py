"""From the sheet of a selected project to its plan: its timetable and promises of partners, offered to be kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.collation import fold
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.implementation.parts import MILESTONE, PLAN, begin_part
from workflow.models import Milestone, Organisation, Promise
from workflow.rules.facts import Actor, Ref
from workflow.rules.field_types import LINE
from workflow.rules.sheet_sections import as_rows


class OfferedMilestone(Struct, frozen=True):
    """A row of the timetable of the sheet, counted from 1, as it could become a milestone."""

    sheet_row: int
    title: str
    details: str
    starts_on: date | None
    due_on: date | None


class OfferedPromise(Struct, frozen=True):
    """A row of the partners of the sheet, counted from 1, and the organisation of this name if there is one."""

    sheet_row: int
    partner: str
    text: str
    organisation: int | None


class Offered(Struct, frozen=True):
    """What the sheet offers for the plan and is not in it yet."""

    milestones: tuple[OfferedMilestone, ...]
    promises: tuple[OfferedPromise, ...]


def offered_by_sheet(tx: Connection, project: int, sheet: Mapping[str, Any]) -> Offered:
    """Rows of the sheet that did not become a milestone or a promise yet; three statements."""
    planned = set(tx.execute(select(Milestone.sheet_row).where(Milestone.proposal_id == project)).scalars())
    promised = set(tx.execute(select(Promise.sheet_row).where(Promise.proposal_id == project)).scalars())
    milestones = [
        _milestone(number, row) for number, row in enumerate(as_rows("timetable", sheet.get("timetable")), start=1)
    ]
    partners = enumerate(as_rows("partners", sheet.get("partners")), start=1)
    promises = [(number, row) for number, row in partners if number not in promised]
    known = _organisations(tx, [str(row.get("partner", "")) for _number, row in promises])
    return Offered(
        tuple(milestone for milestone in milestones if milestone.sheet_row not in planned),
        tuple(OfferedPromise(number, row.get("partner", "")[:LINE], row.get("promise", ""),
                             known.get(fold(row.get("partner", ""))[:LINE])) for number, row in promises),
    )  # fmt: skip


def keep_offered(
    tx: Connection, project: int, milestones: Sequence[Mapping[str, Any]], promises: Sequence[Mapping[str, Any]], *,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Make milestones and promises of what was offered and edited, all or nothing in the caller's transaction.

    Raises a Refusal; what of which row was wrong is for the caller to say, who gives one row after the other.
    """
    for answers in milestones:
        begin_part(tx, project, MILESTONE, PLAN, answers, actor=actor, at=at)
    for answers in promises:
        machine.take(tx, StepCommand(Ref("proposal", project), "note_promise", actor=actor, at=at, answers=answers))


def _milestone(number: int, row: Mapping[str, Any]) -> OfferedMilestone:
    what = str(row.get("what", ""))
    title = " ".join(what.split("\n")[0].split())[:LINE]
    return OfferedMilestone(number, title, what if what.strip() != title else "", _day(row.get("from")),
                            _day(row.get("to")))  # fmt: skip


def _day(stored: Any) -> date | None:
    return date.fromisoformat(stored) if stored else None


def _organisations(tx: Connection, names: Sequence[str]) -> dict[str, int]:
    wanted = {fold(name)[:LINE] for name in names if name}
    rows = tx.execute(select(Organisation.search, Organisation.id).where(Organisation.search.in_(wanted)))
    return {row.search: row.id for row in rows} if wanted else {}
