"""The journey of letters: written, queued, each try with the server's words, accepted or back, opened in the inbox."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, select

from workflow.base.grouping import grouped
from workflow.models import Delivery, DeliveryTry, OutboxRow
from workflow.notifications.delivery_log import Letter, newest_letters
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

PAGE = 25


class TryLine(Struct, frozen=True):
    """What became of one try, or of the letter later."""

    at: datetime
    outcome: str
    reply: str


class JourneyLine(Letter, frozen=True):
    """One message for one person on one channel, from the moment when it was written."""

    channel: str
    state: str
    error: str
    # When it happened, when it was queued, when it is tried next.
    written_at: datetime
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    # Of a correction: the subject line of the letter that it takes back, by language.
    corrects: Mapping[str, str]
    tries: tuple[TryLine, ...] = ()


def journey_of_person(
    connection: Connection, person_id: int, *, before: int | None = None, private: bool, limit: int = PAGE
) -> Sequence[JourneyLine]:
    """Everything that was written to a person, newest first, from below the number `before`; two statements."""
    return _lines(connection, Delivery.recipient_id == person_id, before=before, private=private, limit=limit)


def journey_of_subject(
    connection: Connection, ref: Ref, *, before: int | None = None, private: bool, limit: int = PAGE
) -> Sequence[JourneyLine]:
    """Everything that was written to anybody about a subject, newest first; two statements."""
    about = and_(OutboxRow.subject_kind == ref.kind, OutboxRow.subject_id == ref.id)
    return _lines(connection, about, before=before, private=private, limit=limit)


def _lines(
    connection: Connection, which: ColumnElement[bool], *, before: int | None, private: bool, limit: int
) -> Sequence[JourneyLine]:
    """Without `private` letters of meetings and votes are left out."""
    query = newest_letters(
        Delivery.channel, Delivery.state, Delivery.error, OutboxRow.at.label("written_at"), Delivery.created_at,
        Delivery.next_try_at, Delivery.sent_at, Delivery.read_at, OutboxRow.payload,
        before=before, limit=limit, private=private,
    ).where(which)  # fmt: skip
    rows = connection.execute(query).all()
    tries = _tries(connection, [row.id for row in rows])
    return [_line(row._asdict(), tries.get(row.id, ())) for row in rows]


def _line(row: dict[str, Any], tries: Iterable[TryLine]) -> JourneyLine:
    payload = row.pop("payload")
    corrects = payload["subjects"] if row["topic"] == Topic.CORRECTED else {}
    return JourneyLine(**row, corrects=corrects, tries=tuple(tries))


def _tries(connection: Connection, ids: Collection[int]) -> dict[int, list[TryLine]]:
    t = DeliveryTry
    query = select(t.delivery_id, t.at, t.outcome, t.reply).where(t.delivery_id.in_(ids)).order_by(t.id)
    return grouped((row[0], TryLine(*row[1:])) for row in connection.execute(query)) if ids else {}
