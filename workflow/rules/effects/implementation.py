"""Then: what else a step of a project under way writes."""

from typing import Any

from workflow.base.calendar import deadline, end_of_day
from workflow.rules.effects.base import Change, Doing, effect


@effect
def name_coordinator(doing: Doing, change: Change) -> None:
    person = doing.data["person"]
    change.columns |= {
        "coordinator_id": person,
        "coordinator_accepted_at": doing.at if person == doing.actor_id else None,
    }


@effect
def accept_coordination(doing: Doing, change: Change) -> None:
    change.columns["coordinator_accepted_at"] = doing.at


@effect
def plan_milestone(doing: Doing, change: Change) -> None:
    number = max((milestone["number"] for milestone in doing.facts.entries("milestones")), default=0) + 1
    due = doing.data.get("milestone_due")
    entry = {"number": number, "title": doing.data["milestone"], "due_on": due.isoformat() if due else None}
    change.note(doing.facts, "milestones", entry)


@effect
def finish_milestone(doing: Doing, change: Change) -> None:
    number, dropped = doing.data["milestone_number"], doing.data.get("waived_reason")
    outcome: dict[str, Any] = {"waived_reason": dropped} if dropped else {"done_at": doing.at.isoformat()}
    change.recorded["milestones"] = [
        {**milestone, **outcome, "by": doing.actor_id} if milestone["number"] == number else milestone
        for milestone in doing.facts.entries("milestones")
    ]  # fmt: skip


@effect
def note_start(doing: Doing, change: Change) -> None:
    change.recorded["start"] = {"by": doing.actor_id, "at": doing.at.isoformat()}


@effect
def keep_report(doing: Doing, change: Change) -> None:
    change.note(doing.facts, "reports", doing.stamp())


@effect
def accept_report(doing: Doing, change: Change) -> None:
    reports = [dict(report) for report in doing.facts.entries("reports")]
    reports[-1] |= {"accepted_at": doing.at.isoformat(), "accepted_by": doing.actor_id}
    change.recorded["reports"] = reports


@effect
def reset_final_acceptance(_doing: Doing, change: Change) -> None:
    change.recorded["accept_final_report"] = None


@effect
def note_suspension(doing: Doing, change: Change) -> None:
    change.recorded["suspension"] = doing.stamp()
    change.columns["due_at"] = end_of_day(doing.data["resume_on"])


@effect
def end_suspension(_doing: Doing, change: Change) -> None:
    change.recorded["suspension"] = None
    change.columns["due_at"] = None


@effect
def note_completion(doing: Doing, change: Change) -> None:
    change.recorded["completion"] = doing.stamp()
    change.columns["due_at"] = deadline(doing.at, days=doing.facts.edition["settlement_days"])


@effect
def close_file(doing: Doing, change: Change) -> None:
    change.recorded["archive"] = doing.stamp()
    change.columns["due_at"] = None


@effect
def reopen_work(doing: Doing, change: Change) -> None:
    """What was accepted has to be accepted again."""
    change.recorded |= {"completion": None, "accept_final_report": None, "accept_settlement": None}
    change.note(doing.facts, "reopenings", doing.stamp())
    change.columns["due_at"] = None


@effect
def note_cancellation(doing: Doing, change: Change) -> None:
    proposal = doing.facts.entry("propose_cancellation")
    change.recorded["cancellation"] = doing.stamp(left=doing.facts.state, proposed_by=proposal.get("by"))
    change.columns["due_at"] = None
