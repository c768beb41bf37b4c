"""The page of messages: notifications of a person, newest first, the same words as in the letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from workflow.models import Delivery
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState, mark_read
from workflow.notifications.letter_texts import texts_of
from workflow.notifications.message_data import base, letter_facts
from workflow.notifications.messages import Letter, LetterFacts, compose

__all__ = ["Message", "Page", "mark_read", "messages", "unread"]
PAGE = 25
MOST = 100


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the inbox."""

    id: int
    at: datetime
    topic: str
    is_read: bool
    letter: Letter


@dataclass(frozen=True, slots=True)
class Page:
    """A page of messages; `before` is where the next one begins, None at the end."""

    messages: Sequence[Message]
    before: int | None


def messages(
    connection: Connection, person_id: int, *, language: str, before: int | None = None, limit: int = PAGE
) -> Page:
    """A person's messages, newest first, from below the number `before`; a fixed number of statements."""
    limit = max(1, min(limit, MOST))
    mine = Delivery.recipient_id == person_id, Delivery.channel == Channel.INBOX
    query = base().where(*mine, Delivery.state != DeliveryState.WITHDRAWN)
    if before is not None:
        query = query.where(Delivery.id < before)
    rows = connection.execute(query.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    facts = letter_facts(connection, shown, only={person_id})
    messages = [
        Message(
            id=row.id,
            at=row.at,
            topic=row.topic,
            is_read=row.read_at is not None,
            letter=_letter(connection, facts[row.id], language),
        )
        for row in shown
    ]
    return Page(messages, shown[-1].id if len(rows) > limit else None)


def _letter(connection: Connection, facts: LetterFacts, language: str) -> Letter:
    return compose(facts, texts_of(connection, facts.edition_id, language)[facts.topic], language)


def unread(connection: Connection, person_id: int) -> int:
    """How many messages a person has not opened."""
    query = select(func.count()).where(
        Delivery.recipient_id == person_id,
        Delivery.channel == Channel.INBOX,
        Delivery.read_at.is_(None),
        Delivery.state != DeliveryState.WITHDRAWN,
    )
    return int(connection.execute(query).scalar_one())
