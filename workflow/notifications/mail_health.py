"""How the way out of letters does: the oldest that waits, what happened by hour, and whether it has come to a stop."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, func, select

from workflow.models import Delivery, DeliveryTry, Edition, Person
from workflow.notifications import outbox
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState, TryOutcome
from workflow.notifications.mail_pause import is_mail_paused
from workflow.rules.facts import Ref
from workflow.rules.states import OVER
from workflow.rules.topics import Topic

HOURS = 24
# A letter that its own server put off for hours says nothing about the way out; one that waits for ours is due again
# within this, see tasks.backoff.
SOON = timedelta(minutes=7)


class OldestLetter(Struct, frozen=True):
    """The letter that has waited longest."""

    id: int
    since: datetime
    person_id: int | None
    name: str
    error: str


class Hour(Struct, frozen=True):
    """What became of tries within one hour; `start` in UTC."""

    start: datetime
    counts: Mapping[TryOutcome, int]


def _waits(at: datetime) -> ColumnElement[bool]:
    """Letters that wait for our own way out."""
    state = Delivery.state.in_((DeliveryState.CREATED, DeliveryState.SENDING))
    return and_(state, Delivery.channel == Channel.EMAIL, Delivery.next_try_at <= at + SOON)


def oldest_letter(connection: Connection, *, at: datetime) -> OldestLetter | None:
    """The letter that has waited longest for our own way out; None where none does."""
    d = Delivery
    query = select(d.id, d.created_at, d.recipient_id, func.coalesce(Person.name, ""), d.error)
    query = query.outerjoin(Person, Person.id == d.recipient_id).where(_waits(at)).order_by(d.created_at, d.id).limit(1)
    row = connection.execute(query).one_or_none()
    return OldestLetter(*row) if row else None


def stalled_since(connection: Connection, *, at: datetime, after: timedelta) -> datetime | None:
    """Since when letters wait, where no server has accepted any for `after` while they do; None where all is well.

    Also None while mail is paused: a person has decided so.
    """
    oldest = select(func.min(Delivery.created_at)).where(_waits(at))
    accepted = select(func.max(DeliveryTry.at)).where(
        DeliveryTry.at > at - after, DeliveryTry.outcome == TryOutcome.ACCEPTED
    )
    row: Any = connection.execute(select(oldest.scalar_subquery(), accepted.scalar_subquery())).one()
    since: datetime | None = row[0]
    is_stalled = since is not None and since <= at - after and row[1] is None
    return since if is_stalled and not is_mail_paused(connection) else None


def tell_staff(tx: Connection, *, at: datetime, after: timedelta) -> bool:
    """Write to the inbox of the staff of every edition that goes on, once for each standstill; whether there is one."""
    since = stalled_since(tx, at=at, after=after)
    if since is None:
        return False
    going_on = select(Edition.id).where(Edition.historical.is_(False), Edition.state.not_in(OVER))
    for edition_id in tx.execute(going_on.order_by(Edition.id)).scalars():
        key = f"mail:{edition_id}:{since.isoformat()}"
        outbox.record(tx, key=key, topic=Topic.MAIL_STALLED, ref=Ref("edition", edition_id), at=at)
    return True


def hours(connection: Connection, *, at: datetime) -> list[Hour]:
    """What became of tries in the last HOURS hours, the present one first; one statement."""
    present = at.replace(minute=0, second=0, microsecond=0)
    starts = [present - timedelta(hours=number) for number in range(HOURS)]
    t = DeliveryTry
    within = [func.count().filter(t.at >= start, t.at < start + timedelta(hours=1)) for start in starts]
    query = select(t.outcome, *within).where(t.at >= starts[-1]).group_by(t.outcome)
    counts: dict[int, dict[TryOutcome, int]] = defaultdict(dict)
    for outcome, *numbers in connection.execute(query):
        for place, number in enumerate(numbers):
            counts[place][TryOutcome(outcome)] = number
    return [Hour(start, {outcome: counts[place].get(outcome, 0) for outcome in TryOutcome})
            for place, start in enumerate(starts)]  # fmt: skip
