"""Then: what the steps of a request to change a plan write, and what an approved one changes."""

from typing import Any

from workflow.base.calendar import deadline, end_of_day, warsaw_date
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.facts import Ref
from workflow.rules.plan import ChangeKind, ProjectPlan
from workflow.rules.project_money import plan_of
from workflow.rules.settings_catalogue import value

MOVES = {ChangeKind.DATE: "move", ChangeKind.SCOPE: "rescope"}


@effect
def begin_change(context: EffectContext, change: Change) -> None:
    """Write what is asked for, by whom, and until when it has to be decided."""
    given = context.data
    new_day = given.get("new_day")
    change.columns |= {
        "proposal_id": given["project"], "kind": given["change_kind"], "reason": given["reason"],
        "new_due_at": end_of_day(new_day) if new_day else None, "new_text": given.get("new_text", ""),
        "new_amount": given.get("new_amount"), "requested_by_id": context.actor_id,
        "due_at": deadline(context.at, days=value(context.facts.edition, "change_days")),
    }  # fmt: skip


@effect
def place_change(context: EffectContext, change: Change) -> None:
    """Number the request, link what it is about, and keep how that is now."""
    plan, given = plan_of(context.facts), context.data
    milestone, line = plan.milestone(given.get("milestone_number")), plan.line(given.get("line_number"))
    source = plan.line(given.get("from_line"))
    before: dict[str, Any] = {}
    if milestone is not None:
        before = {"title": milestone.title, "due_at": milestone.due_at.isoformat() if milestone.due_at else None}
    elif line is not None:
        before = {"label": line.label, "planned": line.planned}
    change.columns |= {
        "number": plan.changes + 1, "milestone_id": milestone.id if milestone else None,
        "budget_line_id": line.id if line else None, "from_line_id": source.id if source else None, "before": before,
    }  # fmt: skip


@effect
def decide_change(context: EffectContext, change: Change) -> None:
    """Record who decided, when and why."""
    given = context.data
    change.columns |= {
        "decided_by_id": context.actor_id, "decided_at": context.at, "due_at": None,
        "decision_reason": given.get("reason") or given.get("remarks") or "",
    }  # fmt: skip


@effect
def carry_out_change(context: EffectContext, change: Change) -> None:
    """Change the milestone or the lines of the budget, in the same transaction."""
    own = context.facts
    if step := MOVES.get(own["kind"]):
        due = own["new_due_at"]
        answers = {"due_on": warsaw_date(due)} if due else {"details": own["new_text"]}
        change.follow.append((Ref("milestone", own["milestone_id"]), step, {**answers, "reason": own["reason"]}))
    else:
        change.updates += _money(plan_of(own), own["budget_line_id"], own["from_line_id"], own["new_amount"])


def _money(plan: ProjectPlan, line_id: int, source_id: int | None, amount: int) -> list[Any]:
    line, source = plan.line_with(line_id), plan.line_with(source_id)
    updates: list[Any] = [("budget_line", {"id": line_id}, {"planned": amount})]
    if line is not None and source is not None:
        updates.append(("budget_line", {"id": source_id}, {"planned": source.planned - (amount - line.planned)}))
    return updates


@effect
def close_change(_context: EffectContext, change: Change) -> None:
    """Nothing has to be decided any more."""
    change.columns["due_at"] = None
