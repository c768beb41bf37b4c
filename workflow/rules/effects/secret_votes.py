"""Then: what a secret vote writes beside its figures; the box itself is changed by the engine, in the same move."""

from workflow.rules.effects.base import BoxChange, Change, EffectContext, effect
from workflow.rules.guards.meetings import motion_of, session_of
from workflow.rules.secret_votes import needs_emptying


@effect
def choose_secrecy(context: EffectContext, change: Change) -> None:
    """A vote is secret where its motion was put so."""
    motion = motion_of(context.facts, context.attempt)
    change.columns["secret"] = motion is not None and motion.secret


@effect
def make_poll_key(context: EffectContext, change: Change) -> None:
    """A secret vote gets a key of its own, outside the database."""
    if context.facts["secret"]:
        change.box = BoxChange.MAKE


@effect
def lay_out_ballots(context: EffectContext, change: Change) -> None:
    """The ballots of the box, or those of cards, become rows that name nobody, in random order; box and key go."""
    session, poll_id = session_of(context.facts), context.facts.ref.id
    if session.laid_out is None:
        return
    from_box = needs_emptying(context.facts)
    laid_out = session.laid_out if from_box else session.card_ballots
    change.rows += [("secret_ballot", {"poll_id": poll_id, "code": code, "choice": choice})
                    for code, choice in laid_out.ballots]  # fmt: skip
    change.rows += [("ballot_receipt", {"poll_id": poll_id, "number": number}) for number in laid_out.receipts]
    if from_box:
        change.box = BoxChange.EMPTY


@effect
def destroy_box(context: EffectContext, change: Change) -> None:
    """The ballots of an open secret vote go unread, and so does its key."""
    if needs_emptying(context.facts):
        change.box = BoxChange.EMPTY


@effect
def close_poll(context: EffectContext, change: Change) -> None:
    """Record when the box was closed; the cards are typed afterwards."""
    change.columns["closed_at"] = context.at
