"""What happened lately to the public projects of an edition, for a feed."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, or_, select

from workflow.engine.move import UNDO
from workflow.models import HistoryEntry, Proposal
from workflow.rules.states import PUBLIC

# Entries that a feed holds, and rows that they are looked for among.
ENTRIES, ROWS = 50, 400


class Entry(Struct, frozen=True):
    """A project came into a state."""

    project: int
    title: str
    summary: str
    lifecycle: str
    lifecycle_version: int
    version: int
    state: str
    at: datetime


def changes_of(tx: Connection, edition_id: int) -> list[Entry]:
    """The latest changes, the newest first, without those that were taken back; one statement.

    Only of projects that the public sees now, and only states that it sees.
    """
    h, p = HistoryEntry, Proposal
    query = (
        select(h.row, p.id, p.title, p.summary, h.lifecycle, h.lifecycle_version, h.version, h.to_state, h.at)
        .join(p, p.id == h.subject_id)
        .where(h.subject_kind == "proposal", p.edition_id == edition_id, p.state.in_(sorted(PUBLIC)),
               or_(h.row == UNDO, h.from_state != h.to_state))
        .order_by(h.id.desc()).limit(ROWS)
    )  # fmt: skip
    of_project: dict[int, list[Entry]] = defaultdict(list)
    rows: Any = tx.execute(query).all()
    for row, *values in reversed(rows):
        entry = Entry(*values)
        if row == UNDO:
            del of_project[entry.project][-1:]
        else:
            of_project[entry.project].append(entry)
    entries = [entry for own in of_project.values() for entry in own if entry.state in PUBLIC]
    return sorted(entries, key=lambda entry: (entry.at, entry.project, entry.version), reverse=True)[:ENTRIES]
