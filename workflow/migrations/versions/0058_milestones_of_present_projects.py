"""Milestones of present projects, from their case files into rows of their own."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.base.calendar import end_of_day, utc_now, warsaw_date
from workflow.models.base import Json, Key, UtcDateTime

revision = "0058"
down_revision = "0063"
branch_labels = None
depends_on = None

P = sa.table(
    "proposal", sa.column("id", Key), sa.column("edition_id", Key), sa.column("state", sa.String),
    sa.column("recorded", Json),
)  # fmt: skip
M = sa.table(
    "milestone",
    *(sa.column(name, Key) for name in ("id", "edition_id", "proposal_id", "number", "lifecycle_version", "version")),
    *(sa.column(name, sa.String) for name in ("title", "lifecycle", "state", "outcome")),
    *(sa.column(name, UtcDateTime) for name in ("due_at", "created_at", "updated_at")),
    sa.column("done_on", sa.Date), sa.column("recorded", Json),
)  # fmt: skip
T = sa.table(
    "timer", *(sa.column(name, sa.String) for name in ("subject_kind", "state")), sa.column("subject_id", Key),
    *(sa.column(name, UtcDateTime) for name in ("since", "reminded_until", "due_at")),
)  # fmt: skip
# Their milestones are reminded of from now on.
UNDER_WAY = ("selected", "in_implementation", "suspended")


def upgrade() -> None:
    """Nothing of a case file or of a history changes: what was carried has no entries of its own, and is compared with
    the case file of its project, which its history determines. The coordinator accepts such a plan by a step."""
    connection, now = op.get_bind(), utc_now()
    carried = set(connection.scalars(sa.select(M.c.proposal_id)))
    for project in connection.execute(sa.select(P.c.id, P.c.edition_id, P.c.state, P.c.recorded)).all():
        for entry in (project.recorded or {}).get("milestones") or []:
            if project.id not in carried:
                _carry(connection, project, entry, now)


def _carry(connection: sa.Connection, project: Any, entry: Mapping[str, Any], now: datetime) -> None:
    row = _row(entry) | {
        "edition_id": project.edition_id, "proposal_id": project.id, "number": entry["number"], "version": 0,
        "lifecycle": "milestone", "lifecycle_version": 1, "created_at": now, "updated_at": now,
        "recorded": {"carried": {"number": entry["number"], "at": now.isoformat()}},
    }  # fmt: skip
    number = connection.execute(sa.insert(M).values(row).returning(M.c.id)).scalar_one()
    if row["state"] == "planned" and row["due_at"] is not None and project.state in UNDER_WAY:
        clock = {"subject_kind": "milestone", "subject_id": number, "state": "planned"}
        moments = dict.fromkeys(("since", "reminded_until", "due_at"), now)
        connection.execute(sa.insert(T).values(clock | moments))


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    done, waived, due = entry.get("done_at"), entry.get("waived_reason"), entry.get("due_on")
    return {
        "title": entry["title"], "outcome": waived or "",
        "state": "waived" if waived else "done" if done else "planned",
        "due_at": end_of_day(date.fromisoformat(due)) if due else None,
        "done_on": warsaw_date(datetime.fromisoformat(done)) if done and not waived else None,
    }  # fmt: skip


def downgrade() -> None:
    """What was carried stays until its tables go; nothing is carried twice."""
