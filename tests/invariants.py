"""What must hold of any database at rest, whatever happened to the processes that wrote it: names every fault."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from workflow.engine import audit
from workflow.engine.facts_reader import KINDS
from workflow.models import Delivery, HistoryEntry, OutboxRow
from workflow.rules.facts import Ref
from workflow.rules.registry import tables

Rows = dict[Ref, list[Any]]


def faults(tx: Connection) -> list[str]:
    """Every fault found: state against history, chains, outbox against history, deliveries against outbox."""
    entries = entries_by_subject(tx)
    return [*_subjects(tx, entries), *_chains(tx), *_outbox(tx, entries), *_deliveries(tx)]


def entries_by_subject(tx: Connection) -> Rows:
    """All history entries, oldest first."""
    found: Rows = defaultdict(list)
    for row in tx.execute(select(*HistoryEntry.__table__.c).order_by(HistoryEntry.version)):
        found[Ref(row.subject_kind, row.subject_id)].append(row)
    return found


def subjects(tx: Connection) -> dict[Ref, Any]:
    """Where every subject stands by its own row."""
    return {
        Ref(kind, row.id): row
        for kind, model in KINDS.items()
        for row in tx.execute(select(model.id, model.state, model.version, model.head_hash))
    }


def _subjects(tx: Connection, entries: Rows) -> Iterator[str]:
    rows = subjects(tx)
    yield from (f"{ref} has a history and no row" for ref in entries if ref not in rows)
    for ref, row in rows.items():
        state = None
        for number, entry in enumerate(entries[ref], start=1):
            if entry.version != number:
                yield f"{ref}: entry {number} is missing or doubled"
            if entry.from_state != state:
                yield f"{ref}: entry {number} starts from {entry.from_state}, not from {state}"
            state = entry.to_state
        if (row.state, row.version) != (state, len(entries[ref])):
            yield f"{ref}: row says {row.state}/{row.version}, history says {state}/{len(entries[ref])}"


def _chains(tx: Connection) -> Iterator[str]:
    if broken := audit.verify(tx).broken:
        yield f"chain broken at {broken}"


def _outbox(tx: Connection, entries: Rows) -> Iterator[str]:
    told = {
        (table.name, table.version, row.id): row.tells
        for table in tables().values() for row in table.rows
    }  # fmt: skip
    rows = tx.execute(select(OutboxRow.key, OutboxRow.topic, OutboxRow.history_id)).all()
    found = {row.key: row for row in rows}
    for ref, its in entries.items():
        for entry in its:
            topic = told.get((entry.lifecycle, entry.lifecycle_version, entry.row))
            row = found.get(f"{ref}:{entry.version}")
            if topic and (row is None or (row.topic, row.history_id) != (topic, entry.id)):
                yield f"{ref}: entry {entry.version} ({entry.step}) has no outbox row for {topic}"
            if row is not None and not topic:
                yield f"{ref}: entry {entry.version} ({entry.step}) tells nobody, yet has an outbox row"
    known = {entry.id for its in entries.values() for entry in its}
    # What no step tells (words in a talk, reminders, invitations) stands alone.
    alone = {row.key for row in rows if row.history_id is None and row.topic not in told.values()}
    lost = (row.key for row in rows if row.history_id not in known and row.key not in alone)
    yield from (f"{key}: told of a step that is not there" for key in lost)


def _deliveries(tx: Connection) -> Iterator[str]:
    waiting = tx.execute(select(OutboxRow.key).where(OutboxRow.relayed_at.is_(None))).scalars()
    yield from (f"{key} was never relayed" for key in waiting)
    unsent = tx.execute(select(Delivery.id, Delivery.state, Delivery.error).where(Delivery.state != "sent"))
    yield from (f"delivery {row.id} is {row.state} ({row.error})" for row in unsent)
