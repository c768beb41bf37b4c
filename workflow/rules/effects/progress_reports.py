"""Then: reports of a project are expected, handed in, returned, accepted and skipped; each is one row."""

from datetime import date, datetime, timedelta
from typing import Any

from workflow.base.calendar import end_of_day, term_end, warsaw_date
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.plan import PlannedReport, ProjectPlan
from workflow.rules.progress_reports import (
    DAY,
    counted_from,
    digest_of,
    expected_report,
    figures_of,
    final_report,
    interval,
    next_due,
    not_before,
    report_for_parts,
    report_to_check,
    returned_report,
)
from workflow.rules.project_money import plan_of
from workflow.rules.states import ReportKind, ReportState

# A red or amber light, and an answer without a reason.
EMPTY = ""


def _expect(context: EffectContext, change: Change, plan: ProjectPlan, period_from: date, due_at: datetime) -> None:
    """Let a report about the time from a day on be expected; where one is expected already, it is that one."""
    known, values = expected_report(plan), {"period_from": period_from, "due_at": due_at}
    change.columns["report_due_at"] = due_at
    if known is not None and not any(key == {"id": known.id} for _table, key, _values in change.updates):
        _update(change, known, **values)
        return
    number = max((report.number for report in plan.reports), default=0) + 1
    change.rows.append(("progress_report", {
        **values, "proposal_id": plan.proposal_id, "number": number, "kind": ReportKind.PROGRESS.value,
        "state": ReportState.EXPECTED.value, "created_at": context.at,
    }))  # fmt: skip


def _there(report: PlannedReport | None) -> PlannedReport:
    """The report that a guard has found; LookupError where it is missing all the same."""
    if report is None:
        raise LookupError("there is no such report")
    return report


def _update(change: Change, report: PlannedReport, **values: Any) -> None:
    change.updates.append(("progress_report", {"id": report.id}, values))


def _handed_in(context: EffectContext, plan: ProjectPlan, **more: Any) -> dict[str, Any]:
    """What a report says and keeps from the moment in which it is handed in."""
    data, figures = context.data, figures_of(plan)
    said = {"text": data["report"], "light": data.get("light", EMPTY), "light_reason": data.get("light_reason", EMPTY)}
    return {
        **said, **more, "figures": figures, "digest": digest_of({**said, "figures": figures}),
        "state": ReportState.HANDED_IN.value, "handed_in_at": context.at, "handed_in_by_id": context.actor_id,
    }  # fmt: skip


def _decided(context: EffectContext, state: ReportState) -> dict[str, Any]:
    return {
        "state": state.value, "decided_at": context.at, "decided_by_id": context.actor_id,
        "reason": context.data.get("reason", EMPTY),
    }  # fmt: skip


@effect
def expect_report(context: EffectContext, change: Change) -> None:
    """Expect the first report, or the next one after the project was opened again, about the time from today on."""
    plan, today = plan_of(context.facts), warsaw_date(context.at)
    _expect(context, change, plan, today, next_due(today, days=interval(context.facts)))


@effect
def move_overdue_report(context: EffectContext, change: Change) -> None:
    """Count the term of a report anew from today where it ran out while the project rested."""
    plan, today = plan_of(context.facts), warsaw_date(context.at)
    known = expected_report(plan)
    if known is not None and known.period_from and known.due_at and known.due_at < context.at:
        _expect(context, change, plan, known.period_from, next_due(today, days=interval(context.facts)))


@effect
def hand_in_report(context: EffectContext, change: Change) -> None:
    """Hand in the expected report about the time until a day, and expect the next one about the time after it."""
    plan, end = plan_of(context.facts), context.data["period_to"]
    report = _there(expected_report(plan))
    if report.period_from is None:
        raise LookupError("the report has no period")
    change.words |= {"report_number": report.number, "period_from": report.period_from.isoformat()}
    _update(change, report, period_to=end, **_handed_in(context, plan))
    _expect(context, change, plan, end + DAY, next_due(end, days=interval(context.facts)))


@effect
def mend_report(context: EffectContext, change: Change) -> None:
    """Hand in a returned report again, about the same time, with the sums of now."""
    plan = plan_of(context.facts)
    report = _there(returned_report(plan))
    change.words["report_number"] = report.number
    _update(change, report, **_handed_in(context, plan))


@effect
def write_report_part(context: EffectContext, change: Change) -> None:
    """Keep what a partner adds to the report that is being written; it replaces what the same partner added before."""
    plan, organisation = plan_of(context.facts), context.data["for_organisation"]
    report = _there(report_for_parts(plan))
    change.words["report_number"] = report.number
    key = {"report_id": report.id, "organisation_id": organisation}
    values = {"text": context.data["report_part"], "person_id": context.actor_id, "written_at": context.at}
    if organisation in plan.parts:
        change.updates.append(("report_part", key, values))
    else:
        change.rows.append(("report_part", {**key, **values}))


