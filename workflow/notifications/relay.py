"""Outbox row -> delivery rows: who is told, on which channel, worked out once and written down."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from workflow.db.database import Database
from workflow.notifications import deliveries, follower_news, outbox, webhook_calls
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.letter_batches import hold_back
from workflow.notifications.outbox import Waiting
from workflow.notifications.preferences import Pace, digest_morning
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.notifications.topic_recipients import WITHOUT_LETTERS, Recipient, resolve
from workflow.rules.topics import RECEIPTS, Audience, Topic

BATCH = 50
# A letter that somebody sits waiting for goes before all the others: it queues as if it had waited for a day.
URGENT = timedelta(days=1)


def relay(db: Database, *, base_url: str, at: datetime, limit: int = BATCH) -> list[int] | None:
    """Turn waiting outbox rows into deliveries, in one transaction; returns the numbers of letters to send.

    None where nothing waits, or another relay has all that does. Safe to run anywhere and at once: a row is locked
    while its deliveries are written, and their key (outbox row, recipient, channel) is unique. Messages of the inbox
    are delivered by being written. Nothing is sent here.
    """
    with db.reading() as connection:
        if not outbox.has_waiting(connection):
            return None
    with db.transaction() as tx:
        waiting = outbox.waiting(tx, limit=limit)
        if not waiting:
            return None
        rows = hold_back(tx, waiting, at=at)
        recipients = resolve(tx, rows)
        pairs = [(row, recipient) for row in rows for recipient in recipients[row.id]]
        letters = [pair for pair in pairs if pair[1].by_email]
        ids = deliveries.create(tx, [
            _row(*pair, Channel.EMAIL, DeliveryState.CREATED, base_url, at, next_try_at=_queued_at(pair[0].topic, at))
            for pair in letters if pair[1].pace is Pace.AT_ONCE
        ])  # fmt: skip
        deliveries.create(tx, [
            _row(*pair, Channel.EMAIL, DeliveryState.GATHERED, base_url, at,
                 next_try_at=digest_morning(at, pair[1].pace))
            for pair in letters if pair[1].pace is not Pace.AT_ONCE
        ])  # fmt: skip
        deliveries.create(tx, [
            _row(*pair, Channel.PAPER, DeliveryState.CREATED, base_url, at) for pair in pairs if pair[1].on_paper
        ])  # fmt: skip
        deliveries.create(tx, [
            _row(*pair, Channel.INBOX, DeliveryState.SENT, base_url, at, sent_at=at)
            for pair in pairs if pair[1].in_app
        ])  # fmt: skip
        follower_news.tell(tx, [row for row in rows if _is_public(row)], at=at)
        webhook_calls.create(tx, rows, at=at)
        outbox.mark_relayed(tx, [row.id for row in rows], at=at)
    return ids


def _is_public(row: Waiting) -> bool:
    """Whether a fact is told to everybody, on the page, so that those who follow get a letter about it."""
    return Audience.PUBLIC in AUDIENCES.get(row.topic, ()) and not row.payload.get(WITHOUT_LETTERS)


def relay_all(db: Database, *, base_url: str, at: datetime, batches: int = 200) -> list[int]:
    """Relay until nothing waits, in small transactions so that others get their turn; at most so many batches."""
    ids: list[int] = []
    for _batch in range(batches):
        made = relay(db, base_url=base_url, at=at)
        if made is None:
            break
        ids += made
    return ids


def message_id(outbox_id: int, recipient_id: int | None, channel: Channel, *, base_url: str) -> str:
    """The same for every try of the same delivery, so that a mail program can tell a second copy."""
    digest = hashlib.sha256(f"{outbox_id}:{recipient_id}:{channel}".encode()).hexdigest()[:24]
    return f"<{outbox_id}.{digest}@{urlsplit(base_url).hostname or 'localhost'}>"


def _row(
    row: Waiting, recipient: Recipient, channel: Channel, state: DeliveryState, base_url: str, at: datetime,
    **more: datetime,
) -> dict[str, Any]:  # fmt: skip
    return {
        "outbox_id": row.id,
        "recipient_id": recipient.id,
        "channel": channel,
        "message_id": message_id(row.id, recipient.id, channel, base_url=base_url),
        "created_at": at,
        "for_id": recipient.for_id,
        "state": state,
        "next_try_at": at,
        **more,
    }


def _queued_at(topic: Topic, at: datetime) -> datetime:
    """Since when a letter counts as waiting: an urgent one goes before all others."""
    is_awaited = topic is not Topic.DIGEST and {Audience.ACCOUNT, Audience.INVITED} & set(AUDIENCES.get(topic, ()))
    return at - URGENT if topic in RECEIPTS or is_awaited else at
