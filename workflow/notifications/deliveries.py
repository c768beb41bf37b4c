"""Deliveries: one message for one person on one channel, claimed under a lease, sent, and its outcome written.

created -> sending -> sent, or failed; gathered -> sent with a digest (`notifications.digests`). Who claims gets a lease
with an owner of his own; the outcome is written only while that owner still has the lease, so that a worker that was
away too long cannot overwrite what another one did.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from workflow.models import Delivery
from workflow.models.base import table_of
from workflow.notifications.channels import Channel
from workflow.notifications.outbox import insert_new

LEASE = timedelta(seconds=60)
CHUNK = 500
ERROR_MAXIMUM = 500


class DeliveryState(StrEnum):
    """Where a delivery is."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # Waits for the digest of its day: `next_try_at` is that morning.
    GATHERED = "gathered"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that only its lease owner may send now; `attempts` counts this one too."""

    id: int
    attempts: int


def create(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write delivery rows, each once by outbox row, recipient and channel; returns the numbers of the new ones."""
    made: list[int] = []
    for start in range(0, len(rows), CHUNK):
        made += insert_new(tx, table_of(Delivery), rows[start : start + CHUNK])
    return made


def is_due(at: datetime) -> ColumnElement[bool]:
    """Letters whose time has come, those included whose sender did not come back in time."""
    lost = and_(Delivery.state == DeliveryState.SENDING, Delivery.lease_until <= at)
    waits = Delivery.state.in_((DeliveryState.CREATED, DeliveryState.SENDING))
    return and_(
        waits,
        Delivery.channel == Channel.EMAIL,
        Delivery.next_try_at <= at,
        or_(Delivery.state == DeliveryState.CREATED, lost),
    )


def claim(tx: Connection, *, owner: str, at: datetime, limit: int, ids: Collection[int] | None = None) -> list[Claimed]:
    """Take due letters, the longest waiting first, for LEASE; of those in `ids` alone, where given.

    What another transaction is claiming at this moment is left to it.
    """
    query = select(Delivery.id).where(is_due(at)).order_by(Delivery.next_try_at, Delivery.id).limit(limit)
    if ids is not None:
        query = query.where(Delivery.id.in_(ids))
    numbers = list(tx.execute(query.with_for_update(skip_locked=True)).scalars())
    if not numbers:
        return []
    taken = tx.execute(
        update(Delivery)
        .where(Delivery.id.in_(numbers))
        .values(
            state=DeliveryState.SENDING,
            lease_owner=owner,
            lease_until=at + LEASE,
            attempts=Delivery.attempts + 1,
        )
        .returning(Delivery.id, Delivery.attempts)
    )
    claimed = {row.id: Claimed(row.id, row.attempts) for row in taken}
    return [claimed[number] for number in numbers]


def _leased(ids: Collection[int], owner: str) -> ColumnElement[bool]:
    return and_(Delivery.id.in_(ids), Delivery.lease_owner == owner, Delivery.state == DeliveryState.SENDING)


def give_back(tx: Connection, ids: Collection[int], *, owner: str, next_try_at: datetime, error: str = "") -> None:
    """Return letters that nobody tried to send; it counts as no attempt."""
    tx.execute(
        update(Delivery)
        .where(_leased(ids, owner))
        .values(
            state=DeliveryState.CREATED,
            lease_owner=None,
            lease_until=None,
            attempts=Delivery.attempts - 1,
            next_try_at=next_try_at,
            error=error[:ERROR_MAXIMUM] if error else Delivery.error,
        )
    )


def mark_sent(tx: Connection, id: int, *, owner: str, at: datetime) -> bool:  # noqa: A002 - a row's own name
    """Write that a letter went out; False, and nothing written, when another worker has the lease by now."""
    return _finish(tx, id, owner=owner, state=DeliveryState.SENT, sent_at=at, error="")


def mark_deferred(tx: Connection, id: int, *, owner: str, next_try_at: datetime, error: str) -> bool:  # noqa: A002
    """Write that a letter has to wait for another try; False when another worker has the lease by now."""
    state = DeliveryState.CREATED
    return _finish(tx, id, owner=owner, state=state, next_try_at=next_try_at, error=error[:ERROR_MAXIMUM])


def mark_failed(tx: Connection, id: int, *, owner: str, error: str) -> bool:  # noqa: A002
    """Write that a letter will not be tried again unless a person asks; False when another worker has the lease."""
    return _finish(tx, id, owner=owner, state=DeliveryState.FAILED, error=error[:ERROR_MAXIMUM])


def _finish(tx: Connection, id: int, *, owner: str, **values: Any) -> bool:  # noqa: A002
    leased = update(Delivery).where(_leased([id], owner))
    return bool(tx.execute(leased.values(lease_owner=None, lease_until=None, **values)).rowcount)


def retry(tx: Connection, *, at: datetime, ids: Collection[int] | None = None) -> int:
    """Put failed letters back into the queue, as if new but with their old Message-ID; returns how many."""
    failed = update(Delivery).where(Delivery.state == DeliveryState.FAILED, Delivery.channel == Channel.EMAIL)
    if ids is not None:
        failed = failed.where(Delivery.id.in_(ids))
    fresh = failed.values(state=DeliveryState.CREATED, attempts=0, next_try_at=at, error="")
    return tx.execute(fresh).rowcount


def mark_read(tx: Connection, person_id: int, *, at: datetime, ids: Collection[int] | None = None) -> int:
    """Note that a person opened messages of the inbox, all of them without `ids`; other people's are left alone."""
    unread = update(Delivery).where(
        Delivery.recipient_id == person_id, Delivery.channel == Channel.INBOX, Delivery.read_at.is_(None)
    )
    if ids is not None:
        unread = unread.where(Delivery.id.in_(ids))
    return tx.execute(unread.values(read_at=at)).rowcount


def oldest_due(connection: Connection, *, at: datetime) -> datetime | None:
    """Since when the longest waiting letter could have gone out; None when nothing waits."""
    # An urgent letter queues with an earlier date than it was written at, see `relay`.
    written = Delivery.created_at > Delivery.next_try_at
    since = case((written, Delivery.created_at), else_=Delivery.next_try_at)
    value: datetime | None = connection.execute(select(func.min(since)).where(is_due(at))).scalar_one()
    return value
