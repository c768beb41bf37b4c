"""Reports and budgets of projects under way, from their case files and sheets into rows of their own."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.base.calendar import term_end, utc_now, warsaw_date
from workflow.models.base import Json, Key, UtcDateTime

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None

# What these states and settings were when this was written.
WITH_BUDGET = ("in_implementation", "suspended", "completed", "settled", "cancelled")
REPORTING = ("in_implementation", "suspended")
USUAL_DAYS = 90
P = sa.table(
    "proposal", sa.column("id", Key), sa.column("edition_id", Key), sa.column("state", sa.String),
    sa.column("recorded", Json), sa.column("sheet", Json), sa.column("cost", sa.BigInteger),
    sa.column("report_due_at", UtcDateTime), sa.column("historical", sa.Boolean),
)  # fmt: skip
E = sa.table("edition", sa.column("id", Key), sa.column("settings", Json), sa.column("historical", sa.Boolean))
R = sa.table(
    "progress_report",
    *(sa.column(name, Key) for name in ("proposal_id", "number", "handed_in_by_id", "decided_by_id")),
    *(sa.column(name, sa.String) for name in ("kind", "state", "text", "digest")),
    *(sa.column(name, sa.Date) for name in ("period_from", "period_to")),
    *(sa.column(name, UtcDateTime) for name in ("due_at", "handed_in_at", "decided_at", "created_at")),
    sa.column("figures", Json),
)  # fmt: skip
L = sa.table(
    "budget_line", *(sa.column(name, Key) for name in ("proposal_id", "number", "planned", "agreed", "sheet_row")),
    sa.column("label", sa.String), sa.column("source", sa.String), sa.column("own", sa.Boolean),
    sa.column("created_at", UtcDateTime),
)  # fmt: skip
T = sa.table(
    "timer", sa.column("subject_kind", sa.String), sa.column("subject_id", Key), sa.column("due_at", UtcDateTime),
    sa.column("reminded_until", UtcDateTime),
)  # fmt: skip


def upgrade() -> None:
    """Nothing of a case file or of a history changes; the sums that people typed stay as figures of their reports."""
    connection, now = op.get_bind(), utc_now()
    settings = {row.id: row.settings or {} for row in connection.execute(sa.select(E.c.id, E.c.settings))}
    mine = E.c.id == P.c.edition_id
    query = sa.select(P.c.id, P.c.edition_id, P.c.state, P.c.recorded, P.c.sheet, P.c.cost)
    rows = connection.execute(
        query.join(E, mine).where(P.c.state.in_(WITH_BUDGET), E.c.historical.is_(sa.false()))
    ).all()
    reported = set(connection.scalars(sa.select(R.c.proposal_id)))
    budgeted = set(connection.scalars(sa.select(L.c.proposal_id)))
    for row in rows:
        if row.id not in budgeted:
            for line in _lines(row, now):
                connection.execute(sa.insert(L).values(**line))
        if row.id in reported:
            continue
        _carry(connection, row, int(settings[row.edition_id].get("report_days") or USUAL_DAYS), now)


def _carry(connection: sa.Connection, row: Any, days: int, now: datetime) -> None:
    recorded = row.recorded or {}
    start = recorded.get("start") or {}
    reports = [_report(row.id, number, entry) for number, entry in enumerate(recorded.get("reports") or [], start=1)]
    final = recorded.get("final_report")
    if final:
        reports.append(_final(row.id, len(reports) + 1, final, recorded, _day(start.get("at"))))
    elif start and row.state in REPORTING:
        ends = [report["period_to"] for report in reports if report["period_to"]]
        began = warsaw_date(datetime.fromisoformat(start["at"]))
        begins = max(ends) + timedelta(days=1) if ends else began
        due = term_end((max(ends) if ends else began) + timedelta(days=days))
        reports.append(
            _row(row.id, len(reports) + 1, "progress", "expected", period_from=begins, due_at=due, created_at=now)
        )
        connection.execute(sa.update(P).where(P.c.id == row.id).values(report_due_at=due))
        # Those reminders that lie behind are over; the clock works the next one out.
        here = (T.c.subject_kind == "proposal", T.c.subject_id == row.id)
        connection.execute(sa.update(T).where(*here).values(due_at=now, reminded_until=now))
    for report in reports:
        connection.execute(sa.insert(R).values(**report))


def downgrade() -> None:
    """What was carried stays until its tables go; nothing is carried twice."""


def _row(proposal: int, number: int, kind: str, state: str, **more: Any) -> dict[str, Any]:
    nothing = ("period_from", "period_to", "due_at", "handed_in_at", "handed_in_by_id", "decided_at", "decided_by_id")
    empty: dict[str, Any] = {**dict.fromkeys(nothing), "text": "", "digest": "", "figures": {}}
    return {**empty, "proposal_id": proposal, "number": number, "kind": kind, "state": state, **more}


def _said(entry: Mapping[str, Any]) -> dict[str, Any]:
    figures = {"typed_spent": entry["spent"]} if entry.get("spent") is not None else {}
    text, at = entry.get("report") or "", datetime.fromisoformat(entry["at"])
    content = {"text": text, "light": "", "light_reason": "", "figures": figures}
    digest = sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {"text": text, "figures": figures, "digest": digest, "handed_in_at": at, "handed_in_by_id": entry.get("by"),
            "created_at": at}  # fmt: skip


def _decided(at: str | None, by: int | None) -> dict[str, Any]:
    return {"decided_at": datetime.fromisoformat(at) if at else None, "decided_by_id": by}


def _report(proposal: int, number: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    state = "accepted" if entry.get("accepted_at") else "handed_in"
    return _row(
        proposal, number, "progress", state, **_said(entry),
        **_decided(entry.get("accepted_at"), entry.get("accepted_by")),
        period_from=date.fromisoformat(entry["period_from"]), period_to=date.fromisoformat(entry["period_to"]),
    )  # fmt: skip


def _final(
    proposal: int, number: int, entry: Mapping[str, Any], recorded: Mapping[str, Any], start: date | None
) -> dict[str, Any]:
    accepted = recorded.get("accept_final_report") or {}
    return _row(
        proposal, number, "final", "accepted" if accepted else "handed_in", **_said(entry),
        **_decided(accepted.get("at"), accepted.get("by")), period_from=start, period_to=_day(entry["at"]),
    )  # fmt: skip


def _lines(row: Any, now: datetime) -> list[dict[str, Any]]:
    sheet = row.sheet or {}
    budget = sheet.get("budget_lines") or []
    common = {"proposal_id": row.id, "created_at": now}
    if budget:
        return [
            {**common, "number": place, "label": line["what"][:200], "source": (line.get("source") or "")[:200],
             "own": bool(line.get("own")), "planned": line["amount"], "agreed": line["amount"], "sheet_row": place}
            for place, line in enumerate(budget, start=1)
        ]  # fmt: skip
    if not row.cost:
        return []
    funding = " ".join(str(sheet.get("funding") or "").split())[:200]
    return [{**common, "number": 1, "label": "Całość projektu", "source": funding, "own": False, "planned": row.cost,
             "agreed": row.cost, "sheet_row": None}]  # fmt: skip


def _day(at: str | None) -> date | None:
    return warsaw_date(datetime.fromisoformat(at)) if at else None
