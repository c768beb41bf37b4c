"""Reads what happened to a subject, newest first, for its page; one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

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


def entries_of(tx: Connection, ref: Ref, *, limit: int = 200) -> tuple[Entry, ...]:
    """The latest entries of a subject, newest first."""
    h, c = HistoryEntry, HistoryContent
    rows = tx.execute(
        select(h.version, h.row, h.step, h.from_state, h.to_state, h.at, Person.name, c.note, c.data, c.before)
        .outerjoin(Person, Person.id == h.actor_id)
        .outerjoin(c, c.history_id == h.id)
        .where(h.subject_kind == ref.kind, h.subject_id == ref.id)
        .order_by(h.version.desc())
        .limit(limit)
    )  # fmt: skip
    return tuple(_entry(tuple(row)) for row in rows)


def _entry(row: tuple[Any, ...]) -> Entry:
    version, step_row, step, source, target, at, who, note, data, before = row
    return Entry(version, step_row, step, source, target, at, who, note or "", data or {}, bool(before))