@effect
def take_report(context: EffectContext, change: Change) -> None:
    """Accept the report that waits longest."""
    _decide(context, change, report_to_check(plan_of(context.facts)), ReportState.ACCEPTED)


@effect
def send_report_back(context: EffectContext, change: Change) -> None:
    """Return the report that waits longest, with the reason."""
    _decide(context, change, report_to_check(plan_of(context.facts)), ReportState.RETURNED)


def _decide(context: EffectContext, change: Change, report: PlannedReport | None, state: ReportState) -> None:
    report = _there(report)
    change.words["report_number"] = report.number
    _update(change, report, **_decided(context, state))


@effect
def ask_for_report(context: EffectContext, change: Change) -> None:
    """Ask for the expected report by another, nearer day."""
    plan, due_at = plan_of(context.facts), end_of_day(context.data["due_on"])
    report = _there(expected_report(plan))
    change.words["report_number"] = report.number
    change.columns["report_due_at"] = due_at
    _update(change, report, kind=ReportKind.EXTRA.value, due_at=due_at, reason=context.data["reason"])


@effect
def skip_report(context: EffectContext, change: Change) -> None:
    """Leave the expected report out; the next one is about its time too.

    One that was asked for out of turn was expected on its usual day anyway: that day holds again, unless it is over.
    """
    plan = plan_of(context.facts)
    report = _there(expected_report(plan))
    if report.period_from is None:
        raise LookupError("the report has no period")
    change.words["report_number"] = report.number
    _update(change, report, **_decided(context, ReportState.SKIPPED))
    days = interval(context.facts)
    usual = next_due(counted_from(plan) or report.period_from, days=days)
    base = max(warsaw_date(report.due_at or context.at), warsaw_date(context.at))
    holds = report.kind == ReportKind.EXTRA and usual > context.at
    _expect(context, change, plan, report.period_from, usual if holds else next_due(base, days=days))


@effect
def shift_report(context: EffectContext, change: Change) -> None:
    """Move the day of the next report, or of a returned final one, by a number of days, to the end of a working day.

    Nothing where no report is due.
    """
    plan = plan_of(context.facts)
    if plan.report_due_at is None:
        return
    due_at = term_end(warsaw_date(plan.report_due_at) + timedelta(days=context.data["days"]))
    change.columns["report_due_at"] = due_at
    if report := expected_report(plan):
        _update(change, report, due_at=due_at)


@effect
def set_report_days(context: EffectContext, change: Change) -> None:
    """Give the project its own time between reports; the term of the expected one is counted anew.

    One that was asked for by a nearer day is still asked for by that day.
    """
    plan, days = plan_of(context.facts), context.data["days"]
    report, base = expected_report(plan), counted_from(plan)
    change.columns["report_days"] = days
    if report is not None and report.period_from is not None and base is not None:
        due = not_before(next_due(base, days=days), context.at)
        asked = report.due_at if report.kind == ReportKind.EXTRA else None
        _expect(context, change, plan, report.period_from, min(due, asked) if asked else due)


@effect
def hand_in_final_report(context: EffectContext, change: Change) -> None:
    """Hand in the final report, about the whole time of the implementation; no other one is due any more."""
    plan, today = plan_of(context.facts), warsaw_date(context.at)
    report = _there(final_report(plan) or expected_report(plan))
    start = warsaw_date(plan.started_at) if plan.started_at else report.period_from
    change.words["report_number"] = report.number
    change.columns["report_due_at"] = None
    given = _handed_in(context, plan, kind=ReportKind.FINAL.value, period_from=start, period_to=today)
    _update(change, report, **given)


@effect
def take_final_report(context: EffectContext, change: Change) -> None:
    """Accept the final report."""
    _decide(context, change, final_report(plan_of(context.facts)), ReportState.ACCEPTED)


@effect
def send_final_report_back(context: EffectContext, change: Change) -> None:
    """Return the final report, with the reason; it is due again after the usual time."""
    report = final_report(plan_of(context.facts))
    _decide(context, change, report, ReportState.RETURNED)
    change.columns["report_due_at"] = next_due(warsaw_date(context.at), days=interval(context.facts))


@effect
def close_accounts(context: EffectContext, change: Change) -> None:
    """Keep the sums of the project with the settlement, as its expenses give them."""
    figures = figures_of(plan_of(context.facts))
    change.words["accounts"] = {name: figures[name] for name in ("lines", "planned", "committed", "spent")}
