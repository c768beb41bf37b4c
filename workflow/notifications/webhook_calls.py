"""Calls of webhooks: which topics they are about, claimed under a lease, made, and what became of each try."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, insert, or_, select, update

from workflow.models import Edition, OutboxRow, Webhook, WebhookCall, WebhookTry
from workflow.models.base import table_of
from workflow.notifications.outbox import Waiting, insert_new
from workflow.notifications.recipients import editions_of, happening
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.rules.permissions import PRIVATE_KINDS
from workflow.rules.topics import Topic
from workflow.rules.webhook_scopes import AUDIENCES_OF, WebhookScope

LEASE = timedelta(seconds=60)
# Of the box that holds a secret.
PURPOSE = "webhook"


class CallState(StrEnum):
    """Where a call is."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


WAITING = (CallState.CREATED, CallState.SENDING)


class Call(Struct, frozen=True):
    """What is to be sent to one webhook now; `box` is its secret as it is stored, `attempts` counts this one too."""

    id: int
    webhook_id: int
    attempts: int
    url: str
    box: str
    is_ended: bool
    content: Mapping[str, Any]


class Result(Struct, frozen=True):
    """What the other system said at a moment; without an answer there is no status, and the reply says why."""

    at: datetime
    status: int | None
    reply: str

    @property
    def is_taken(self) -> bool:
        """Whether the call need not be made again."""
        return self.status is not None and 200 <= self.status < 300


def is_sent_to(topic: Topic, kind: str, scope: WebhookScope) -> bool:
    """Whether a webhook of this scope is called about a topic; never about what only a body or one person may know."""
    return kind not in PRIVATE_KINDS and bool(AUDIENCES_OF[scope] & set(AUDIENCES.get(topic, ())))


def create(tx: Connection, rows: Sequence[Waiting], *, at: datetime) -> int:
    """Write the calls about these rows, each once; returns how many. One statement where no edition has webhooks."""
    hooks = tx.execute(select(Webhook.id, Webhook.edition_id, Webhook.scope).where(Webhook.ended_at.is_(None))).all()
    if not hooks:
        return 0
    editions = editions_of(tx, [happening(row.id, row.topic, row.ref, {}) for row in rows])
    calls = [
        {"webhook_id": hook.id, "outbox_id": row.id, "next_try_at": at, "created_at": at}
        for row in rows for hook in hooks
        if editions.get(row.id) == hook.edition_id and is_sent_to(row.topic, row.ref.kind, WebhookScope(hook.scope))
    ]  # fmt: skip
    return len(insert_new(tx, table_of(WebhookCall), calls))


def claim(tx: Connection, *, owner: str, at: datetime, limit: int) -> list[Call]:
    """Take due calls, the longest waiting first, for LEASE; what another transaction is claiming is left to it."""
    c = WebhookCall
    lost = and_(c.state == CallState.SENDING, c.lease_until <= at)
    due = c.state.in_(WAITING), c.next_try_at <= at, or_(c.state == CallState.CREATED, lost)
    query = select(c.id).where(*due).order_by(c.next_try_at, c.id).limit(limit).with_for_update(skip_locked=True)
    numbers = list(tx.execute(query).scalars())
    if not numbers:
        return []
    leased = {"state": CallState.SENDING, "lease_owner": owner, "lease_until": at + LEASE, "attempts": c.attempts + 1}
    tx.execute(update(c).where(c.id.in_(numbers)).values(**leased))
    return _calls(tx, numbers)


def has_due(connection: Connection, *, at: datetime) -> bool:
    """Whether any call may be due; asked first, because a look takes no lock."""
    c = WebhookCall
    return (
        connection.execute(select(c.id).where(c.state.in_(WAITING), c.next_try_at <= at).limit(1)).first() is not None
    )


def _calls(tx: Connection, numbers: Collection[int]) -> list[Call]:
    """What these calls say: what happened to which subject, and no word that anybody wrote."""
    c, w, o = WebhookCall, Webhook, OutboxRow
    query = (
        select(c.id, c.webhook_id, c.attempts, w.url, w.secret, w.ended_at, o.topic, o.subject_kind, o.subject_id, o.at,
               o.id.label("number"), Edition.key)
        .join(w, w.id == c.webhook_id).join(o, o.id == c.outbox_id).join(Edition, Edition.id == w.edition_id)
        .where(c.id.in_(numbers)).order_by(c.next_try_at, c.id)
    )  # fmt: skip
    return [
        Call(row.id, row.webhook_id, row.attempts, row.url, row.secret, row.ended_at is not None, {
            "id": row.number, "topic": row.topic, "at": row.at.isoformat(), "edition": row.key,
            "subject": {"kind": row.subject_kind, "id": row.subject_id},
        })
        for row in tx.execute(query)
    ]  # fmt: skip


def give_back(tx: Connection, ids: Collection[int], *, owner: str, next_try_at: datetime) -> None:
    """Return calls that nobody tried; it counts as no attempt."""
    c = WebhookCall
    back = {"state": CallState.CREATED, "attempts": c.attempts - 1, "next_try_at": next_try_at}
    tx.execute(update(c).where(*_leased(ids, owner)).values(lease_owner=None, lease_until=None, **back))


def finish(tx: Connection, call: Call, result: Result, *, owner: str, again: datetime | None = None) -> bool:
    """Write what became of a try: sent where it was taken, else tried `again` or failed.

    False, and nothing written, where another worker has the lease by now.
    """
    c = WebhookCall
    state = CallState.SENT if result.is_taken else CallState.CREATED if again else CallState.FAILED
    moments = {"sent_at": result.at} if result.is_taken else {"next_try_at": again} if again else {}
    over = {"state": state, "lease_owner": None, "lease_until": None}
    if not tx.execute(update(c).where(*_leased([call.id], owner)).values(**over, **moments)).rowcount:
        return False
    row = {"call_id": call.id, "at": result.at, "status": result.status, "reply": result.reply}
    tx.execute(insert(WebhookTry).values(**row))
    return True


def _leased(ids: Collection[int], owner: str) -> tuple[Any, ...]:
    c = WebhookCall
    return c.id.in_(ids), c.lease_owner == owner, c.state == CallState.SENDING
