"""What the forms of progress reports begin with: what is due since the last one, or what was returned."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from web.http import identity
from web.http.template_context import say
from web.views.subject import Subject
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Money, _
from workflow.implementation.reports import due_since, report_of
from workflow.lifecycle.definition import Step
from workflow.rules.plan import PlannedMilestone, ProjectPlan
from workflow.rules.progress_reports import expected_report, final_report, returned_report
from workflow.rules.states import MilestoneState, ReportState


def new_report(_tx: Connection, subject: Subject, _step: Step) -> Mapping[str, Any]:
    """Until today, with the milestones that the report has to speak of and the sums as they are."""
    plan, today = subject.facts.plan, warsaw_date(identity.at())
    if plan is None:
        return {}
    expected = expected_report(plan)
    return {"period_to": today.isoformat(), "report": outline(plan, expected.period_from if expected else None, today)}


def outline(plan: ProjectPlan, start: Any, end: Any) -> str:
    """Lines to write on: one for each milestone of the period, and the sums."""
    lines = [say(_("Time from {day} on.", day=start))] if start else []
    lines += [_line(milestone) for milestone in due_since(plan, start, end)]
    if plan.lines:
        spent, committed, planned = map(Money, (plan.spent, plan.committed, plan.planned))
        sentence = _("Money until today: spent {spent}, committed {committed} of {planned}.", spent=spent,
                     committed=committed, planned=planned)  # fmt: skip
        lines.append(say(sentence))
    return "\n".join(lines)


def _line(milestone: PlannedMilestone) -> str:
    name = f"{milestone.number}. {milestone.title}"
    if milestone.state == MilestoneState.DONE:
        return say(_("{name}: done.", name=name))
    return say(
        _("{name}: dropped.", name=name) if not milestone.is_open else _("{name}: not done yet, because …", name=name)
    )


def returned(tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    """What was written in the report that was returned; for a first final report the outline of the whole time."""
    plan = subject.facts.plan
    if plan is None:
        return {}
    of_end = step.name == "final_report"
    known = final_report(plan) if of_end else returned_report(plan)
    if known is None or known.state != ReportState.RETURNED:
        return {"report": outline(plan, None, warsaw_date(identity.at()))} if of_end else {}
    report = report_of(tx, subject.ref.id, known.number)
    return {"report": report.text, "light": report.light, "light_reason": report.light_reason} if report else {}
