"""Writes one move: the subject's row, the history entry with its words, the outbox row, the timers.

All of it or nothing, in the transaction of the caller. This is the fast path: what is slow here is slow everywhere.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workflow import history, store, timers
from workflow.effects import Change
from workflow.effects.base import plain
from workflow.facts import SYSTEM, Actor, Facts, Ref
from workflow.lifecycle import Lifecycle, Step
from workflow.models import HistoryContent, HistoryEntry, OutboxRow, Proposal, Timer
from workflow.models.base import table_of
from workflow.tables import lifecycle_of

# Steps that are not rows of a table.
UNDO = "undo"


_INSERT_ENTRY = insert(table_of(HistoryEntry)).returning(table_of(HistoryEntry).c.id)
_INSERT_CONTENT = insert(table_of(HistoryContent))
_INSERT_OUTBOX = insert(table_of(OutboxRow))


@dataclass(frozen=True, slots=True)
class Moved:
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


@dataclass(frozen=True, slots=True)
class Move:
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


def step_move(step: Step, move: Move) -> Move:
    """Fill in what the row of the table says about writing: what a record keeps, what a later undoing needs."""
    change, facts = move.change, move.facts
    if step.is_record and step.keeps != "none":
        entry = {"by": move.actor.id, "by_name": move.actor.name, "at": move.at.isoformat(), **plain(move.data or {})}
        if move.note:
            entry["note"] = move.note
        if step.keeps == "one":
            change.recorded[step.name] = entry
        else:
            change.note(facts, step.name, entry)
    return replace(move, reversible=bool(step.undo))


def advance(tx: Connection, move: Move) -> Moved | None:
    """Write the move; None where somebody else moved the subject since its facts were read, and nothing is written."""
    facts, change = move.facts, move.change
    version = facts.version + 1
    content = _content(move)
    entry = _entry(move, version, content["digest"])
    values = _row_values(move, version, entry["hash"])
    if not store.move_subject(tx, facts, values):
        return None
    number = int(tx.execute(_INSERT_ENTRY, entry).scalar_one())
    if content["digest"]:
        words = {name: content[name] for name in ("salt", "note", "data", "before")}
        tx.execute(_INSERT_CONTENT, {"history_id": number, **words})
    if move.topic:
        told = {
            "key": f"{facts.ref}:{version}", "topic": move.topic, "subject_kind": facts.ref.kind,
            "subject_id": facts.ref.id, "history_id": number, "payload": {}, "at": move.at,
        }  # fmt: skip
        tx.execute(_INSERT_OUTBOX, told)
    if change.join or change.leave:
        store.change_members(tx, facts.ref.id, join=change.join, leave=change.leave, at=move.at)
    _set_timers(tx, move, values)
    return Moved(facts.ref, move.step, facts.state, move.target, version, number, move.at, entry["hash"])


def _content(move: Move) -> dict[str, Any]:
    data = plain(move.data or {})
    before = _before(move) if move.reversible else {}
    if not (move.note or data or before):
        return {"digest": ""}
    salt = secrets.token_hex(8)
    return {
        "salt": salt,
        "note": move.note,
        "data": data,
        "before": before,
        "digest": history.content_digest(salt, move.note, data, before),
    }


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
    fields = {
        "subject": str(facts.ref), "version": version, "lifecycle": f"{lifecycle.name}/{lifecycle.version}",
        "row": move.row, "step": move.step, "from": facts.state, "to": move.target, "actor": move.actor.id,
        "role": move.role, "at": history.moment(move.at), "content": content, "prev_hash": facts.head_hash,
    }  # fmt: skip
    return {
        "subject_kind": facts.ref.kind, "subject_id": facts.ref.id, "version": version, "lifecycle": lifecycle.name,
        "lifecycle_version": lifecycle.version, "row": move.row, "step": move.step, "from_state": facts.state,
        "to_state": move.target, "actor_id": move.actor.id, "role": move.role, "at": move.at, "content_digest": content,
        "prev_hash": facts.head_hash, "hash": history.digest(fields),
    }  # fmt: skip


def _row_values(move: Move, version: int, head: str) -> dict[str, Any]:
    recorded = {k: v for k, v in (dict(move.facts.recorded) | move.change.recorded).items() if v is not None}
    values = {
        "state": move.target,
        "version": version,
        "previous_state": move.previous_state,
        "head_hash": head,
        "updated_at": move.at,
        **move.change.columns,
    }
    if move.change.recorded:
        values["recorded"] = recorded
    return values


def _set_timers(tx: Connection, move: Move, values: Mapping[str, Any]) -> None:
    """Timers follow the state and the dates: gone with the state that was left, set for the one that was entered."""
    facts, lifecycle = move.facts, move.lifecycle
    if move.change.timers and facts.ref.kind == "edition":
        reset_edition(tx, facts.ref.id, at=move.at, freeze=move.change.timers == "freeze")
    if not move.enters and "due_at" not in move.change.columns:
        return
    if timers.has_timers(lifecycle, facts.state):
        drop_timers(tx, facts.ref, at=move.at, outcome="left")
    if timers.has_timers(lifecycle, move.target):
        after = replace(
            facts, state=move.target, due_at=values.get("due_at", facts.due_at), own=dict(facts.own) | dict(values)
        )
        set_timers(tx, lifecycle, after, since=move.at)


def set_timers(tx: Connection, lifecycle: Lifecycle, facts: Facts, *, since: datetime) -> None:
    """Put a row for each date ahead; a row for the same date that was set and dropped before wakes up again."""
    rows = [
        {"subject_kind": facts.ref.kind, "subject_id": facts.ref.id, "name": due.name, "state": facts.state,
         "due_at": due.at}
        for due in timers.plan(lifecycle, facts, since=since)
    ]  # fmt: skip
    for row in rows:
        same = [getattr(Timer, name) == row[name] for name in ("subject_kind", "subject_id", "name", "due_at")]
        woken = update(Timer).where(*same, Timer.outcome.in_(("", "left", "frozen")))
        if tx.execute(woken.values(done_at=None, outcome="", state=row["state"])).rowcount == 0:
            fired = tx.execute(Timer.__table__.select().where(*same)).first()
            if fired is None:
                tx.execute(insert(Timer).values(**row))


def drop_timers(tx: Connection, ref: Ref, *, at: datetime, outcome: str) -> None:
    """Take away what the clock still had to do for a subject."""
    tx.execute(
        update(Timer)
        .where(Timer.subject_kind == ref.kind, Timer.subject_id == ref.id, Timer.done_at.is_(None))
        .values(done_at=at, outcome=outcome)
    )


def reset_edition(tx: Connection, edition_id: int, *, at: datetime, freeze: bool) -> None:
    """Set the timers of all proposals of an edition anew, after its dates moved; or take them away while it rests."""
    ids = tx.execute(select(Proposal.id).where(Proposal.edition_id == edition_id).order_by(Proposal.id)).scalars()
    found = store.read_facts(tx, [Ref("proposal", one) for one in ids], actor=SYSTEM)
    for ref, facts in found.items():
        lifecycle = lifecycle_of(facts)
        if timers.has_timers(lifecycle, facts.state):
            drop_timers(tx, ref, at=at, outcome="frozen" if freeze else "left")
            if not freeze:
                set_timers(tx, lifecycle, facts, since=at)
