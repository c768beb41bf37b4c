"""Milestones that were carried over from the case file of their project, before which they have no history."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.models import Proposal
from workflow.rules.states import MilestoneState

# Under this name the case file of such a milestone says which entry it was, and when it was carried over.
CARRIED = "carried"
LISTED = "milestones"


def carried_milestones(tx: Connection, rows: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """By number of the row the columns, with the state, that each of them began with; one statement, none without any.

    They are what the case file of the project says, which the history of the project determines; one that is not in
    it has no beginning, so that it is found to differ.
    """
    carried = {number: row for number, row in rows.items() if CARRIED in (row.get("recorded") or {})}
    projects = {row["proposal_id"] for row in carried.values()}
    query = select(Proposal.id, Proposal.recorded).where(Proposal.id.in_(projects))
    files = {row.id: row.recorded.get(LISTED) or [] for row in tx.execute(query)} if projects else {}
    found: dict[int, dict[str, Any]] = {}
    for number, row in carried.items():
        mark = row["recorded"][CARRIED]
        entry = next((one for one in files.get(row["proposal_id"], ()) if one["number"] == mark["number"]), None)
        if entry is not None:
            found[number] = _beginning(entry, mark) | {"proposal_id": row["proposal_id"]}
    return found


def _beginning(entry: Mapping[str, Any], mark: Mapping[str, Any]) -> dict[str, Any]:
    done, waived, due = entry.get("done_at"), entry.get("waived_reason"), entry.get("due_on")
    state = MilestoneState.WAIVED if waived else MilestoneState.DONE if done else MilestoneState.PLANNED
    return {
        "state": state.value, "title": entry["title"], "outcome": waived or "",
        "due_at": end_of_day(date.fromisoformat(due)) if due else None,
        "done_on": warsaw_date(datetime.fromisoformat(done)) if done and not waived else None,
        "created_at": datetime.fromisoformat(mark["at"]),
    }  # fmt: skip
