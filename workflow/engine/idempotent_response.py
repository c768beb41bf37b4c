"""Keeps what was answered under an idempotency key, so that the same call gets the same answer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, update

from workflow.engine.machine import Moved
from workflow.models import UsedKey


def keep_row(tx: Connection, moved: Moved, row: Mapping[str, Any], *, actor_id: int, key: str) -> None:
    """Add the row that is being answered to what the step kept; in the transaction of the step."""
    mine = (UsedKey.actor_id == actor_id, UsedKey.key == key)
    tx.execute(update(UsedKey).where(*mine).values(answer={**moved.as_json(), "row": dict(row)}))
