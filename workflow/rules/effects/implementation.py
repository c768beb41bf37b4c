"""Then: what else a step of a project under way writes."""

from typing import Any

from workflow.base.calendar import deadline, end_of_day
from workflow.rules.effects.base import Change, EffectContext, effect


@effect
def name_coordinator(context: EffectContext, change: Change) -> None:
    person = context.data["person"]
    change.columns |= {
        "coordinator_id": person,
        "coordinator_accepted_at": context.at if person == context.actor_id else None,
    }


@effect
def accept_coordination(context: EffectContext, change: Change) -> None:
    change.columns["coordinator_accepted_at"] = context.at


@effect
def plan_milestone(context: EffectContext, change: Change) -> None:
    number = max((milestone["number"] for milestone in context.facts.entries("milestones")), default=0) + 1
    due = context.data.get("milestone_due")
    entry = {"number": number, "title": context.data["milestone"], "due_on": due.isoformat() if due else None}
    change.note(context.facts, "milestones", entry)


@effect
def finish_milestone(context: EffectContext, change: Change) -> None:
    number, dropped = context.data["milestone_number"], context.data.get("waived_reason")
    outcome: dict[str, Any] = {"waived_reason": dropped} if dropped else {"done_at": context.at.isoformat()}
    change.recorded["milestones"] = [
        {**milestone, **outcome, "by": context.actor_id} if milestone["number"] == number else milestone
        for milestone in context.facts.entries("milestones")
    ]  # fmt: skip


@effect
def note_start(context: EffectContext, change: Change) -> None:
    change.recorded["start"] = {"by": context.actor_id, "at": context.at.isoformat()}


@effect
def keep_report(context: EffectContext, change: Change) -> None:
    change.note(context.facts, "reports", context.entry())


@effect
def accept_report(context: EffectContext, change: Change) -> None:
    reports = [dict(report) for report in context.facts.entries("reports")]
    reports[-1] |= {"accepted_at": context.at.isoformat(), "accepted_by": context.actor_id}
    change.recorded["reports"] = reports


@effect
def reset_final_acceptance(_doing: EffectContext, change: Change) -> None:
    change.recorded["accept_final_report"] = None


@effect
def note_suspension(context: EffectContext, change: Change) -> None:
    change.recorded["suspension"] = context.entry()
    change.columns["due_at"] = end_of_day(context.data["resume_on"])


@effect
def end_suspension(_doing: EffectContext, change: Change) -> None:
    change.recorded["suspension"] = None
    change.columns["due_at"] = None


@effect
def note_completion(context: EffectContext, change: Change) -> None:
    change.recorded["completion"] = context.entry()
    change.columns["due_at"] = deadline(context.at, days=context.facts.edition["settlement_days"])


@effect
def close_file(context: EffectContext, change: Change) -> None:
    change.recorded["archive"] = context.entry()
    change.columns["due_at"] = None


@effect
def reopen_work(context: EffectContext, change: Change) -> None:
    """What was accepted has to be accepted again."""
    change.recorded |= {"completion": None, "accept_final_report": None, "accept_settlement": None}
    change.note(context.facts, "reopenings", context.entry())
    change.columns["due_at"] = None


@effect
def note_cancellation(context: EffectContext, change: Change) -> None:
    proposal = context.facts.entry("propose_cancellation")
    change.recorded["cancellation"] = context.entry(left=context.facts.state, proposed_by=proposal.get("by"))
    change.columns["due_at"] = None
