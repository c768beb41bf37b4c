"""Reads what auditors compare: the head of every chain, the state of every subject, chains without a subject."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from workflow.engine.facts_reader import KINDS
from workflow.engine.history import Broken
from workflow.models import HistoryEntry
from workflow.rules.facts import Ref


def heads(connection: Connection, edition_id: int | None = None) -> dict[Ref, tuple[int, str]]:
    """Version and head hash that every subject's row names, of all kinds or of one edition; one statement a kind."""
    found: dict[Ref, tuple[int, str]] = {}
    for kind, model in KINDS.items():
        query = select(model.id, model.version, model.head_hash).order_by(model.id)
        if edition_id is not None:
            query = query.where((model.id if kind == "edition" else model.edition_id) == edition_id)
        found |= {Ref(kind, row.id): (row.version, row.head_hash) for row in connection.execute(query)}
    return found


def stray(connection: Connection, known: dict[Ref, tuple[int, str]]) -> Broken | None:
    """The first entry in the record of a subject that is not there any more."""
    h = HistoryEntry
    for row in connection.execute(select(h.subject_kind, h.subject_id).distinct()):
        ref = Ref(row.subject_kind, row.subject_id)
        if ref not in known:
            return Broken(str(ref), 1, None, "the record has entries of a subject that is gone")
    return None


def states(connection: Connection) -> Iterator[dict[str, Any]]:
    """Where every subject is, kind by kind."""
    for kind, model in KINDS.items():
        for row in connection.execute(select(model.id, model.state, model.version).order_by(model.id)):
            yield {
                "kind": kind,
                "id": row.id,
                "subject": f"{kind}:{row.id}",
                "state": row.state,
                "version": row.version,
            }
