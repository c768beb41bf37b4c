"""The transactional outbox: a notification is recorded in the transaction in which its cause happened."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    TextClause,
    and_,
    exists,
    or_,
    select,
    text,
    update,
)

from workflow.db import wake_up
from workflow.db.dialect import upsert
from workflow.models import HistoryContent, HistoryEntry, LetterBatch, OutboxRow
from workflow.models.base import table_of
from workflow.rules.facts import Ref
from workflow.rules.letter_batches import BatchState
from workflow.rules.topics import Topic

# As text: bound one by one, more than a hundred values cost more than the statement.
KNOWN: TextClause = text(f"outbox.topic IN ({', '.join(repr(topic.value) for topic in Topic)})")


class Waiting(Struct, frozen=True):
    """A row that has not been relayed yet."""

    id: int
    topic: Topic
    ref: Ref
    payload: Mapping[str, Any]
    at: datetime
    actor_id: int | None
    # What was given with the step.
    data: Mapping[str, Any]


def record(
    tx: Connection,
    *,
    key: str,
    topic: Topic,
    ref: Ref,
    history_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    at: datetime,
    batch_id: int | None = None,
) -> bool:
    """Record a notification, once for each key; False when the key was there already.

    Belongs into the transaction of the step itself: either both are kept or neither. In a batch it waits for a person.
    """
    values = {
        "key": key, "topic": topic.value, "subject_kind": ref.kind, "subject_id": ref.id,
        "history_id": history_id, "payload": dict(payload or {}), "at": at,
        "batch_id": batch_id,
    }  # fmt: skip
    wake_up.after_commit(tx)
    return bool(insert_new(tx, table_of(OutboxRow), [values]))


def waiting(tx: Connection, *, limit: int) -> list[Waiting]:
    """The oldest rows not yet relayed, locked until the transaction ends; rows that another relay holds are left out,
    and those that wait for a person.

    A topic that this version does not know stays where it is, for the version that does.
    """
    query = rows_with_steps().where(may_go()).limit(limit)
    return [_waiting(row) for row in tx.execute(query.with_for_update(of=OutboxRow, skip_locked=True))]


def rows_with_steps() -> Select[Any]:
    """Rows in their order, with who took the step that each is about, and what was given with it."""
    return (
        select(OutboxRow, HistoryEntry.actor_id, HistoryContent.data)
        .outerjoin(HistoryEntry, HistoryEntry.id == OutboxRow.history_id)
        .outerjoin(HistoryContent, HistoryContent.history_id == OutboxRow.history_id)
        .order_by(OutboxRow.id)
    )


def waits_for_nobody() -> ColumnElement[bool]:
    """Rows that belong to no batch, or to one that a person approved."""
    approved = exists().where(LetterBatch.id == OutboxRow.batch_id, LetterBatch.state == BatchState.APPROVED)
    return or_(OutboxRow.batch_id.is_(None), approved)


def may_go() -> ColumnElement[bool]:
    """Rows that were not relayed yet and wait for nobody."""
    return and_(OutboxRow.relayed_at.is_(None), KNOWN, waits_for_nobody())


def has_waiting(connection: Connection) -> bool:
    """Whether the relay has anything to do; asked first, because a look takes no lock."""
    query = select(exists().where(may_go()))
    return bool(connection.execute(query).scalar_one())


def of_batch(connection: Connection, batch_id: int) -> list[tuple[Waiting, bool]]:
    """The messages of a batch in their order, each with whether it was relayed."""
    query = rows_with_steps().where(OutboxRow.batch_id == batch_id, KNOWN)
    return [(_waiting(row), row.relayed_at is not None) for row in connection.execute(query)]


def mark_relayed(tx: Connection, ids: Collection[int], *, at: datetime) -> None:
    """Say that the deliveries of these rows exist; in the transaction that wrote them."""
    tx.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(relayed_at=at))


def insert_new(tx: Connection, into: Table, values: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert the rows whose unique key is new, and say which numbers they got; the others are left as they are."""
    statement = upsert(tx)(into).on_conflict_do_nothing().returning(into.c.id)
    # One row as a mapping, since a statement with a list of rows is compiled anew each time.
    rows = dict(values[0]) if len(values) == 1 else list(values)
    return list(tx.execute(statement.values(rows)).scalars()) if values else []


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        topic=Topic(row.topic),
        ref=Ref(row.subject_kind, row.subject_id),
        payload=row.payload,
        at=row.at,
        # A notification without a step names its actor in the payload.
        actor_id=row.actor_id or row.payload.get("by"),
        data=row.data or {},
    )
