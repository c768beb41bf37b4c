"""The append-only, hash-chained record: how an entry is hashed, and how all of them are handed to an auditor.

Each entry's hash covers the entry's own fields and the hash before it, per subject; the words (note, data) are
covered by a salted digest, so that they can be erased and the chain still holds. A chain proves nothing against
whoever holds the database unless a head is known outside, see `workflow.engine.audit`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from workflow.models import HistoryEntry
from workflow.models.base import utc_text

FORMAT = 1
# The fields that a hash covers, in the order in which they are written.
COVERED = (
    "subject",
    "version",
    "lifecycle",
    "row",
    "step",
    "from",
    "to",
    "actor",
    "role",
    "at",
    "content",
    "prev_hash",
)
BATCH = 5000


# Made once: `json.dumps` would make an encoder for every call. What is hashed was read from JSON or is written as JSON
# next, so a value that contains itself is found there.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False)


def canonical(value: Any) -> str:
    """JSON in one spelling only: sorted names, no blanks, letters as they are."""
    return _ENCODER.encode(value)


def moment(at: datetime) -> str:
    """A moment as it is hashed: UTC, to the microsecond."""
    return str(utc_text(at))


def digest(fields: Mapping[str, Any]) -> str:
    """The hash of one entry, from the fields named in COVERED; SHA-256 in hexadecimal."""
    return linked([fields[name] for name in COVERED])


def linked(covered: Sequence[str | int | None]) -> str:
    """The same from the values in the order of COVERED: words, numbers and nothing else.

    For these every writer of JSON has one spelling, that of `canonical`, so the fastest one may write them.
    """
    return hashlib.sha256(orjson.dumps([FORMAT, *covered])).hexdigest()


def content_digest(salt: str, note: str, data: Any, before: Any) -> str:
    """The digest of an entry's words, salted so that short ones cannot be guessed."""
    return hashlib.sha256(canonical([salt, note, data, before]).encode()).hexdigest()


_COLUMNS = tuple(HistoryEntry.__table__.c)


def _fields(row: Any) -> dict[str, Any]:
    return {
        "seq": row.id,
        "subject": f"{row.subject_kind}:{row.subject_id}",
        "version": row.version,
        "lifecycle": f"{row.lifecycle}/{row.lifecycle_version}",
        "row": row.row,
        "step": row.step,
        "from": row.from_state,
        "to": row.to_state,
        "actor": row.actor_id,
        "role": row.role,
        "at": moment(row.at),
        "content": row.content_digest,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }


def dump(tx: Connection) -> Iterator[dict[str, Any]]:
    """Every entry in the order of writing, with all that its hash covers."""
    last = 0
    while rows := tx.execute(
        select(*_COLUMNS).where(HistoryEntry.id > last).order_by(HistoryEntry.id).limit(BATCH)
    ).all():
        yield from map(_fields, rows)
        last = rows[-1].id
