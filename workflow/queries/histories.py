"""Reads what happened to a subject, newest first, for its page; one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, select

from workflow.facts import Ref
from workflow.models import HistoryContent, HistoryEntry, Person


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: who did what when, and the words that belong to it."""

    version: int
    row: str
    step: str
    source: str | None
    target: str
    at: datetime
    # None is the system.
    who: str | None
    note: str
    data: Mapping[str, Any]
    can_be_restored: bool
    # Whether whoever did it is a minor, whose name is for few.
    by_minor: bool = False


_H, _C = HistoryEntry, HistoryContent
# Built once: building a statement costs more than running it.
_ENTRIES = (
    select(
        _H.version,
        _H.row,
        _H.step,
        _H.from_state,
        _H.to_state,
        _H.at,
        Person.name,
        _C.note,
        _C.data,
        _C.before,
        Person.is_minor,
    )
    .outerjoin(Person, Person.id == _H.actor_id)
    .outerjoin(_C, _C.history_id == _H.id)
    .where(_H.subject_kind == bindparam("kind"), _H.subject_id == bindparam("id"))
    .order_by(_H.version.desc())
    .limit(bindparam("limit", type_=Integer))
)


def entries_of(tx: Connection, ref: Ref, *, limit: int = 200) -> tuple[Entry, ...]:
    """The latest entries of a subject, newest first."""
    rows = tx.execute(_ENTRIES, {"kind": ref.kind, "id": ref.id, "limit": limit})
    return tuple(_entry(row) for row in rows)


def _entry(row: Any) -> Entry:
    version, step_row, step, source, target, at, who, note, data, before, minor = row
    return Entry(version, step_row, step, source, target, at, who, note or "", data or {}, bool(before), bool(minor))


def pupils_in(tx: Connection, ref: Ref) -> frozenset[int]:
    """The minors among those who did something to a subject; one statement."""
    query = select(Person.id).join(_H, _H.actor_id == Person.id).where(Person.is_minor.is_(True))
    return frozenset(tx.execute(query.where(_H.subject_kind == ref.kind, _H.subject_id == ref.id)).scalars())
