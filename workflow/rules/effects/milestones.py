"""Then: what the steps of a milestone write.

What is read from the plan of the project is written by effects of their own, which a replay leaves out: `FROM_ROWS`.
"""

from typing import Any

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.rules.effects.base import SELF, Change, EffectContext, effect
from workflow.rules.project_money import plan_of

# The columns that answers fill, by the name of the answer; `due_on` becomes the end of its day.
COLUMNS = {
    "title": "title", "details": "description", "starts_on": "starts_on", "person": "owner_id",
    "organisation": "organisation_id", "sheet_row": "sheet_row",
}  # fmt: skip
TEXTS = frozenset({"description"})


def _columns(context: EffectContext) -> dict[str, Any]:
    """The columns of the answers that were given; an answer that was given empty takes out what was there."""
    given = context.data
    columns = {column: given[name] for name, column in COLUMNS.items() if name in given}
    columns |= {name: "" for name in TEXTS if name in columns and columns[name] is None}
    if "due_on" in given:
        columns["due_at"] = end_of_day(given["due_on"]) if given["due_on"] else None
    return columns


@effect
def begin_milestone(context: EffectContext, change: Change) -> None:
    """Write what was planned: who, what, by when."""
    change.columns |= {"proposal_id": context.data["project"], **_columns(context)}


@effect
def edit_milestone(context: EffectContext, change: Change) -> None:
    """Write what was changed, and nothing else."""
    change.columns |= _columns(context)


@effect
def place_milestone(context: EffectContext, change: Change) -> None:
    """Number a new milestone among those of its project, and link the line of the budget that pays for it."""
    plan, given = plan_of(context.facts), context.data
    if context.facts.state is None:
        change.columns["number"] = max((milestone.number for milestone in plan.milestones), default=0) + 1
    if "line_number" in given:
        line = plan.line(given["line_number"])
        change.columns["budget_line_id"] = line.id if line else None


@effect
def order_milestone(context: EffectContext, change: Change) -> None:
    """Write which milestones come before it, in place of those written before."""
    if "after" not in context.data:
        return
    plan, own = plan_of(context.facts), context.facts.ref.id
    if own:
        change.removals.append(("milestone_dependency", {"milestone_id": own}))
    earlier = [milestone for number in context.data["after"] or () if (milestone := plan.milestone(number))]
    change.rows += [
        ("milestone_dependency", {"milestone_id": own or SELF, "after_id": milestone.id}) for milestone in earlier
    ]


@effect
def finish_milestone_row(context: EffectContext, change: Change) -> None:
    """Record the day on which it was done, and what was reached."""
    done_on = context.data.get("done_on") or warsaw_date(context.at)
    change.columns |= {"done_on": done_on, "outcome": context.data["outcome_text"]}


@effect
def waive_milestone_row(context: EffectContext, change: Change) -> None:
    """Record why it is waived."""
    change.columns |= {"outcome": context.data["reason"]}


@effect
def reopen_milestone_row(_context: EffectContext, change: Change) -> None:
    """Take back when it was done and what was said about it; the reason stays in the history."""
    change.columns |= {"done_on": None, "outcome": ""}


@effect
def assign_milestone(context: EffectContext, change: Change) -> None:
    """Record who is responsible; nobody named means the coordinator."""
    change.columns |= {"owner_id": context.data.get("person"), "organisation_id": context.data.get("organisation")}


@effect
def add_evidence(context: EffectContext, change: Change) -> None:
    """Link files that show that it was reached; a file that is linked already is linked anew."""
    own, public = context.facts.ref.id, bool(context.data.get("evidence_public"))
    for file in context.data.get("evidence") or ():
        change.removals.append(("milestone_evidence", {"milestone_id": own, "file_id": file}))
        row = {"milestone_id": own, "file_id": file, "added_at": context.at, "added_by_id": context.actor_id,
               "public": public}  # fmt: skip
        change.rows.append(("milestone_evidence", row))


@effect
def freeze_milestone(context: EffectContext, change: Change) -> None:
    """Record its day as the one of the accepted plan."""
    change.columns["baseline_due_at"] = context.facts.due_at


@effect
def move_milestone(context: EffectContext, change: Change) -> None:
    """Write the new day; that of the accepted plan stays."""
    change.columns["due_at"] = end_of_day(context.data["due_on"])


@effect
def rescope_milestone(context: EffectContext, change: Change) -> None:
    """Write what it consists of now."""
    change.columns["description"] = context.data["details"]
