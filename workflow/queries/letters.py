"""The facts of letters and messages, read for any number of deliveries in a fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.orm import aliased

from workflow.events import Topic
from workflow.facts import Ref
from workflow.letters import LetterFacts
from workflow.models import (
    Agreement,
    Conference,
    Delivery,
    Edition,
    HistoryContent,
    HistoryEntry,
    OutboxRow,
    Person,
    Proposal,
)
from workflow.queries.audiences import Members, audiences, happening


@dataclass(frozen=True, slots=True)
class Addressed:
    """A letter's facts and whom it is for."""

    delivery_id: int
    message_id: str
    recipient_id: int
    email: str
    name: str
    language: str
    # False for people who were deactivated or erased since the delivery was written.
    reachable: bool
    facts: LetterFacts
    payload: Mapping[str, Any]


def base() -> Select[Any]:
    """Deliveries with what was told, who did it and who reads it; each caller says which deliveries."""
    actor = aliased(Person)
    return (
        select(
            Delivery.id, Delivery.message_id, Delivery.recipient_id, Delivery.read_at,
            OutboxRow.id.label("number"), OutboxRow.topic, OutboxRow.subject_kind, OutboxRow.subject_id,
            OutboxRow.payload, OutboxRow.at,
            HistoryEntry.to_state, HistoryContent.note, HistoryContent.data,
            Person.email, Person.name, Person.language, Person.active, Person.erased_at,
            actor.name.label("actor"),
        )
        .join(OutboxRow, OutboxRow.id == Delivery.outbox_id)
        .join(Person, Person.id == Delivery.recipient_id)
        .outerjoin(HistoryEntry, HistoryEntry.id == OutboxRow.history_id)
        .outerjoin(HistoryContent, HistoryContent.history_id == OutboxRow.history_id)
        .outerjoin(actor, actor.id == HistoryEntry.actor_id)
    )  # fmt: skip


def addressed(connection: Connection, ids: Collection[int]) -> dict[int, Addressed]:
    """The letters of these deliveries."""
    rows = connection.execute(base().where(Delivery.id.in_(ids))).all()
    facts = letter_facts(connection, rows)
    return {
        row.id: Addressed(
            delivery_id=row.id,
            message_id=row.message_id,
            recipient_id=row.recipient_id,
            email=row.email or "",
            name=row.name,
            language=row.language,
            reachable=row.active and row.erased_at is None,
            facts=facts[row.id],
            payload=row.payload,
        )
        for row in rows
    }


def letter_facts(
    connection: Connection, rows: Sequence[Row[Any]], *, only: int | None = None
) -> dict[int, LetterFacts]:
    """Facts by delivery for rows of `base`; `only` where one person is the reader of all of them."""
    happenings = {
        row.number: happening(row.number, row.topic, Ref(row.subject_kind, row.subject_id), row.data or {})
        for row in rows
    }
    members = audiences(connection, list(happenings.values()), only=only)
    subjects = _subjects(connection, {one.ref for one in happenings.values()})
    return {row.id: _facts(row, subjects.get(happenings[row.number].ref), members[row.number]) for row in rows}


@dataclass(frozen=True, slots=True)
class _Subject:
    title: str
    number: int
    state: str
    due_at: datetime | None
    edition: str
    edition_key: str


def _subjects(connection: Connection, refs: Collection[Ref]) -> dict[Ref, _Subject]:
    own = (
        (Proposal, Proposal.title, Proposal.number, Proposal.edition_id),
        (Conference, Conference.purpose, Conference.number, Conference.edition_id),
        (Agreement, Agreement.title, Agreement.id, Agreement.edition_id),
        (Edition, Edition.title, Edition.year, Edition.id),
    )
    found: dict[Ref, _Subject] = {}
    for model, title, number, edition_id in own:
        kind = model.__tablename__
        ids = {ref.id for ref in refs if ref.kind == kind}
        query = select(
            model.id,
            title.label("title"),
            number.label("number"),
            model.state,
            model.due_at,
            Edition.title.label("edition"),
            Edition.key,
        ).where(model.id.in_(ids), Edition.id == edition_id)
        for row in connection.execute(query) if ids else ():
            found[Ref(kind, row.id)] = _Subject(*row[1:])
    return found


def _facts(row: Row[Any], subject: _Subject | None, members: Members) -> LetterFacts:
    until = row.payload.get("until")
    # A date belongs to the state that the step led to, also when it was moved since.
    fresh = subject is not None and row.to_state == subject.state
    return LetterFacts(
        number=row.number,
        topic=Topic(row.topic),
        ref=Ref(row.subject_kind, row.subject_id),
        at=row.at,
        title=subject.title if subject else "",
        subject_number=subject.number if subject else 0,
        edition=subject.edition if subject else "",
        edition_key=subject.edition_key if subject else "",
        actor=row.actor or "",
        audiences=frozenset(one for one, people in members.items() if row.recipient_id in people),
        note=row.note or "",
        data=row.data or {},
        until=datetime.fromisoformat(until) if until else subject.due_at if subject and fresh else None,
    )
