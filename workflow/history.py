"""The append-only, hash-chained record: how an entry is hashed, read, verified and handed to an auditor.

Each entry's hash covers the entry's own fields and the hash before it, per subject; the words (note, data) are
covered by a salted digest, so that they can be erased and the chain still holds. A chain proves nothing against
whoever holds the database unless a head is known outside; `heads` gives what to publish.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.facts import Ref
from workflow.models import HistoryContent, HistoryEntry

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


def canonical(value: Any) -> str:
    """JSON in one spelling only: sorted names, no blanks, letters as they are."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    """A moment as it is hashed: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(fields: Mapping[str, Any]) -> str:
    """The hash of one entry, from the fields named in COVERED; SHA-256 in hexadecimal."""
    return hashlib.sha256(canonical([FORMAT, *(fields[name] for name in COVERED)]).encode()).hexdigest()


def content_digest(salt: str, note: str, data: Any, before: Any) -> str:
    """The digest of an entry's words, salted so that short ones cannot be guessed."""
    return hashlib.sha256(canonical([salt, note, data, before]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not hold, and why."""

    subject: str
    version: int
    seq: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many entries it read, and the first broken one or None."""

    entries: int
    subjects: int
    broken: Broken | None


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


def verify(tx: Connection, heads: Mapping[Ref, tuple[int, str]]) -> Verdict:
    """Recompute every chain of the given subjects (ref -> version and head hash on their rows).

    Finds a changed, missing, doubled or foreign entry, words that differ from their digest, and a chain that does not
    end at the head that the subject's row names. Reads only.
    """
    count = subjects = 0
    for ref, (version, head) in heads.items():
        subjects += 1
        previous = ""
        rows = tx.execute(_chain(ref)).all()
        for number, row in enumerate(rows, start=1):
            count += 1
            if why := _problem(_fields(row), row, number, previous):
                return Verdict(count, subjects, Broken(str(ref), number, row.id, why))
            previous = row.hash
        if len(rows) != version or previous != head:
            return Verdict(
                count, subjects, Broken(str(ref), version, None, "the chain does not end at the subject's head")
            )
    return Verdict(count, subjects, None)


def _chain(ref: Ref) -> Any:
    words = HistoryContent
    return (
        select(*_COLUMNS, words.salt, words.note, words.data, words.before, words.erased_at)
        .outerjoin(words, words.history_id == HistoryEntry.id)
        .where(HistoryEntry.subject_kind == ref.kind, HistoryEntry.subject_id == ref.id)
        .order_by(HistoryEntry.version)
    )


def _problem(fields: Mapping[str, Any], row: Any, number: int, previous: str) -> str | None:
    if row.version != number:
        return f"entry {number} is missing"
    if row.prev_hash != previous:
        return "it does not follow the entry before it"
    if digest(fields) != row.hash:
        return "its content does not match its hash"
    if row.content_digest and row.salt is None:
        return "its words are missing"
    if row.content_digest and row.erased_at is None:
        found = content_digest(row.salt, row.note, row.data, row.before)
        if found != row.content_digest:
            return "its words do not match their digest"
    return None
