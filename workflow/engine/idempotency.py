"""Idempotency: a command that is repeated with its key has one effect and gets the first answer again.

The key is written in the transaction of the effect, with a fingerprint of the whole command; the same key with other
content is refused.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import KeyReused
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.move import Moved
from workflow.models import UsedKey
from workflow.rules.effects.base import plain
from workflow.rules.facts import Attempt

Command = StepCommand | CreateCommand


def fingerprint(command: Command, attempt: Attempt) -> str:
    """A digest of all that a command says, to tell a repetition from another command with the same key; "" without."""
    if not command.key:
        return ""
    paper = attempt.paper_on.isoformat() if attempt.paper_on else None
    version = command.version if isinstance(command, StepCommand) else None
    parts = [str(command.ref), command.step, version, plain(attempt.data or {}), attempt.note, paper]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def first_answer(tx: Connection, command: Command, digest: str) -> Moved | None:
    """The answer that this actor got with this key before; KeyReused where the command was another.

    Asked after the subject was locked, so that an equal command that was under way has committed.
    """
    if not command.key:
        return None
    mine = (UsedKey.actor_id == (command.actor.id or 0), UsedKey.key == command.key)
    row = tx.execute(select(UsedKey.fingerprint, UsedKey.answer).where(*mine)).one_or_none()
    if row is None:
        return None
    if row.fingerprint != digest:
        raise KeyReused
    return Moved.again(row.answer)


def keep_answer(tx: Connection, command: Command, digest: str, moved: Moved) -> None:
    """Keep the answer with the effect; of two commands that race with one key one collides here and rolls back."""
    if command.key:
        row = {
            "actor_id": command.actor.id or 0, "key": command.key, "fingerprint": digest,
            "answer": moved.as_json(), "at": moved.at,
        }  # fmt: skip
        tx.execute(insert(UsedKey).values(**row))


def keep_row(tx: Connection, moved: Moved, row: Mapping[str, Any], *, actor_id: int, key: str) -> None:
    """Add the row that a program is answered to what the step has kept; in the transaction of the step."""
    mine = (UsedKey.actor_id == actor_id, UsedKey.key == key)
    tx.execute(update(UsedKey).where(*mine).values(answer={**moved.as_json(), "row": dict(row)}))


def first_row(tx: Connection, *, actor_id: int, key: str) -> Mapping[str, Any] | None:
    """The row that a program was answered first for a key; None where none was kept."""
    mine = (UsedKey.actor_id == actor_id, UsedKey.key == key)
    answer = tx.execute(select(UsedKey.answer).where(*mine)).scalar_one_or_none()
    row: Mapping[str, Any] | None = (answer or {}).get("row")
    return row
