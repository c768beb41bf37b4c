"""Writes one move: the subject's row, the history entry with its words, the outbox row, the timers.

All of it or nothing, in the transaction of the caller. What is slow here is slow everywhere.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow.engine import facts_reader, history
from workflow.engine.membership import change_members
from workflow.engine.move_sql import Writing, write, write_alone
from workflow.engine.remembered import Sight
from workflow.engine.timer_sql import STILL
from workflow.engine.timers import reset_edition, timing_of
from workflow.lifecycle.definition import Lifecycle, Step
from workflow.models.base import Base, table_of
from workflow.rules.effects import Change
from workflow.rules.effects.base import plain
from workflow.rules.facts import Actor, Facts, Ref

# Columns that dates of the clock are worked out from.
DATES = frozenset({"due_at", "submission_until"})
# Steps that are not rows of a table.
UNDO = "undo"


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


def keep_record(step: Step, move: Move) -> None:
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


def advance(tx: Connection, move: Move) -> Moved | None:
    """Write the move; None where somebody else moved the subject since its facts were read, and nothing is written."""
    facts, change = move.facts, move.change
    writing = writing_of(move)
    number = write(tx, writing)
    if number is None:
        return None
    if change.join or change.leave:
        change_members(tx, facts.ref.id, join=change.join, leave=change.leave, at=move.at)
    if change.timers and facts.ref.kind == "edition":
        reset_edition(tx, facts.ref.id, at=move.at, freeze=change.timers == "freeze")
    return moved_by(move, writing, number)


def advance_alone(
    tx: Connection, move: Move, seen: Sight, *, key: str | None, call: str
) -> tuple[Moved, Mapping[str, Any], str] | None:
    """Write a move that is one statement as a transaction of its own, see `write_alone`; None: nothing is written.

    Only for moves that `is_alone` says are such, decided by what was seen. Returns also the columns that were written
    and the new mark of the row. With a key its answer is kept in the same statement.
    """
    writing = writing_of(move)
    answer = moved_by(move, writing, 0).as_json() if key else {}
    used = {"actor_id": move.actor.id or 0, "key": key, "fingerprint": call, "answer": answer, "at": move.at}
    written = write_alone(tx, writing, seen, used=used if key else None)
    if written is None:
        return None
    number, mark = written
    return moved_by(move, writing, number), writing.new, mark


def is_alone(move: Move) -> bool:
    """Whether the move is one statement: it changes no group, no other subject, and no timers but its own."""
    change = move.change
    return move.facts.ref.kind != "edition" and not (change.join or change.leave or change.follow or change.timers)


def writing_of(move: Move) -> Writing:
    """All that a move writes, with the hash that links its entry to the one before; pure but for the salt."""
    facts, change, version = move.facts, move.change, move.facts.version + 1
    words, digest = _words(move)
    entry = _entry(move, version, digest)
    new = _row_values(move, version, entry["hash"])
    timing = STILL
    if move.enters or not DATES.isdisjoint(change.columns):
        timing = timing_of(move.lifecycle, facts, move.target, new, since=move.at)
    return Writing(
        table_of(facts_reader.KINDS[facts.ref.kind]), facts.ref.id, facts.version, new, entry,
        words, _told(move, version) if move.topic else None, timing,
        tuple((Base.metadata.tables[name], row) for name, row in change.rows), facts.rights.stamp,
    )  # fmt: skip


def moved_by(move: Move, writing: Writing, number: int) -> Moved:
    """What a written move did."""
    facts = move.facts
    return Moved(facts.ref, move.step, facts.state, move.target, facts.version + 1, number, move.at,
                 writing.entry["hash"])  # fmt: skip


def _told(move: Move, version: int) -> dict[str, Any]:
    ref = move.facts.ref
    return {
        "key": f"{ref}:{version}", "topic": move.topic, "subject_kind": ref.kind, "subject_id": ref.id,
        "payload": {}, "at": move.at,
    }  # fmt: skip


def _words(move: Move) -> tuple[dict[str, Any] | None, str]:
    """The words of the entry and their salted digest; none where nothing was said and nothing has to be kept."""
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
