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
        letters = [(row, recipient) for row, recipient in pairs if recipient.by_email]
        at_once = [pair for pair in letters if pair[1].pace is Pace.AT_ONCE]
        ids = deliveries.create(tx, [_letter(*pair, base_url, at) for pair in at_once])
        gathered = [pair for pair in letters if pair[1].pace is not Pace.AT_ONCE]
        deliveries.create(tx, [_gathered(*pair, base_url, at) for pair in gathered])
        deliveries.create(tx, [_on_paper(*pair, base_url, at) for pair in pairs if pair[1].on_paper])
        messages = [_message(*pair, base_url, at) for pair in pairs if pair[1].in_app]
        deliveries.create(tx, messages)
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


def _row(row: Waiting, recipient: Recipient, channel: Channel, base_url: str, at: datetime) -> dict[str, Any]:
    return {
        "outbox_id": row.id,
        "recipient_id": recipient.id,
        "channel": channel,
        "message_id": message_id(row.id, recipient.id, channel, base_url=base_url),
        "created_at": at,
        "for_id": recipient.for_id,
    }


def _letter(row: Waiting, recipient: Recipient, base_url: str, at: datetime) -> dict[str, Any]:
    urgent = row.topic in RECEIPTS or _is_awaited(row.topic)
    waits_since = at - URGENT if urgent else at
    base = _row(row, recipient, Channel.EMAIL, base_url, at)
    return {**base, "state": DeliveryState.CREATED, "next_try_at": waits_since}


def _is_awaited(topic: Topic) -> bool:
    return topic is not Topic.DIGEST and bool({Audience.ACCOUNT, Audience.INVITED} & set(AUDIENCES.get(topic, ())))


def _gathered(row: Waiting, recipient: Recipient, base_url: str, at: datetime) -> dict[str, Any]:
    base = _row(row, recipient, Channel.EMAIL, base_url, at)
    return {**base, "state": DeliveryState.GATHERED, "next_try_at": digest_morning(at, recipient.pace)}


def _on_paper(row: Waiting, recipient: Recipient, base_url: str, at: datetime) -> dict[str, Any]:
    base = _row(row, recipient, Channel.PAPER, base_url, at)
    return {**base, "state": DeliveryState.CREATED, "next_try_at": at}


def _message(row: Waiting, recipient: Recipient, base_url: str, at: datetime) -> dict[str, Any]:
    base = _row(row, recipient, Channel.INBOX, base_url, at)
    return {**base, "state": DeliveryState.SENT, "next_try_at": at, "sent_at": at}
