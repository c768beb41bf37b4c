"""Then: the term of an appeal by the day of notice, and what follows a resolution of the appeal body."""

from typing import Any

from workflow.base.calendar import at_hour, deadline
from workflow.rules.bodies import Body
from workflow.rules.effects.base import Change, EffectContext, effect, plain
from workflow.rules.settings_catalogue import value

SAID = ("resolution", "written_reasons")


@effect
def decide_appeal(context: EffectContext, change: Change) -> None:
    """The appeal is final, as the resolution of the appeal body says and with its reasons; the resolution is announced.

    The entry of the history names the resolution and its reasons, so that it can be repeated from its words.
    """
    resolved = context.facts.appeal_decision or {}
    said = {name: resolved[name] for name in SAID if name in resolved}
    settle_appeal(context, change, **said)
    change.words |= said
    change.publishes = True
    change.updates.append(("decision", _pending(context), {"pending": False, "announced_at": context.at}))


def settle_appeal(context: EffectContext, change: Change, **said: Any) -> None:
    """The last appeal is final, with the answers and what else is said about it; an extra day is set where one is."""
    appeals = [dict(appeal) for appeal in context.facts.entries("appeals")]
    if appeals:
        appeals[-1] |= {"decided_at": context.at.isoformat(), "decided_by": context.actor_id, "final": True,
                        "outcome": context.step, **plain(context.data), **said}  # fmt: skip
        change.recorded["appeals"] = appeals
    if context.data.get("slot_on"):
        change.recorded["extra_slot"] = {"on": context.data["slot_on"].isoformat()}
    change.columns["due_at"] = None


@effect
def drop_appeal_resolution(context: EffectContext, change: Change) -> None:
    """A resolution about an appeal that was taken back is never carried out."""
    change.updates.append(("decision", _pending(context), {"pending": False}))


@effect
def set_notice_day(context: EffectContext, change: Change) -> None:
    """The term for an appeal runs from the day on which the notice reached the group; the day of announcing is kept."""
    window, day = context.facts.entry("appeal_window"), context.data["notice_on"]
    start = at_hour(day, 0)
    until = deadline(start, days=value(context.facts.edition, "appeal_days"))
    change.recorded["appeal_window"] = {
        "from": start.isoformat(), "until": until.isoformat(), "notice": day.isoformat(),
        "announced_at": window.get("announced_at", window["from"]),
    }  # fmt: skip
    change.words["until"] = until.isoformat()


def _pending(context: EffectContext) -> dict[str, Any]:
    return {"proposal_id": context.facts.ref.id, "body": Body.APPEAL, "pending": True}
