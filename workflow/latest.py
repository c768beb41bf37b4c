"""What happened to a subject last, for the person whose page is stale."""

from sqlalchemy import Connection, select

from workflow.errors import Happened
from workflow.facts import Facts
from workflow.models import HistoryEntry, Person


def last_of(tx: Connection, facts: Facts) -> Happened | None:
    """Who did what to a subject last, for the person whose page is stale."""
    h = HistoryEntry
    found = tx.execute(
        select(h.step, h.row, h.at, h.version, Person.name).outerjoin(Person, Person.id == h.actor_id)
        .where(h.subject_kind == facts.ref.kind, h.subject_id == facts.ref.id).order_by(h.version.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    return Happened(found.name or "system", found.step, found.at, found.version) if found else None
