"""The append-only, hash-chained record: how an entry is hashed, read, verified and handed to an auditor.

Each entry's hash covers the entry's own fields and the hash before it, per subject; the words (note, data) are
covered by a salted digest, so that they can be erased and the chain still holds. A chain proves nothing against
whoever holds the database unless a head is known outside; `heads` gives what to publish.
"""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, String, Text, bindparam, cast, select, type_coerce

from workflow.models import HistoryContent, HistoryEntry
from workflow.models.base import utc_text
from workflow.rules.facts import Ref

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


# Made once: `json.dumps` makes an encoder for every call that asks for anything but its own habits. What is hashed was
# read from JSON or is written as JSON next, so a value that holds itself is found out there.
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
    end at the head that the subject's row names. Reads only, in a transaction (`Database.snapshot`): one statement for
    SUBJECTS chains, streamed, so that memory does not grow with the record.
    """
    count = subjects = 0
    with closing(_chains(tx, sorted(heads))) as chains:
        for ref, rows in chains:
            subjects += 1
            chain = _Chain(str(ref))
            for row in rows:
                count += 1
                if why := chain.follow(row):
                    return Verdict(count, subjects, Broken(chain.subject, chain.number, chain.seq, why))
            if (chain.number, chain.hash) != heads[ref]:
                why = "the chain does not end at the subject's head"
                return Verdict(count, subjects, Broken(chain.subject, heads[ref][0], None, why))
    return Verdict(count, subjects, None)


# How many chains are asked for at a time.
SUBJECTS = 500
_H, _W = HistoryEntry, HistoryContent
# Moments and words come as the database keeps them: what is not needed as a value is not made one.
_ORDERED = (
    select(
        _H.subject_id, _H.id, _H.version, _H.lifecycle, _H.lifecycle_version, _H.row, _H.step, _H.from_state,
        _H.to_state, _H.actor_id, _H.role, type_coerce(_H.at, String), _H.content_digest, _H.prev_hash, _H.hash,
        _W.salt, _W.note, cast(_W.data, Text), cast(_W.before, Text), _W.erased_at.is_not(None),
    )
    .outerjoin(_W, _W.history_id == _H.id)
    .where(_H.subject_kind == bindparam("kind"), _H.subject_id.in_(bindparam("ids", expanding=True)))
    .order_by(_H.subject_id, _H.version)
)  # fmt: skip


def _chains(tx: Connection, refs: Iterable[Ref]) -> Generator[tuple[Ref, Iterable[Any]]]:
    """Each subject with its entries in order; sorted subjects come in, and each chain is read before the next one."""
    streamed = tx.execution_options(yield_per=BATCH)
    for kind, of_kind in groupby(refs, key=lambda ref: ref.kind):
        while some := list(islice(of_kind, SUBJECTS)):
            with streamed.execute(_ORDERED, {"kind": kind, "ids": [ref.id for ref in some]}) as asked:
                found = groupby(asked, key=itemgetter(0))
                number, rows = next(found, (None, ()))
                for ref in some:
                    if ref.id != number:
                        yield ref, ()
                        continue
                    yield ref, rows
                    number, rows = next(found, (None, ()))


@dataclass(slots=True)
class _Chain:
    """How far a chain has been followed: the number and hash of its last good entry."""

    subject: str
    number: int = 0
    hash: str = ""
    seq: int | None = None

    def follow(self, row: Sequence[Any]) -> str | None:
        """Go on by one entry, or say why it does not hold."""
        _, self.seq, version, table, table_version, *middle, at, content, before, own, salt, note, data, old, erased = (
            row
        )
        self.number += 1
        if version != self.number:
            return f"entry {self.number} is missing"
        if before != self.hash:
            return "it does not follow the entry before it"
        moved_at = at if isinstance(at, str) else moment(at)
        # As `digest` of the fields, in the order of COVERED, without naming them: a million times it matters.
        covered = (self.subject, version, f"{table}/{table_version}", *middle, moved_at, content, before)
        if linked(covered) != own:
            return "its content does not match its hash"
        self.hash = own
        if not content:
            return None
        if salt is None:
            return "its words are missing"
        if not erased and not _are_words(content, salt, note, data, old):
            return "its words do not match their digest"
        return None


def _are_words(expected: str, salt: str, note: str, data: str | None, before: str | None) -> bool:
    """Whether words as they are kept have this digest; what cannot be read any more has none."""
    try:
        return content_digest(salt, note, json.loads(data or "null"), json.loads(before or "null")) == expected
    except ValueError:
        return False
