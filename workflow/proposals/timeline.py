"""Reads what happened to a subject: entries newest first, a page at a time; the way it has come, in short."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Integer, bindparam, case, func, select

from workflow.models import HistoryContent, HistoryEntry, Person
from workflow.rules.facts import Ref


class Entry(Struct, frozen=True):
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
# Later than any version.
_NEVER = 2**31 - 1
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
    .where(_H.subject_kind == bindparam("kind"), _H.subject_id == bindparam("id"), _H.version < bindparam("before"))
    .order_by(_H.version.desc())
    .limit(bindparam("limit", type_=Integer))
)


def entries_of(tx: Connection, ref: Ref, *, limit: int = 200, before: int | None = None) -> tuple[Entry, ...]:
    """The latest entries of a subject, or the latest before a version that it can have, newest first."""
    end = before if before and 0 < before < _NEVER else _NEVER
    asked = {"kind": ref.kind, "id": ref.id, "limit": limit, "before": end}
    return tuple(_entry(row) for row in tx.execute(_ENTRIES, asked))


def _entry(row: Any) -> Entry:
    version, step_row, step, source, target, at, who, note, data, before, minor = row
    return Entry(version, step_row, step, source, target, at, who, note or "", data or {}, bool(before), bool(minor))


class Transition(Struct, frozen=True):
    """A change from one state to another, or a record within one, however often: when first, and which entry last."""

    source: str | None
    target: str
    first_at: datetime
    last_version: int


class Course(Struct, frozen=True):
    """All that ever happened to a subject, in short."""

    transitions: tuple[Transition, ...]
    # The minors among those who did something to it.
    pupils: frozenset[int]


_PUPIL = case((Person.is_minor.is_(True), _H.actor_id))
_COURSE = (
    select(_H.from_state, _H.to_state, func.min(_H.at), func.max(_H.version), _PUPIL)
    .outerjoin(Person, Person.id == _H.actor_id)
    .where(_H.subject_kind == bindparam("kind"), _H.subject_id == bindparam("id"))
    .group_by(_H.from_state, _H.to_state, _PUPIL)
)


def course_of(tx: Connection, ref: Ref) -> Course:
    """The way that a subject has come, whole, and who of those who moved it is a minor."""
    rows = tx.execute(_COURSE, {"kind": ref.kind, "id": ref.id}).all()
    return Course(tuple(Transition(*row[:4]) for row in rows), frozenset(row[4] for row in rows if row[4] is not None))
