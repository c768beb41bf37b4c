"""Then: lines of the budget from the sheet, commitments and payments on them, and what is struck out."""

from msgspec.structs import asdict

from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.project_money import lines_from_sheet, plan_of


@effect
def make_budget_lines(context: EffectContext, change: Change) -> None:
    """Write the budget of the sheet as lines of the plan; nothing where there are lines already."""
    facts = context.facts
    if plan_of(facts).lines:
        return
    for line in lines_from_sheet(facts):
        row = {**asdict(line), "proposal_id": facts.ref.id, "agreed": line.planned, "created_at": context.at}
        change.rows.append(("budget_line", row))


@effect
def note_expense(context: EffectContext, change: Change) -> None:
    """Add a commitment or a payment to its line."""
    plan, data = plan_of(context.facts), context.data
    line, settled = plan.line(data["line_number"]), plan.expenses.get(data.get("settles", 0))
    if line is None:
        raise LookupError(data["line_number"])
    change.rows.append(("expense", {
        "proposal_id": plan.proposal_id, "line_id": line.id, "kind": data["expense_kind"], "day": data["day"],
        "amount": data["amount"], "what": data["paid_for"], "paper": data.get("paper_number", ""),
        "file_id": data.get("expense_file"), "settles_id": settled.id if settled else None,
        "noted_at": context.at, "noted_by_id": context.actor_id,
    }))  # fmt: skip


@effect
def strike_expense(context: EffectContext, change: Change) -> None:
    """Strike an expense out; its row stays."""
    expense = plan_of(context.facts).expenses[context.data["expense_number"]]
    struck = {"struck_at": context.at, "struck_by_id": context.actor_id, "struck_reason": context.data["reason"]}
    change.updates.append(("expense", {"id": expense.id}, struck))
