"""Deliveries: one message for one person on one channel, claimed under a lease, sent, and its outcome written.

created -> sending -> sent, failed, or withdrawn; sent -> bounced; gathered -> sent with a digest
(`notifications.digests`). Who claims a chunk gets a lease with an owner of his own. What became of all of it is written
together at its end, only while that owner still has the lease, so that a worker that was away too long cannot overwrite
what another one did.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, true, update

from workflow.db import wake_up
from workflow.db.dialect import upsert
from workflow.db.given_rows import given_rows
from workflow.db.statements import among
from workflow.models import Delivery, DeliveryTry
from workflow.models.base import table_of
from workflow.notifications.channels import Channel

LEASE = timedelta(seconds=60)
ERROR_MAXIMUM = 500
_TRY = table_of(DeliveryTry)


class DeliveryState(StrEnum):
    """Where a delivery is."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # Waits for the digest of its day: `next_try_at` is that morning.
    GATHERED = "gathered"
    # Taken back before it went out.
    WITHDRAWN = "withdrawn"
    # On paper: printed, and not yet handed over; `created` is to be printed, `sent` is handed over.
    PRINTED = "printed"
    # Sent, and came back.
    BOUNCED = "bounced"


class TryOutcome(StrEnum):
    """What became of a try, or of a letter later."""

    ACCEPTED = "accepted"
    # The server put it off, or the connection broke before an answer came.
    DEFERRED = "deferred"
    REFUSED = "refused"
    # A report came later: it could not be delivered, or not yet.
    BOUNCED = "bounced"
    DELAYED = "delayed"


class Try(Struct, frozen=True):
    """One try of a letter; `next_try_at` is set where it was deferred."""

    delivery_id: int
    at: datetime
    outcome: TryOutcome
    reply: str = ""
    next_try_at: datetime | None = None


# Where a letter goes that could not be sent: one that was withdrawn while it was tried does not wait any more.
_WAITS = case((Delivery.withdrawn_at.is_not(None), DeliveryState.WITHDRAWN), else_=DeliveryState.CREATED)


class Claimed(Struct, frozen=True):
    """A delivery that only its lease owner may send now; `attempts` counts this one too."""

    id: int
    attempts: int


