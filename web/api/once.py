"""Does what a call asks in one transaction, once for an Idempotency-Key, however often and however fast it comes."""

from collections.abc import Callable
from typing import Any

from flask import g
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from web.api.answers import plain_row
from web.api.body import idempotency_key
from web.http import identity
from web.http.resources import resources
from workflow.base.errors import Refusal
from workflow.engine.idempotency import first_row, keep_row
from workflow.engine.machine import Moved
from workflow.proposals import api_rows as rows

Work = Callable[[Connection, str | None], Moved]


def once(work: Work) -> dict[str, Any]:
    """Take the step and read the row that results, wholly or not at all.

    The same call may be under way with the same key. It makes this one wait and then fail, for the version that it has
    moved on or for the key itself; then a second attempt reads what it was answered.
    """
    key = idempotency_key()
    try:
        return resources().database.in_transaction(lambda tx: _attempt(tx, work, key))
    except IntegrityError:
        pass
    except Refusal:
        if key is None:
            raise
    return resources().database.in_transaction(lambda tx: _attempt(tx, work, key))


def _attempt(tx: Connection, work: Work, key: str | None) -> dict[str, Any]:
    moved = work(tx, key)
    actor_id = identity.reader().id
    if moved.replayed and key:
        g.replayed = True
        first = first_row(tx, actor_id=actor_id, key=key)
        if first is not None:
            return dict(first)
    row = plain_row(rows.find_row(tx, moved.ref))
    if key and not moved.replayed:
        keep_row(tx, moved, row, actor_id=actor_id, key=key)
    return row
