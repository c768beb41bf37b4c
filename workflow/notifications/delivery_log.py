"""What waits, what went out and what failed: for the office, the command line and the metrics."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Select, and_, func, not_, select

from workflow.models import Delivery, GroupInvitation, OutboxRow, Person, Proposal
from workflow.notifications import deliveries
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.mail_pause import is_mail_paused
from workflow.notifications.outbox import waits_for_nobody
from workflow.rules.facts import Ref
from workflow.rules.permissions import PRIVATE_KINDS

PAGE = 50
# Letters that go to an address instead of a person.
INVITED = and_(OutboxRow.subject_kind == "invitation", GroupInvitation.id == OutboxRow.subject_id)

NOT_PRIVATE = OutboxRow.subject_kind.not_in(sorted(PRIVATE_KINDS))


class Status(Struct, frozen=True):
    """The way out at a glance; `oldest_due` is since when the longest waiting letter could have gone."""

    paused: bool
    not_relayed: int
    # Messages that go out only once a person approves them.
    to_approve: int
    created: int
    sending: int
    sent: int
    failed: int
    bounced: int
    oldest_due: datetime | None
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        moments = {name: value.isoformat() if value else None for name, value in
                   (("oldest_due", self.oldest_due), ("at", self.at))}  # fmt: skip
        return asdict(self) | moments


class Letter(Struct, frozen=True):
    """What a letter is about and whom it is for."""

    id: int
    topic: str
    subject_kind: str
    subject_id: int
    person_id: int | None
    name: str
    email: str


class DeadLetter(Letter, frozen=True):
    """A letter that failed or came back, and will not go out again unless somebody says so."""

    attempts: int
    error: str
    created_at: datetime


def status(connection: Connection, *, at: datetime, private: bool = True) -> Status:
    """Counts of letters by state, and whether mail is paused.

    Without `private` letters of meetings and votes are left out, for whoever may not notice that there are any.
    """
    counts = select(Delivery.state, func.count()).where(Delivery.channel == Channel.EMAIL).group_by(Delivery.state)
    # What waits for a person is no sign of a fault.
    free = func.count().filter(waits_for_nobody())
    waiting = select(free, func.count()).select_from(OutboxRow).where(OutboxRow.relayed_at.is_(None))
    if not private:
        counts = counts.join(OutboxRow, OutboxRow.id == Delivery.outbox_id).where(NOT_PRIVATE)
        waiting = waiting.where(NOT_PRIVATE)
    by_state: Mapping[str, int] = {row[0]: row[1] for row in connection.execute(counts)}
    not_relayed, every = connection.execute(waiting).one()
    return Status(
        paused=is_mail_paused(connection),
        not_relayed=not_relayed,
        to_approve=every - not_relayed,
        created=by_state.get(DeliveryState.CREATED, 0),
        sending=by_state.get(DeliveryState.SENDING, 0),
        sent=by_state.get(DeliveryState.SENT, 0),
        failed=by_state.get(DeliveryState.FAILED, 0),
        bounced=by_state.get(DeliveryState.BOUNCED, 0),
        oldest_due=deliveries.oldest_due(connection, at=at),
        at=at,
    )


def to_approve_about(connection: Connection, ref: Ref, *, private: bool) -> int:
    """How many messages about a subject go out only once a person approves them."""
    about = OutboxRow.subject_kind == ref.kind, OutboxRow.subject_id == ref.id
    query = select(func.count()).select_from(OutboxRow).where(*about, OutboxRow.relayed_at.is_(None))
    query = query.where(not_(waits_for_nobody()))
    return int(connection.execute(query if private else query.where(NOT_PRIVATE)).scalar_one())


def dead_letters(
    connection: Connection, *, before: int | None = None, limit: int = PAGE, private: bool = True
) -> Sequence[DeadLetter]:
    """Letters that failed or came back, as `newest_letters` has them."""
    query = newest_letters(
        Delivery.attempts, Delivery.error, Delivery.created_at, before=before, limit=limit, private=private
    ).where(Delivery.state.in_((DeliveryState.FAILED, DeliveryState.BOUNCED)))
    return [DeadLetter(**row._asdict()) for row in connection.execute(query)]


def newest_letters(*more: Any, before: int | None, limit: int, private: bool) -> Select[Any]:
    """The columns of `Letter` and more, of the newest letters first, from below the number `before`.

    Without `private` none of meetings and votes.
    """
    return (
        select(
            Delivery.id, OutboxRow.topic, OutboxRow.subject_kind, OutboxRow.subject_id,
            Delivery.recipient_id.label("person_id"), func.coalesce(Person.name, "").label("name"),
            func.coalesce(Person.email, GroupInvitation.email, "").label("email"), *more,
        )
        .join(OutboxRow, OutboxRow.id == Delivery.outbox_id)
        .outerjoin(Person, Person.id == Delivery.recipient_id)
        .outerjoin(GroupInvitation, INVITED)
        .where(*([Delivery.id < before] if before is not None else []), *([] if private else [NOT_PRIVATE]))
        .order_by(Delivery.id.desc())
        .limit(limit)
    )  # fmt: skip


def dump(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every delivery in order; a fact that has none is in the state `waiting`, or `nobody` once it was relayed.

    Streamed, so in a transaction (`Database.snapshot`).
    """
    query = (
        select(
            OutboxRow.key, OutboxRow.topic, OutboxRow.relayed_at, Person.id,
            func.coalesce(Person.email, GroupInvitation.email).label("email"), Delivery.channel,
            Delivery.state, Delivery.attempts, Delivery.message_id,
        )
        .outerjoin(Delivery, Delivery.outbox_id == OutboxRow.id)
        .outerjoin(Person, Person.id == Delivery.recipient_id)
        .outerjoin(GroupInvitation, INVITED)
        .order_by(OutboxRow.id, Delivery.id)
    )  # fmt: skip
    for row in connection.execution_options(yield_per=1000).execute(query):
        yield {
            "key": row.key,
            "recipient": row.email or (f"person:{row.id}" if row.id else None),
            "channel": row.channel,
            "state": row.state or ("nobody" if row.relayed_at else "waiting"),
            "attempts": row.attempts or 0,
            "message_id": row.message_id,
            "topic": row.topic,
        }


def title_of_project(connection: Connection, proposal_id: int) -> str | None:
    """The title of a project; None where there is none of this number."""
    return connection.execute(select(Proposal.title).where(Proposal.id == proposal_id)).scalar_one_or_none()
