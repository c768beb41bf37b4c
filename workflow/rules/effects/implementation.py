"""Then: what else a step of a project under way writes."""

from typing import Any

from workflow.base.calendar import deadline, end_of_day
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.later_decisions import Later
from workflow.rules.settings_catalogue import value


@effect
def name_coordinator(context: EffectContext, change: Change) -> None:
    """Name the coordinator, who has accepted only when naming himself."""
    person = context.data["person"]
    change.columns |= {
        "coordinator_id": person,
        "coordinator_accepted_at": context.at if person == context.actor_id else None,
    }


@effect
def accept_coordination(context: EffectContext, change: Change) -> None:
    """Record when the named coordinator accepted."""
    change.columns["coordinator_accepted_at"] = context.at


@effect
def plan_milestone(context: EffectContext, change: Change) -> None:
    """Add a milestone with the next number to the action plan."""
    number = max((milestone["number"] for milestone in context.facts.entries("milestones")), default=0) + 1
    due = context.data.get("milestone_due")
    entry = {"number": number, "title": context.data["milestone"], "due_on": due.isoformat() if due else None}
    change.note(context.facts, "milestones", entry)


@effect
def finish_milestone(context: EffectContext, change: Change) -> None:
    """Record that a milestone is done, or dropped and why."""
    number, dropped = context.data["milestone_number"], context.data.get("waived_reason")
    outcome: dict[str, Any] = {"waived_reason": dropped} if dropped else {"done_at": context.at.isoformat()}
    change.recorded["milestones"] = [
        {**milestone, **outcome, "by": context.actor_id} if milestone["number"] == number else milestone
        for milestone in context.facts.entries("milestones")
    ]  # fmt: skip


@effect
def note_start(context: EffectContext, change: Change) -> None:
    """Record who started the implementation and when."""
    change.recorded["start"] = {"by": context.actor_id, "at": context.at.isoformat()}


@effect
def keep_report(context: EffectContext, change: Change) -> None:
    """Add a report about a period; it waits to be accepted."""
    change.note(context.facts, "reports", context.entry())


@effect
def accept_report(context: EffectContext, change: Change) -> None:
    """Record who accepted the last report and when."""
    reports = [dict(report) for report in context.facts.entries("reports")]
    reports[-1] |= {"accepted_at": context.at.isoformat(), "accepted_by": context.actor_id}
    change.recorded["reports"] = reports


@effect
def reset_final_acceptance(_context: EffectContext, change: Change) -> None:
    """Take the acceptance of an earlier final report back."""
    change.recorded["accept_final_report"] = None


@effect
def note_suspension(context: EffectContext, change: Change) -> None:
    """Record the suspension, and the planned day of resuming as the due date."""
    change.recorded["suspension"] = context.entry()
    change.columns["due_at"] = end_of_day(context.data["resume_on"])


@effect
def end_suspension(_context: EffectContext, change: Change) -> None:
    """Take the suspension and its due date out of the case file."""
    change.recorded["suspension"] = None
    change.columns["due_at"] = None


@effect
def note_completion(context: EffectContext, change: Change) -> None:
    """Record the completion, and the end of the term for the settlement as the due date."""
    change.recorded["completion"] = context.entry()
    change.columns["due_at"] = deadline(context.at, days=value(context.facts.edition, "settlement_days"))


@effect
def close_file(context: EffectContext, change: Change) -> None:
    """Record the archiving; nothing is due any more."""
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
    """Record the cancellation, the state that was left and who proposed it."""
    proposal, pending = context.facts.entry("propose_cancellation"), context.facts.pending or {}
    resolved = {}
    if pending.get("outcome") == Later.CANCEL:
        resolved = {"resolution": pending["resolution"], "reason": pending["justification"]}
    change.recorded["cancellation"] = context.entry(
        left=context.facts.state, proposed_by=proposal.get("by"), **resolved
    )  # fmt: skip
    change.columns["due_at"] = None
