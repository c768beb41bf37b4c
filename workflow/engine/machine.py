"""The one way through which anything moves: take() a step of a subject, create() a subject by its first step.

The order of a step is always the same: the subject and its edition are locked and read; was the same call answered
before; may the actor see it, who may, is the page fresh, does a row leave this state, what was answered, only if; then
the machine of `transitions` moves it, the effects say what else changes, and all of it is written. Deciding is pure.
Nothing here commits: that is done once, at the edge.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from operator import or_

from sqlalchemy import Connection

from workflow.base.errors import Stale
from workflow.engine import facts_reader, idempotency
from workflow.engine.appeal_reader import with_electors
from workflow.engine.ballot_box import with_opened_box
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.conflicts import last_change
from workflow.engine.decision import OpenStep, decide, open_steps
from workflow.engine.edition_totals import with_totals
from workflow.engine.first_settings import copy_texts, with_settings
from workflow.engine.follow_up import follow_up
from workflow.engine.hall_box import with_counted_hall
from workflow.engine.move import Moved, change_of, move_of, write
from workflow.engine.particulars import with_all_particulars, with_particulars
from workflow.engine.preview import Preview, preview
from workflow.engine.publication import publish
from workflow.engine.references import with_references
from workflow.engine.session_reader import with_decisions
from workflow.engine.undo import may_undo, undo
from workflow.rules.effects import Change
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.registry import lifecycle_of, newest, scope_from, scope_of_step, table_for, tables
from workflow.rules.totals import NARROW, Scope

__all__ = ["CreateCommand", "Moved", "OpenStep", "Preview", "StepCommand", "create", "decide", "facts_of",
           "lifecycle_of", "may_undo", "newest", "open_steps", "preview", "tables", "take", "undo"]  # fmt: skip


def facts_of(tx: Connection, refs: Iterable[Ref], *, actor: Actor, scope: Scope = NARROW) -> dict[Ref, Facts]:
    """Facts for pages, with as much of the totals as open steps look at, and at least what the scope says.

    Takes no lock. A fixed number of statements, however many subjects of a kind.
    """
    facts = facts_reader.read_facts(tx, refs, actor=actor)
    facts = with_electors(tx, with_decisions(tx, with_all_particulars(tx, facts)))
    return with_totals(tx, facts, reduce(or_, map(scope_from, facts.values()), scope))


def take(tx: Connection, command: StepCommand) -> Moved:
    """Take one step of a subject, wholly, in the caller's transaction; sends no mail and commits nothing.

    State, effects, history, outbox and timers are written together, with the steps that the system takes of other
    subjects because of it. A command with a key that was used before gets the first answer again. Raises a Refusal,
    having written nothing.
    """
    attempt = command.attempt()
    facts = facts_reader.lock_subject(
        tx, command.ref, actor=command.actor, scope=scope_of_step(command.ref.kind, command.step),
        data=attempt.data or {},
    )  # fmt: skip
    facts = with_particulars(tx, facts, attempt.data or {}, at=command.at)
    facts = with_electors(tx, with_decisions(tx, {command.ref: facts}))[command.ref]
    fingerprint = idempotency.fingerprint(command, attempt)
    if first := idempotency.first_answer(tx, command, fingerprint):
        return first
    with naming_last_change(tx, facts):
        decision = decide(lifecycle_of(facts), facts, command.step, attempt, version=command.version)
        ready = with_counted_hall(tx, with_opened_box(tx, facts, decision), decision)
        move = move_of(ready, decision, command.actor)
        moved = write(tx, move)
    for following in follow_up(tx, move):
        take(tx, following)
    if move.change.publishes:
        publish(tx, facts.edition["id"], actor=command.actor, at=command.at)
    idempotency.keep_answer(tx, command, fingerprint, moved)
    return moved


@contextmanager
def naming_last_change(tx: Connection, facts: Facts) -> Iterator[None]:
    """Let a refusal because of a stale page say who changed the subject last."""
    try:
        yield
    except Stale as stale:
        raise Stale(stale.current, last_change(tx, facts)) from None


def create(tx: Connection, command: CreateCommand) -> Moved:
    """Take the step by which a subject begins: its row and its first history entry, wholly; commits nothing.

    The edition is locked, exclusively for a proposal, which takes its next number. Raises a Refusal, having written
    nothing.
    """
    attempt = command.attempt()
    facts = facts_reader.facts_before_creation(
        tx, command.kind, edition_id=command.edition_id, actor=command.actor, lock=True
    )
    lifecycle = table_for(command.kind, facts.edition)
    facts = with_particulars(tx, with_references(tx, facts, attempt.data or {}), attempt.data or {}, at=command.at)
    fingerprint = idempotency.fingerprint(command, attempt)
    if first := idempotency.first_answer(tx, command, fingerprint):
        return first
    decision = with_settings(tx, command, decide(lifecycle, facts, command.step, attempt))
    change = change_of(facts, decision, command.actor)
    created = facts_reader.insert_subject(
        tx, command.kind, lifecycle, decision.target, command.edition_id, {**(command.columns or {}), **change.columns},
        command.actor, command.at,
    )  # fmt: skip
    # The columns are in the row already.
    rest = Change(join=change.join, recorded=change.recorded, rows=change.rows, words=change.words)
    moved = write(tx, move_of(created, decision, command.actor, change=rest))
    copy_texts(tx, command, moved)
    idempotency.keep_answer(tx, command, fingerprint, moved)
    return moved
