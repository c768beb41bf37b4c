"""Steps of many subjects in one transaction: decided one after the other as `take` would, read and written together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from workflow.base.errors import Refusal, Stale
from workflow.engine import facts_reader
from workflow.engine.conflicts import last_of
from workflow.engine.edition_totals import after, with_totals
from workflow.engine.machine import attempt_of, moving, scope_of_step, take
from workflow.engine.move import Move, Moved, is_alone, moved_by, writing_of
from workflow.engine.move_sql import Writing
from workflow.engine.references import names_others
from workflow.engine.writing_together import write_together
from workflow.rules.facts import EMPTY, Actor, Attempt, Facts, Ref, Scope, Totals


@dataclass(frozen=True, slots=True)
class Call:
    """One step of one subject; `version` is the one on the page that was acted on."""

    ref: Ref
    step: str
    version: int | None = None
    data: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    note: str = ""


class OneRefused(Exception):
    """One step of several was refused, so nothing may be kept of any of them; `refusal` says why."""

    def __init__(self, ref: Ref, refusal: Refusal) -> None:
        super().__init__(f"{ref}: {refusal}")
        self.ref = ref
        self.refusal = refusal


def take_together(tx: Connection, calls: Sequence[Call], *, actor: Actor, at: datetime) -> list[Moved]:
    """Take the steps in their order, each as if those before it had been taken; all in the caller's transaction.

    The subjects are of one edition. It is held alone where a step's guards look at more than their own subject, and
    what it amounts to is then reckoned on from move to move. Raises OneRefused with the first step that does not fit;
    the transaction has to be given up then, since others may be written.
    """
    scope = _scope(calls)
    found = facts_reader.read_together(tx, [one.ref for one in calls], actor=actor, alone=scope is not None)
    moves = _decided(tx, calls, found, scope, actor, at)
    if moves is None:
        return [_one(tx, call, actor=actor, at=at) for call in calls]
    return _written(tx, [(move, writing_of(move)) for move in moves])


def _scope(calls: Sequence[Call]) -> Scope | None:
    """As much of the edition as any of the steps looks at; None where none looks beyond its own subject."""
    steps = {(one.ref.kind, one.step) for one in calls}
    return reduce(_both, (scope_of_step(kind, step) for kind, step in steps), None)


def _both(one: Scope | None, other: Scope | None) -> Scope | None:
    return one | other if one and other else one or other


def _decided(
    tx: Connection, calls: Sequence[Call], found: Mapping[Ref, Facts], scope: Scope | None, actor: Actor, at: datetime
) -> list[Move] | None:
    """The moves; None where they cannot be reckoned on from one another, and have to be taken one by one."""
    if len(found) != len(calls) or len({facts.edition["id"] for facts in found.values()}) > 1:
        return None
    totals = _totals(tx, found, scope) if scope is not None else None
    moves = []
    for call in calls:
        facts, attempt = replace(found[call.ref], totals=totals), attempt_of(at, call.data, call.note, None)
        if names_others(facts, call.data):
            return None
        move = _moving(tx, facts, call, attempt, actor)
        if not is_alone(move) or move.change.rows:
            return None
        moves.append(move)
        if totals is not None:
            totals = after(totals, facts, move.target, move.change.columns)
            if totals is None:
                return None
    return moves


def _totals(tx: Connection, found: Mapping[Ref, Facts], scope: Scope) -> Totals | None:
    ref, facts = next(iter(found.items()))
    return with_totals(tx, {ref: facts}, scope)[ref].totals


def _moving(tx: Connection, facts: Facts, call: Call, attempt: Attempt, actor: Actor) -> Move:
    try:
        return moving(facts, call.step, attempt, call.version, actor)
    except Stale as stale:
        raise OneRefused(call.ref, Stale(stale.current, last_of(tx, facts))) from None
    except Refusal as refusal:
        raise OneRefused(call.ref, refusal) from refusal


def _written(tx: Connection, moves: Sequence[tuple[Move, Writing]]) -> list[Moved]:
    told = []
    # Only neighbours go together, so that the history keeps the order of the steps.
    for _shape, group in groupby(moves, key=lambda one: (one[1].shape, one[0].target)):
        some = list(group)
        numbers = write_together(tx, [writing for _, writing in some])
        if numbers is None:
            first = some[0][0].facts
            raise OneRefused(first.ref, Stale(first.version))
        told += [moved_by(move, writing, n) for (move, writing), n in zip(some, numbers, strict=True)]
    return told


def _one(tx: Connection, call: Call, *, actor: Actor, at: datetime) -> Moved:
    try:
        return take(tx, call.ref, call.step, actor=actor, at=at, version=call.version, note=call.note, data=call.data)
    except Refusal as refusal:
        raise OneRefused(call.ref, refusal) from refusal
