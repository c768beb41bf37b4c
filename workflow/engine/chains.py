"""Verifies hash chains: recomputes every hash of a subject's entries while they are streamed from the database."""

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import orjson
from msgspec import Struct
from sqlalchemy import Connection, String, Text, bindparam, cast, select, type_coerce

from workflow.engine.history import BATCH, content_digest, linked, moment
from workflow.models import HistoryContent, HistoryEntry
from workflow.rules.facts import Ref

# A subject with its version and the hash of the entry of that version.
Heads = Mapping[Ref, tuple[int, str]]
NO_HEADS: Heads = MappingProxyType({})


class Broken(Struct, frozen=True):
    """The first entry that does not hold, and why."""

    subject: str
    version: int
    seq: int | None
    why: str

    def __str__(self) -> str:
        number = f" (number {self.seq})" if self.seq else ""
        return f"{self.subject}, entry {self.version}{number}: {self.why}"


class Verdict(Struct, frozen=True):
    """What a verification read, the first fault or None, and how many subjects have erased words."""

    entries: int
    subjects: int
    broken: Broken | None
    erased: int = 0


class Entry(NamedTuple):
    """One entry with its words, as it is handed to a Check; `data` and `before` are empty where words were erased."""

    seq: int
    version: int
    lifecycle: str
    lifecycle_version: int
    row: str
    step: str
    from_state: str | None
    to_state: str
    actor_id: int | None
    at: datetime
    note: str
    data: Mapping[str, Any]
    before: Mapping[str, Any]
    erased: bool


class Check(Protocol):
    """What else is checked while chains are read, see `workflow.engine.replay`; each answer is a fault or None."""

    def load(self, kind: str, ids: Sequence[int]) -> None:
        """Prepare for these subjects, whose chains follow."""

    def begin(self, ref: Ref) -> None:
        """Start with a subject."""

    def follow(self, entry: Entry) -> str | None:
        """Go on by an entry whose hash holds."""

    def end(self) -> str | None:
        """Finish a subject whose chain holds."""


def verify(tx: Connection, heads: Heads, *, published: Heads = NO_HEADS, check: Check | None = None) -> Verdict:
    """Recompute every chain of the given subjects (ref -> version and head hash on their rows), editions first.

    Finds a changed, missing, doubled or foreign entry, words that differ from their digest, a chain that does not end
    at the head that the subject's row names, one that differs from a head that was published, and what the check
    finds. Reads only, in a transaction (`Database.snapshot`): a fixed number of statements for SUBJECTS chains,
    streamed, so that memory does not grow with the record.
    """
    count = subjects = 0
    with closing(_chains(tx, sorted(heads, key=lambda ref: (ref.kind != "edition", ref)), check)) as chains:
        for ref, rows in chains:
            subjects += 1
            chain = _Chain(str(ref), check, *published.get(ref, (0, "")))
            if check:
                check.begin(ref)
            for row in rows:
                count += 1
                if why := chain.follow(row):
                    return Verdict(count, subjects, Broken(chain.subject, chain.number, chain.seq, why))
            if why := chain.end(heads[ref]):
                return Verdict(count, subjects, Broken(chain.subject, heads[ref][0], None, why))
    return Verdict(count, subjects, None)


# How many chains are read by one statement.
SUBJECTS = 500
_H, _W = HistoryEntry, HistoryContent
# Moments and words come as the database has them: what is not needed as a value is not made one.
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


def _chains(tx: Connection, refs: Iterable[Ref], check: Check | None) -> Generator[tuple[Ref, Iterable[Any]]]:
    """Each subject with its entries in order; sorted subjects come in, and each chain is read before the next one."""
    streamed = tx.execution_options(yield_per=BATCH)
    for kind, of_kind in groupby(refs, key=lambda ref: ref.kind):
        while some := list(islice(of_kind, SUBJECTS)):
            ids = [ref.id for ref in some]
            if check:
                check.load(kind, ids)
            with streamed.execute(_ORDERED, {"kind": kind, "ids": ids}) as result:
                by_subject = groupby(result, key=itemgetter(0))
                number, rows = next(by_subject, (None, ()))
                for ref in some:
                    if ref.id != number:
                        yield ref, ()
                        continue
                    yield ref, rows
                    number, rows = next(by_subject, (None, ()))


@dataclass(slots=True)
class _Chain:
    """How far a chain has been followed: the number and hash of its last good entry."""

    subject: str
    check: Check | None
    published_version: int
    published_hash: str
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
        if version == self.published_version and own != self.published_hash:
            return "it is not the one of the published head"
        if not content:
            words: tuple[Any, ...] | None = ({}, {})
        elif salt is None:
            return "its words are missing"
        else:
            words = ({}, {}) if erased else _words(content, salt, note, data, old)
        if words is None:
            return "its words do not match their digest"
        if self.check is None:
            return None
        words = (*middle[:5], _utc(at), note or "", *words, erased)
        return self.check.follow(Entry(self.seq or 0, version, table, table_version, *words))

    def end(self, head: tuple[int, str]) -> str | None:
        """Say what is wrong with the chain as a whole, after its last entry."""
        if self.number < self.published_version:
            return "it has fewer entries than its published head"
        if (self.number, self.hash) != head:
            return "the chain does not end at the subject's head"
        return self.check.end() if self.check else None


def _utc(at: str | datetime) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at.astimezone(UTC)


def _words(expected: str, salt: str, note: str, data: str | None, before: str | None) -> tuple[Any, Any] | None:
    """The data of an entry and what it overwrote; None where they have another digest or cannot be read any more.

    The faster reader of JSON takes numbers beyond 64 bits for others, so that a difference is read once more.
    """
    for read in (orjson.loads, json.loads):
        try:
            words = read(data or "null"), read(before or "null")
        except ValueError:
            continue
        if content_digest(salt, note, *words) == expected:
            return words
    return None
