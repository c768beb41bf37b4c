"""Then: what resolutions about an announced decision write when they are carried out: offers, promotion, annulment."""

from collections.abc import Mapping
from typing import Any

from workflow.base.calendar import deadline
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.later_decisions import Later
from workflow.rules.settings_catalogue import value

RESOLUTION = ("edition_id", "body", "year", "resolution_number")


def _pending(context: EffectContext) -> dict[str, Any]:
    """The key of the decision about the proposal that waits to be carried out, if there is one."""
    return {"proposal_id": context.facts.ref.id, "pending": True}


@effect
def open_offer(context: EffectContext, change: Change) -> None:
    """Offer the place until the end of its term; with the first offer the whole resolution is announced."""
    pending = context.facts.pending or {}
    until = deadline(context.at, days=value(context.facts.edition, "reserve_offer_days"))
    change.columns["due_at"] = until
    decision = {name: given for name, given in pending.items() if name not in RESOLUTION}
    change.recorded["offer"] = context.entry(
        until=until.isoformat(), resolution=pending["resolution"], decision=decision
    )  # fmt: skip
    change.words |= {"resolution": pending["resolution"]}
    announced = {name: pending[name] for name in RESOLUTION} | {"announced_at": None}
    change.updates.append(("decision", announced, {"announced_at": context.at}))
    # An offer that the system makes is not the first one.
    change.publishes = context.actor_id is not None


@effect
def accept_offer(context: EffectContext, change: Change) -> None:
    """Record that the place was accepted; the decision of the promotion takes the place of the one before."""
    offer = context.facts.entry("offer")
    _answer(context, change, "accepted")
    change.recorded["promotion"] = context.entry(resolution=offer.get("resolution"))
    change.recorded["decision"] = {**offer.get("decision", {}), "announced_at": offer.get("at"),
                                   "announced_by": offer.get("by")}  # fmt: skip
    effective = {"proposal_id": context.facts.ref.id, "active": True}
    change.updates.append(("decision", effective, {"active": False}))
    change.updates.append(("decision", _pending(context), {"pending": False, "active": True}))


@effect
def end_offer(context: EffectContext, change: Change) -> None:
    """Record that the offer was declined or has lapsed; its resolution is carried out."""
    _answer(context, change, "lapsed" if context.actor_id is None else "declined")
    drop_resolution(context, change)


def _answer(context: EffectContext, change: Change, answer: str) -> None:
    offer: Mapping[str, Any] = context.facts.entry("offer")
    change.recorded["offer"] = {**offer, "answer": answer, "answered_at": context.at.isoformat(), **context.answers}
    change.columns["due_at"] = None


@effect
def note_promotion(context: EffectContext, change: Change) -> None:
    """Record a promotion of a past edition, as its source states it."""
    change.recorded["promotion"] = context.entry()


@effect
def drop_resolution(context: EffectContext, change: Change) -> None:
    """Nothing waits to be carried out any more."""
    change.updates.append(("decision", _pending(context), {"pending": False}))


@effect
def carry_out_resolution(context: EffectContext, change: Change) -> None:
    """What waited to be carried out is done and announced; the entry of the history names the resolution."""
    pending = context.facts.pending
    if pending:
        change.updates.append(("decision", _pending(context), {"pending": False, "announced_at": context.at}))
        change.words |= {"resolution": pending["resolution"], "reason": pending["justification"]}
        change.publishes = True


@effect
def carry_out_cancellation(context: EffectContext, change: Change) -> None:
    """A resolution to cancel is carried out; any other that waited has nothing left to be done."""
    if (context.facts.pending or {}).get("outcome") == Later.CANCEL:
        carry_out_resolution(context, change)
    drop_resolution(context, change)


@effect
def note_annulment(context: EffectContext, change: Change) -> None:
    """Record the annulment by its resolution, and the state that was left."""
    pending = context.facts.pending or {}
    change.recorded["annulment"] = context.entry(
        left=context.facts.state, resolution=pending.get("resolution"), reason=pending.get("justification")
    )  # fmt: skip
    change.columns["due_at"] = None
