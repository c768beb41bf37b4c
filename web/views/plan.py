"""The page of a plan in words: next dates, the traffic light, the timeline, steps beside what they change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from babel import dates
from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.template_context import say
from web.views.open_steps import StepView, view
from web.views.portfolio import NO_LIGHT
from web.views.subject import WITH_IMPLEMENTATION, Subject
from workflow.base.errors import NotFound
from workflow.base.i18n import Sentence, _
from workflow.engine.machine import OpenStep
from workflow.engine.plan_reader import plans_of
from workflow.implementation.gantt import gantt
from workflow.rules.choices import LEVELS, PROMISE_ENDS
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.plan import ProjectPlan
from workflow.rules.states import WITH_PLAN, PromiseState, ProposalState, RiskState

__all__ = ["NextDate", "gantt", "light", "next_dates", "plan_of", "readers_plan", "steps_beside", "words"]
MOST_DATES = 6
# Records offered beside what they are about.
BESIDE = ("note_risk", "assign_risk", "settle_risk", "note_promise", "judge_promise", "accept_plan", "suspend",
          "resume", "complete", "reopen", "cancel", "propose_cancellation")  # fmt: skip
RISK_WORDS: Mapping[str, Sentence] = {
    RiskState.OPEN: _("open"), RiskState.OCCURRED: _("it has happened"), RiskState.CLOSED: _("it is over"),
}  # fmt: skip
PROMISE_WORDS: Mapping[str, Sentence] = {PromiseState.OPEN: _("not due yet"), **PROMISE_ENDS}


class NextDate(Struct, frozen=True):
    """Something with a day that lies ahead or has passed."""

    at: datetime
    label: str
    is_late: bool
    milestone_id: int | None = None


def plan_of(tx: Connection, subject: Subject) -> ProjectPlan:
    """The plan of a project that was selected, also of one that is over; NotFound for others and for outsiders."""
    if subject.facts.state not in WITH_IMPLEMENTATION:
        raise NotFound
    plan = subject.facts.plan or plans_of(tx, [subject.ref.id]).get(subject.ref.id)
    if plan is None:
        raise NotFound
    return plan


def readers_plan(tx: Connection, subject: Subject) -> ProjectPlan:
    """The same for whoever reads the working papers of the project; NotFound for anybody else."""
    if not may_see_working_papers(subject.facts):
        raise NotFound
    return plan_of(tx, subject)


def next_dates(plan: ProjectPlan, subject: Subject, *, at: datetime) -> list[NextDate]:
    """Open milestones, the next report and the end of the implementation, the earliest first."""
    ahead = [NextDate(milestone.due_at, milestone.title, milestone.is_late(at), milestone.id)
             for milestone in plan.open_milestones if milestone.due_at is not None]  # fmt: skip
    if plan.state == ProposalState.IN_IMPLEMENTATION and plan.report_due_at is not None:
        ahead.append(NextDate(plan.report_due_at, say(_("Progress report")), plan.report_due_at < at))
    if plan.state == ProposalState.SUSPENDED and subject.facts.due_at is not None:
        ahead.append(NextDate(subject.facts.due_at, say(_("Planned day of resuming")), subject.facts.due_at < at))
    if end := subject.edition["implementation_until"]:
        ahead.append(NextDate(end, say(_("End of the implementation in this edition")), is_late=False))
    return sorted(ahead, key=lambda date: date.at)[:MOST_DATES]


def light(plan: ProjectPlan, *, at: datetime) -> tuple[str, str]:
    """The traffic light, the same as in the portfolio, and why; without one what is said in its place, if anything."""
    shown = plan.light(at)
    if not shown:
        return "", say(NO_LIGHT[plan.state]) if plan.state in NO_LIGHT else ""
    reasons, moves = [], plan.state in WITH_PLAN
    if moves and (late := plan.late_milestones(at)):
        reasons.append(say(_("Milestones after their day: {count}", count=len(late))))
    if plan.report_is_late(at):
        reasons.append(say(_("the report is late")))
    if plan.last_report is not None and plan.last_report.light == shown:
        reasons.append(say(_("as the last report says")))
    return shown, ", ".join(reasons)


def steps_beside(subject: Subject, steps: Sequence[OpenStep]) -> dict[str, StepView]:
    """The records and steps that the page offers beside what they are about, if the reader may take them now."""
    return {step.step.name: view(subject, step) for step in steps if step.step.name in BESIDE and step.permitted}


def words() -> dict[str, Any]:
    """What templates of a plan say: states of risks and promises, levels, months, moments of the case file."""
    language = identity.language()
    return {
        "risk_words": {state: say(word) for state, word in RISK_WORDS.items()},
        "promise_words": {state: say(word) for state, word in PROMISE_WORDS.items()},
        "level": lambda value: say(LEVELS[str(value)]), "moment": datetime.fromisoformat,
        "month_name": lambda day: dates.format_date(day, "LLL", locale=language),
    }  # fmt: skip
