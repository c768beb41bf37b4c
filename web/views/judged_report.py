"""A report beside the form by which the office accepts or returns it: what it says, the light, plan and sums."""

from collections.abc import Sequence

from sqlalchemy import Connection

from web.http.template_context import say
from web.views.judged import Judged
from web.views.open_steps import view
from web.views.subject import Subject
from workflow.base.i18n import Money, _
from workflow.engine.machine import OpenStep
from workflow.implementation.reports import ReportView, report_of
from workflow.rules.choices import LIGHTS
from workflow.rules.plan import ProjectPlan
from workflow.rules.progress_reports import final_report, report_to_check
from workflow.rules.verdicts import Verdict

OF_REPORTS = frozenset({Verdict.REPORT, Verdict.FINAL_REPORT})


def judged_report(
    tx: Connection, subject: Subject, chosen: OpenStep | None, steps: Sequence[OpenStep]
) -> Judged | None:
    """The report that waits, with every choice; None for steps about anything else, and where no report waits."""
    plan = subject.facts.plan
    if chosen is None or plan is None or chosen.step.verdict not in OF_REPORTS:
        return None
    waiting = report_to_check(plan) if chosen.step.verdict == Verdict.REPORT else final_report(plan)
    report = report_of(tx, subject.ref.id, waiting.number) if waiting else None
    if report is None:
        return None
    fitting = [step for step in steps if step.step.verdict == chosen.step.verdict and step.permitted]
    return Judged(tuple(_texts(report, plan)), report.handed_in_at, tuple(view(subject, step) for step in fitting))


def _texts(report: ReportView, plan: ProjectPlan) -> list[tuple[str, str]]:
    label = _("Report no. {number}, {start} – {end}", number=report.number, start=report.period_from or "",
              end=report.period_to or "")  # fmt: skip
    texts = [(say(label), report.text)]
    if report.light:
        light = f"{say(LIGHTS[report.light])}\n{report.light_reason}"
        texts.append((say(_("How the project goes")), light))
    late = sum(milestone.is_open for milestone in plan.milestones)
    spent, committed, planned = map(Money, (plan.spent, plan.committed, plan.planned))
    sums = _("Spent {spent}, committed {committed} of {planned}. Milestones not done yet: {count}.",
             spent=spent, committed=committed, planned=planned, count=late)  # fmt: skip
    return [*texts, (say(_("Plan and money today")), say(sums))]
