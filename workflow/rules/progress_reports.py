"""Progress reports of a project: which one is open, its period, when the next is due, what is frozen with it; pure."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from workflow.base.calendar import term_end, warsaw_date
from workflow.rules.facts import Facts
from workflow.rules.plan import GIVEN, PlannedReport, ProjectPlan
from workflow.rules.settings_catalogue import value
from workflow.rules.states import ReportKind, ReportState

DAY = timedelta(days=1)


def _first(plan: ProjectPlan, state: ReportState, *, final: bool) -> PlannedReport | None:
    return next(
        (report for report in plan.reports if report.state == state and (report.kind == ReportKind.FINAL) is final),
        None,
    )


def expected_report(plan: ProjectPlan) -> PlannedReport | None:
    """The report that the coordinator will hand in next."""
    return next((report for report in plan.reports if report.state == ReportState.EXPECTED), None)


def returned_report(plan: ProjectPlan) -> PlannedReport | None:
    """The progress report that has to be mended, the oldest first."""
    return _first(plan, ReportState.RETURNED, final=False)


def report_for_parts(plan: ProjectPlan) -> PlannedReport | None:
    """The report that partners add to: the one that is being mended, else the expected one."""
    return returned_report(plan) or expected_report(plan)


def report_to_check(plan: ProjectPlan) -> PlannedReport | None:
    """The progress report that the office looks at, the oldest first."""
    return _first(plan, ReportState.HANDED_IN, final=False)


def final_report(plan: ProjectPlan) -> PlannedReport | None:
    """The final report, unless the project was opened again after it."""
    last = plan.reports[-1] if plan.reports else None
    return last if last is not None and last.kind == ReportKind.FINAL else None


def interval(facts: Facts) -> int:
    """The days between two reports: the project's own number, or the edition's."""
    return facts.own.get("report_days") or int(value(facts.edition, "report_days"))


def next_due(day: date, *, days: int) -> datetime:
    """When the report after one that ends on a day is due: the end of a term of so many calendar days (KPA art. 57)."""
    return term_end(day + timedelta(days=days))


def counted_from(plan: ProjectPlan) -> date | None:
    """The day that the term of the expected report is counted from: the end of the period before it, or the start."""
    ends = [report.period_to for report in plan.reports if report.state in GIVEN and report.period_to]
    if ends:
        return max(ends)
    open_one = expected_report(plan)
    return (open_one.period_from if open_one else None) or (warsaw_date(plan.started_at) if plan.started_at else None)


def not_before(due: datetime, at: datetime) -> datetime:
    """The date, or the end of today's term where it is over already."""
    return due if due > at else term_end(warsaw_date(at))


def figures_of(plan: ProjectPlan) -> dict[str, Any]:
    """Milestones and sums as they are, for a report to keep; sums in grosze, days as ISO text."""
    return {
        "milestones": [
            {"number": milestone.number, "title": milestone.title, "state": milestone.state.value,
             "due_on": warsaw_date(milestone.due_at).isoformat() if milestone.due_at else None,
             "done_on": milestone.done_on.isoformat() if milestone.done_on else None}
            for milestone in plan.milestones
        ],
        "lines": [
            {"number": line.number, "label": line.label, "planned": line.planned, "committed": line.committed,
             "spent": line.spent}
            for line in plan.lines
        ],
        "planned": plan.planned, "committed": plan.committed, "spent": plan.spent,
    }  # fmt: skip


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a report says and keeps, as JSON with sorted keys."""
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
