"""The page of messages: notifications of a person, newest first, the same words as in the letters."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_

from workflow.models import Delivery
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.letter_texts import edition_texts
from workflow.notifications.message_data import base, letter_facts, text_for
from workflow.notifications.messages import Letter, compose
from workflow.rules.facts import Ref

PAGE = 25
MOST = 100


class Message(Struct, frozen=True):
    """One message of the inbox."""

    id: int
    at: datetime
    # When it came into the inbox, which is later than what it tells of where the letter waited.
    arrived_at: datetime
    topic: str
    is_read: bool
    letter: Letter
    # What it is about, and who did it; None is the system.
    ref: Ref
    by: int | None = None


class Page(Struct, frozen=True):
    """A page of messages; `before` is where the next one begins, None at the end."""

    messages: Sequence[Message]
    before: int | None


def messages(
    connection: Connection, person_id: int, *, language: str, before: int | None = None, limit: int = PAGE
) -> Page:
    """A person's messages, newest first, from below the number `before`; a fixed number of statements."""
    limit = max(1, min(limit, MOST))
    query = base().where(Delivery.recipient_id == person_id, _in_inbox())
    if before is not None:
        query = query.where(Delivery.id < before)
    rows = connection.execute(query.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    facts = letter_facts(connection, shown, only={person_id})
    texts = edition_texts(connection, {of.edition_id for of in facts.values()})
    messages = [
        Message(
            id=row.id,
            at=row.at,
            arrived_at=row.created_at,
            topic=row.topic,
            is_read=row.read_at is not None,
            letter=compose(facts[row.id], text_for(texts, facts[row.id], row.payload, language), language),
            ref=facts[row.id].ref,
            by=row.payload.get("by"),
        )
        for row in shown
    ]
    return Page(messages, shown[-1].id if len(rows) > limit else None)


def _in_inbox() -> ColumnElement[bool]:
    """Messages that are there to be read; what was taken back before anybody opened it is not."""
    return and_(Delivery.channel == Channel.INBOX, Delivery.state != DeliveryState.WITHDRAWN)
