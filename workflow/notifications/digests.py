"""Digests: what a person did not want at once, summed up in one letter, at most one a day and never an empty one."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from workflow.base.calendar import warsaw_date
from workflow.models import Delivery, OutboxRow
from workflow.notifications import outbox
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.preferences import Pace, digest_morning
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic


def due_people(connection: Connection, *, at: datetime, limit: int) -> list[int]:
    """People for whom something was gathered whose morning has come."""
    waits = Delivery.state == DeliveryState.GATHERED, Delivery.next_try_at <= at, Delivery.recipient_id.is_not(None)
    query = select(Delivery.recipient_id).where(*waits).distinct().limit(limit)
    return [number for number in connection.execute(query).scalars() if number is not None]


def sum_up(tx: Connection, person_id: int, *, at: datetime) -> int:
    """Put everything that is due for a person into one digest; returns how many items it has.

    The digest and the marks on its items are one transaction: an item is in one digest or still waits. The digest's
    key names the person and the day, so a second beat makes none; what waits then goes into the next day's.
    """
    key = f"digest:{person_id}:{warsaw_date(at).isoformat()}"
    mine = Delivery.recipient_id == person_id, Delivery.state == DeliveryState.GATHERED, Delivery.next_try_at <= at
    if not outbox.record(tx, key=key, topic=Topic.DIGEST, ref=Ref("person", person_id), at=at):
        tx.execute(update(Delivery).where(*mine).values(next_try_at=digest_morning(at, Pace.DAILY)))
        return 0
    number = tx.execute(select(OutboxRow.id).where(OutboxRow.key == key)).scalar_one()
    summed = update(Delivery).where(*mine).values(state=DeliveryState.SENT, sent_at=at, digest_id=number)
    count = tx.execute(summed).rowcount
    if not count:
        tx.execute(delete(OutboxRow).where(OutboxRow.id == number))
    return count
