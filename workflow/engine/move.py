"""Writes one move: the subject's row, the history entry with its words, the outbox row, the timers.

All of it or nothing, in the transaction of the caller, by the same statements on both databases.
"""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from workflow.base.errors import Stale
from workflow.db import wake_up
from workflow.db.joined_statements import Write, run_joined
from workflow.engine import facts_reader, history
from workflow.engine.ballot_box import change_box
from workflow.engine.decision import Decision
from workflow.engine.draws import commit_once
from workflow.engine.membership import change_members
from workflow.engine.move_sql import (
    INSERT_CONTENT,
    INSERT_ENTRY,
    INSERT_OUTBOX,
    delete_rows,
    entry_key,
    insert_row,
    update_other,
    update_row,
)
from workflow.engine.timers import reset_edition, timer_statements
from workflow.lifecycle.definition import Lifecycle, Step
from workflow.models.base import Base, table_of
from workflow.rules.effects import EFFECTS, Change, EffectContext
from workflow.rules.effects.base import SELF, plain
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.registry import lifecycle_of

# The step and the row of an entry that takes back the one before it; no table has it.
UNDO = "undo"


class Moved(Struct, frozen=True):
    """What a step did."""

    ref: Ref
    step: str
    source: str | None
    target: str
    version: int
    history_id: int
    at: datetime
    hash: str
    replayed: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is kept for an idempotency key."""
        return {
            "kind": self.ref.kind,
            "id": self.ref.id,
            "step": self.step,
            "from": self.source,
            "to": self.target,
            "version": self.version,
            "history_id": self.history_id,
            "at": self.at.isoformat(),
            "hash": self.hash,
        }

    @classmethod
    def again(cls, kept: Mapping[str, Any]) -> "Moved":
        """The first answer, given once more."""
        return cls(
            Ref(kept["kind"], kept["id"]),
            kept["step"],
            kept["from"],
            kept["to"],
            kept["version"],
            kept["history_id"],
            datetime.fromisoformat(kept["at"]),
            kept["hash"],
            replayed=True,
        )


class Move(Struct, frozen=True):
    """Everything decided about a step, ready to be written."""

    lifecycle: Lifecycle
    facts: Facts
    row: str
    step: str
    target: str
    previous_state: str | None
    role: str
    actor: Actor
    at: datetime
    topic: str | None
    change: Change
    note: str = ""
    data: Mapping[str, Any] | None = None
    # Whether what it overwrites is kept, so that the step can be reverted.
    reversible: bool = False
    # Whether it enters its target anew, as a step does and a record does not; timers are set then.
    enters: bool = True
    # Of an undoing: since when the subject was in the state that it goes back to, and until when it was reminded then.
    since: datetime | None = None
    reminded_until: datetime | None = None
    # What its outbox row carries.
    payload: Mapping[str, Any] | None = None


def move_of(facts: Facts, decision: Decision, actor: Actor, *, change: Change | None = None) -> Move:
    """The move that a decision amounts to, with everything that its effects change besides the state; pure.

    With `change` its effects are not asked again.
    """
    lifecycle, step, attempt = lifecycle_of(facts), decision.step, decision.attempt
    paper = {"paper_on": attempt.paper_on} if attempt.paper_on else {}
    change = change or change_of(facts, decision, actor)
    move = Move(
        lifecycle=lifecycle, facts=facts, row=step.id, step=step.name, target=decision.target,
        previous_state=_previous_state(lifecycle, facts, decision.target), role=decision.role, actor=actor,
        at=attempt.at, topic=step.tells, change=change, note=attempt.note,
        data={**(attempt.data or {}), **change.words, **paper}, reversible=bool(step.undo), enters=not step.is_record,
    )  # fmt: skip
    _keep_record(step, move)
    return move


def change_of(facts: Facts, decision: Decision, actor: Actor, *, lenient: bool = False) -> Change:
    """What the effects of a step change; pure. If lenient, effects that miss an answer are left out."""
    change, attempt = Change(), decision.attempt
    context = EffectContext(facts, attempt, decision.step.name, attempt.data or {}, actor.id, actor.name)
    for name in decision.step.effects:
        try:
            EFFECTS[name](context, change)
        except KeyError:
            if not lenient:
                raise
    return change


def _previous_state(lifecycle: Lifecycle, facts: Facts, target: str) -> str | None:
    if target == facts.state:
        return facts.previous_state
    return facts.state if lifecycle.states[target].remembers else None


def _keep_record(step: Step, move: Move) -> None:
    """Add to the case file what the row of the table says that a record keeps."""
    change, facts = move.change, move.facts
    if step.is_record and step.keeps != "none":
        entry = {"by": move.actor.id, "by_name": move.actor.name, "at": move.at.isoformat(), **plain(move.data or {})}
        if move.note:
            entry["note"] = move.note
        if step.keeps == "one":
            change.recorded[step.name] = entry
        else:
            change.note(facts, step.name, entry)


def write(tx: Connection, move: Move) -> Moved:
    """Write everything that a move changes in one subject, in the transaction of the caller.

    Its facts were read under lock; raises Stale where the row is in another version all the same. The transaction has
    to be rolled back after any error.
    """
    facts, change = move.facts, move.change
    content, digest = _content(move)
    entry = _entry(move, facts.version + 1, digest)
    columns = {**columns_of(move), "head_hash": entry["hash"]}
    written, history_id = run_joined(tx, *_statements(move, columns, entry, content))
    if written is None or history_id is None:
        raise Stale(facts.version)
    if move.topic:
        wake_up.after_commit(tx)
    if change.join or change.leave:
        change_members(tx, facts.ref.id, join=change.join, leave=change.leave, at=move.at)
    if change.box:
        change_box(tx, facts.ref, change.box)
    if change.commits_draw and move.actor.id is not None:
        commit_once(tx, facts.edition["id"], move.actor.id, at=move.at)
    if change.timers and facts.ref.kind == "edition":
        reset_edition(tx, facts.ref.id, at=move.at, freeze=change.timers == "freeze")
    return Moved(facts.ref, move.step, facts.state, move.target, entry["version"], history_id, move.at, entry["hash"])


def _statements(
    move: Move, columns: Mapping[str, Any], entry: Mapping[str, Any], content: Mapping[str, Any] | None
) -> tuple[list[Write], list[Write]]:
    """What is written at once, and what follows in its order: rows of a table that another statement writes too."""
    own, inserts = list(_own_rows(move, columns, entry, content)), list(_inserts(move))
    tables = {statement.table for statement, _values in (*own, *inserts)}
    if not move.change.removals and len(tables) == len(own) + len(inserts):
        own, inserts = own + inserts, []
    return own, [*_deletes(move), *inserts, *_updates(move)]


def _own_rows(
    move: Move, columns: Mapping[str, Any], entry: Mapping[str, Any], content: Mapping[str, Any] | None
) -> Iterator[Write]:
    """The row, its history entry with its content, the outbox row, the clock."""
    facts = move.facts
    here = {"this_id": facts.ref.id, "this_version": facts.version}
    yield update_row(table_of(facts_reader.KINDS[facts.ref.kind]), frozenset(columns)), {**columns, **here}
    yield INSERT_ENTRY, entry
    if content:
        yield INSERT_CONTENT, {**content, **entry_key(entry)}
    if move.topic:
        yield INSERT_OUTBOX, {**_outbox_row(move, entry["version"]), **entry_key(entry)}
    yield from timer_statements(
        move.lifecycle, facts, move.target, columns, at=move.at, enters=move.enters, since=move.since or move.at,
        reminded_until=move.reminded_until or move.at,
    )  # fmt: skip


def _deletes(move: Move) -> Iterator[Write]:
    for name, key in move.change.removals:
        yield delete_rows(Base.metadata.tables[name], frozenset(key)), key


def _inserts(move: Move) -> Iterator[Write]:
    for name, row in move.change.rows:
        known = {column: move.facts.ref.id if value is SELF else value for column, value in row.items()}
        yield insert_row(Base.metadata.tables[name], frozenset(known)), known


def _updates(move: Move) -> Iterator[Write]:
    for name, key, values in move.change.updates:
        empty = frozenset(column for column, value in key.items() if value is None)
        statement = update_other(Base.metadata.tables[name], frozenset(key), empty, frozenset(values))
        yield statement, {**values, **{f"key_{column}": value for column, value in key.items()}}


def _outbox_row(move: Move, version: int) -> dict[str, Any]:
    ref = move.facts.ref
    return {
        "key": f"{ref}:{version}", "topic": move.topic, "subject_kind": ref.kind, "subject_id": ref.id,
        "payload": dict(move.payload or {}), "at": move.at,
    }  # fmt: skip


def _content(move: Move) -> tuple[dict[str, Any] | None, str]:
    """The note and answers of the entry and their salted digest; none where nothing was said and nothing is kept."""
    data = plain(move.data or {})
    before = _before(move) if move.reversible else {}
    if not (move.note or data or before):
        return None, ""
    salt = secrets.token_hex(8)
    digest = history.content_digest(salt, move.note, data, before)
    return {"salt": salt, "note": move.note, "data": data, "before": before}, digest


def _before(move: Move) -> dict[str, Any]:
    """What the step overwrites, so that an undoing can put it back."""
    facts = move.facts
    columns = {name: facts.own.get(name) for name in move.change.columns}
    return {
        "previous_state": facts.previous_state,
        "columns": {k: v.isoformat() if isinstance(v, datetime) else v for k, v in columns.items()},
        "recorded": {name: facts.recorded.get(name) for name in move.change.recorded},
    }


def _entry(move: Move, version: int, content: str) -> dict[str, Any]:
    facts, lifecycle = move.facts, move.lifecycle
    # In the order of history.COVERED.
    link = history.linked([
        str(facts.ref), version, f"{lifecycle.name}/{lifecycle.version}", move.row, move.step, facts.state, move.target,
        move.actor.id, move.role, history.moment(move.at), content, facts.head_hash,
    ])  # fmt: skip
    return {
        "subject_kind": facts.ref.kind, "subject_id": facts.ref.id, "version": version, "lifecycle": lifecycle.name,
        "lifecycle_version": lifecycle.version, "row": move.row, "step": move.step, "from_state": facts.state,
        "to_state": move.target, "actor_id": move.actor.id, "role": move.role, "at": move.at, "content_digest": content,
        "prev_hash": facts.head_hash, "hash": link,
    }  # fmt: skip


def columns_of(move: Move) -> dict[str, Any]:
    """The columns of the subject's row that a move changes, the hash of its entry aside; pure."""
    columns = {
        "state": move.target,
        "version": move.facts.version + 1,
        "previous_state": move.previous_state,
        "updated_at": move.at,
        **move.change.columns,
    }
    if move.facts.ref.kind == "proposal" and move.target != move.facts.state:
        columns["state_since"] = move.since or move.at
    if move.lifecycle.version != move.facts.lifecycle_version:
        columns["lifecycle_version"] = move.lifecycle.version
    if move.change.recorded:
        merged = {**move.facts.recorded, **move.change.recorded}
        columns["recorded"] = {name: value for name, value in merged.items() if value is not None}
    return columns
