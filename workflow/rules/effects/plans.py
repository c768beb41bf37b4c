"""Then: what records of a project write about its plan, its risks and the promises of its partners."""

from workflow.base.calendar import deadline
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.facts import Ref
from workflow.rules.settings_catalogue import value
from workflow.rules.states import PromiseState, RiskState


@effect
def accept_plan(context: EffectContext, change: Change) -> None:
    """Record when the plan was accepted; the day of each milestone becomes that of the accepted plan."""
    change.columns["plan_accepted_at"] = context.at
    plan = context.facts.plan
    change.follow += [(Ref("milestone", milestone.id), "freeze", {}) for milestone in plan.milestones] if plan else []


@effect
def note_risk(context: EffectContext, change: Change) -> None:
    """Add a risk; the database numbers it among those of the project."""
    given = context.data
    row = {
        "proposal_id": context.facts.ref.id, "title": given["risk"], "likelihood": int(given["likelihood"]),
        "impact": int(given["impact"]), "response": given.get("response", ""), "owner_id": given.get("person"),
        "state": RiskState.OPEN.value, "noted_at": context.at, "noted_by_id": context.actor_id,
    }  # fmt: skip
    change.rows.append(("risk", row))


@effect
def assign_risk(context: EffectContext, change: Change) -> None:
    """Say who is responsible for a risk from now on."""
    key = {"proposal_id": context.facts.ref.id, "number": context.data["risk_number"]}
    change.updates.append(("risk", key, {"owner_id": context.data["person"]}))


@effect
def settle_risk(context: EffectContext, change: Change) -> None:
    """Record what became of a risk."""
    given = context.data
    values = {"state": given["risk_state"], "result": given.get("remarks", ""), "closed_at": context.at,
              "closed_by_id": context.actor_id}  # fmt: skip
    key = {"proposal_id": context.facts.ref.id, "number": given["risk_number"]}
    change.updates.append(("risk", key, values))


@effect
def note_promise(context: EffectContext, change: Change) -> None:
    """Add what a partner promised."""
    given = context.data
    row = {
        "proposal_id": context.facts.ref.id, "partner": given["partner"], "text": given["promise"],
        "organisation_id": given.get("organisation"), "sheet_row": given.get("sheet_row"),
        "state": PromiseState.OPEN.value, "created_at": context.at,
    }  # fmt: skip
    change.rows.append(("promise", row))


@effect
def judge_promise(context: EffectContext, change: Change) -> None:
    """Record how a promise was kept."""
    given = context.data
    values = {"state": given["promise_state"], "note": given.get("remarks", ""), "judged_at": context.at,
              "judged_by_id": context.actor_id}  # fmt: skip
    change.updates.append(("promise", {"proposal_id": context.facts.ref.id, "id": given["promise_number"]}, values))


@effect
def begin_reserve_check(context: EffectContext, change: Change) -> None:
    """The office has so many days to say what a cancelled project means for the reserve list."""
    change.columns["due_at"] = deadline(context.at, days=value(context.facts.edition, "withdrawal_days"))


@effect
def end_reserve_check(_context: EffectContext, change: Change) -> None:
    """Nothing is due any more."""
    change.columns["due_at"] = None
