"""Idempotency: a call that comes twice with one key has one effect and gets the first answer again.

The key is written in the transaction of the effect, with a fingerprint of the whole call; the same key with other
content is refused.
"""

import hashlib
import json

from sqlalchemy import Connection, insert, select

from workflow.base.errors import KeyReused
from workflow.engine.move import Moved
from workflow.models import UsedKey
from workflow.rules.effects.base import plain
from workflow.rules.facts import Actor, Attempt, Ref


def fingerprint(ref: Ref, step: str, version: int | None, given: Attempt) -> str:
    """A digest of all that a call says, to tell a repetition from another call with the same key."""
    paper = given.paper_on.isoformat() if given.paper_on else None
    parts = [str(ref), step, version, plain(given.data or {}), given.note, paper]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def answered(tx: Connection, actor: Actor, key: str, call: str) -> Moved | None:
    """The first answer that this actor got with this key; KeyReused where the call was another."""
    kept = tx.execute(
        select(UsedKey.fingerprint, UsedKey.answer).where(UsedKey.actor_id == (actor.id or 0), UsedKey.key == key)
    ).one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != call:
        raise KeyReused
    return Moved.again(kept.answer)


def keep(tx: Connection, actor: Actor, key: str | None, call: str, moved: Moved) -> Moved:
    """Keep the answer with the effect; two calls that race with one key collide here, and one of them rolls back."""
    if key:
        row = {"actor_id": actor.id or 0, "key": key, "fingerprint": call, "answer": moved.as_json(), "at": moved.at}
        tx.execute(insert(UsedKey).values(**row))
    return moved