def create(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write delivery rows of the same columns, each once by outbox row, recipient and channel.

    One statement; returns the numbers of the new ones.
    """
    if not rows:
        return []
    into, names = table_of(Delivery), list(rows[0])
    given = given_rows(tx, [into.c[name] for name in names], rows)
    # SQLite takes ON CONFLICT for part of a join where nothing stands before it.
    written = upsert(tx)(into).from_select(names, select(given).where(true()))
    return list(tx.execute(written.on_conflict_do_nothing().returning(into.c.id)).scalars())


def is_due(at: datetime) -> ColumnElement[bool]:
    """Letters whose time has come, those included whose sender did not come back in time."""
    lost = and_(Delivery.state == DeliveryState.SENDING, Delivery.lease_until <= at)
    waits = Delivery.state.in_((DeliveryState.CREATED, DeliveryState.SENDING))
    return and_(
        waits,
        Delivery.channel == Channel.EMAIL,
        Delivery.next_try_at <= at,
        Delivery.withdrawn_at.is_(None),
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
        .where(among(Delivery.id, numbers))
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
    return and_(among(Delivery.id, ids), Delivery.lease_owner == owner, Delivery.state == DeliveryState.SENDING)


def give_back(tx: Connection, ids: Collection[int], *, owner: str, next_try_at: datetime, error: str = "") -> None:
    """Return letters that nobody tried to send; it counts as no attempt."""
    tx.execute(
        update(Delivery)
        .where(_leased(ids, owner))
        .values(
            state=_WAITS,
            lease_owner=None,
            lease_until=None,
            attempts=Delivery.attempts - 1,
            next_try_at=next_try_at,
            error=error[:ERROR_MAXIMUM] if error else Delivery.error,
        )
    )


def due_owners(connection: Connection, *, at: datetime) -> set[str | None]:
    """Who holds letters that are due: None for those of nobody, and owners whose leases ended while they were sending.

    Empty where nothing is due; asked first, because a look takes no lock.
    """
    return set(connection.execute(select(Delivery.lease_owner).where(is_due(at)).distinct()).scalars())


def finish(tx: Connection, tries: Sequence[Try], *, owner: str) -> list[Try]:
    """Write what a chunk came to, for each letter while `owner` has its lease; returns the tries of the others."""
    query = select(Delivery.id).where(_leased([tried.delivery_id for tried in tries], owner)).order_by(Delivery.id)
    mine = set(tx.execute(query.with_for_update()).scalars()) if tries else set()
    kept = [tried for tried in tries if tried.delivery_id in mine]
    note_tries(tx, kept)
    over = {"lease_owner": None, "lease_until": None}
    _note_sent(tx, [tried for tried in kept if tried.outcome is TryOutcome.ACCEPTED], over)
    for tried in kept:
        if tried.outcome is not TryOutcome.ACCEPTED:
            state = _WAITS if tried.next_try_at else DeliveryState.FAILED
            again = {"next_try_at": tried.next_try_at} if tried.next_try_at else {}
            values = {"state": state, "error": tried.reply[:ERROR_MAXIMUM], **over, **again}
            tx.execute(update(Delivery).where(Delivery.id == tried.delivery_id).values(**values))
    return [tried for tried in tries if tried.delivery_id not in mine]


def _note_sent(tx: Connection, accepted: Sequence[Try], over: Mapping[str, Any]) -> None:
    if accepted:
        d = table_of(Delivery)
        moments = [{"id": tried.delivery_id, "sent_at": tried.at} for tried in accepted]
        given = given_rows(tx, [d.c.id, d.c.sent_at], moments)
        sent = update(d).where(d.c.id == given.c.id)
        tx.execute(sent.values(state=DeliveryState.SENT, sent_at=given.c.sent_at, error="", **over))


def note_tries(tx: Connection, tries: Sequence[Try]) -> None:
    """Add tries to the journeys of their letters."""
    rows = [
        {"delivery_id": tried.delivery_id, "at": tried.at, "outcome": tried.outcome.value,
         "reply": tried.reply[:ERROR_MAXIMUM]} for tried in tries
    ]  # fmt: skip
    if rows:
        names = list(rows[0])
        given = given_rows(tx, [_TRY.c[name] for name in names], rows)
        tx.execute(insert(_TRY).from_select(names, select(given)))


def retry(tx: Connection, *, at: datetime, ids: Collection[int] | None = None) -> int:
    """Put letters that failed or came back into the queue, as if new but with their old Message-ID; returns how many.

    Without `ids` only those that failed.
    """
    over = Delivery.state == DeliveryState.FAILED
    if ids is not None:
        over = Delivery.state.in_((DeliveryState.FAILED, DeliveryState.BOUNCED))
    failed = update(Delivery).where(over, Delivery.channel == Channel.EMAIL, Delivery.withdrawn_at.is_(None))
    if ids is not None:
        failed = failed.where(Delivery.id.in_(ids))
    fresh = failed.values(state=DeliveryState.CREATED, attempts=0, next_try_at=at, error="")
    wake_up.after_commit(tx)
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


def settle_withdrawn(tx: Connection, *, at: datetime) -> int:
    """Write off letters that were withdrawn while a worker sent them that never came back; returns how many."""
    lost = Delivery.state == DeliveryState.SENDING, Delivery.withdrawn_at.is_not(None), Delivery.lease_until <= at
    values = {"state": DeliveryState.WITHDRAWN, "lease_owner": None, "lease_until": None}
    return tx.execute(update(Delivery).where(*lost).values(values)).rowcount
