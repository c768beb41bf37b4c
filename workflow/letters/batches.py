"""Letters that wait or waited for a person: which batches there are, who gets what, and what each letter says."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select
from sqlalchemy.orm import aliased

from workflow.models import Delivery, Edition, LetterBatch, OutboxRow, Person
from workflow.notifications import outbox
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.letter_batches import Withdrawal, withdrawal
from workflow.notifications.letter_subjects import subjects_of
from workflow.notifications.letter_texts import OWN_TEXT, edition_texts
from workflow.notifications.message_data import for_recipients, letter_facts, text_for
from workflow.notifications.messages import Letter, LetterFacts, compose
from workflow.notifications.outbox import Waiting
from workflow.notifications.recipients import names_of
from workflow.notifications.topic_recipients import resolve
from workflow.rules.facts import Ref
from workflow.rules.letter_batches import BatchKind, BatchState
from workflow.rules.topics import Topic

PAGE = 100
# A person, and the minor for whom that person gets a letter.
Reader = tuple[int, int | None]


class BatchLine(Struct, frozen=True):
    """A batch in the list."""

    id: int
    kind: BatchKind
    state: BatchState
    topic: str
    recipients: str
    made_by: str
    made_by_id: int | None
    made_at: datetime
    changed_by: str
    changed_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    messages: int
    # Of a letter to a list: its subject as it was written, with its placeholders.
    subject: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state is BatchState.HELD

    @property
    def may_be_changed(self) -> bool:
        """Whether its words can still be changed: those of a letter to a list that waits."""
        return self.waits and self.kind is BatchKind.LIST


class BatchRecipient(Struct, frozen=True):
    """Who gets a letter, and whether by e-mail or in the service alone."""

    id: int
    name: str
    by_email: bool
    # The minor for whom this person gets the letter.
    for_id: int | None = None


class BatchLetter(Struct, frozen=True):
    """One text with everybody who gets it."""

    ref: Ref
    topic: Topic
    letter: Letter
    recipients: tuple[BatchRecipient, ...]


class BatchContent(Struct, frozen=True):
    """A batch with its letters; `people` counts each person once."""

    line: BatchLine
    letters: tuple[BatchLetter, ...]
    people: int
    by_email: int
    # Of an approved or withdrawn batch: how many letters have left.
    sent: int
    # What withdrawing it would do now.
    withdrawal: Withdrawal
    # What the messages are about that reach nobody.
    unreached: tuple[str, ...]

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether anything of it can be taken back."""
        return self.line.state is not BatchState.WITHDRAWN and self.withdrawal.does_something

    @property
    def digest(self) -> str:
        """SHA-256 over every letter with those whom it goes to, so that an approval says what was read."""
        seen = sorted(repr((shown.letter, sorted(repr(one) for one in shown.recipients))) for shown in self.letters)
        return hashlib.sha256(repr(seen).encode()).hexdigest()


def batches_of(connection: Connection, edition_id: int) -> list[BatchLine]:
    """The batches of an edition, newest first; one statement."""
    query = _lines().where(LetterBatch.edition_id == edition_id).order_by(LetterBatch.id.desc()).limit(PAGE)
    return [_line(row) for row in connection.execute(query)]


def batch_content(connection: Connection, edition_id: int, batch_id: int, language: str) -> BatchContent | None:
    """A batch with every letter in one language; None where the edition has none of this number."""
    query = _lines().where(LetterBatch.edition_id == edition_id, LetterBatch.id == batch_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    messages = outbox.of_batch(connection, batch_id)
    recipients = _recipients(connection, messages)
    letters = _letters(connection, recipients, language)
    people = {person.id: person.by_email for persons in recipients.values() for person in persons}
    d = Delivery
    sent = select(func.count()).select_from(d).join(OutboxRow, OutboxRow.id == d.outbox_id).where(
        OutboxRow.batch_id == batch_id, d.channel == Channel.EMAIL, d.state == DeliveryState.SENT
    )  # fmt: skip
    return BatchContent(
        _line(row),
        tuple(letters),
        len(people),
        sum(people.values()),
        int(connection.execute(sent).scalar_one()),
        withdrawal(connection, batch_id),
        _unreached(connection, [message.ref for message, _was_relayed in messages if not recipients.get(message.id)]),
    )


def _unreached(connection: Connection, refs: Sequence[Ref]) -> tuple[str, ...]:
    """The titles of these subjects, in their order."""
    subjects = subjects_of(connection, set(refs))
    return tuple(subjects[ref].title for ref in refs if ref in subjects)


def waiting_in(connection: Connection, edition_ids: Collection[int]) -> list[tuple[str, str, int]]:
    """Of these editions those in which letters wait: key, title and how many messages; one statement."""
    b, o = LetterBatch, OutboxRow
    query = select(Edition.key, Edition.title, func.count(o.id)).join(b, b.edition_id == Edition.id)
    query = query.join(o, o.batch_id == b.id).where(o.relayed_at.is_(None))
    query = query.where(b.edition_id.in_(edition_ids), b.state == BatchState.HELD)
    rows = connection.execute(query.group_by(Edition.id, Edition.key, Edition.title).order_by(Edition.id))
    return [(row[0], row[1], row[2]) for row in rows]


def _lines() -> Any:
    b = LetterBatch
    messages = select(func.count()).where(OutboxRow.batch_id == b.id).correlate(b).scalar_subquery()
    written = select(OutboxRow.payload).where(OutboxRow.batch_id == b.id, b.kind == BatchKind.LIST).limit(1)
    payload = written.correlate(b).scalar_subquery()
    query = select(b, messages.label("messages"), payload.label("payload"))
    columns = {"maker": b.made_by_id, "changer": b.changed_by_id, "approver": b.decided_by_id,
               "withdrawer": b.withdrawn_by_id}  # fmt: skip
    for label, column in columns.items():
        person = aliased(Person)
        query = query.add_columns(person.name.label(label)).outerjoin(person, person.id == column)
    return query


def _line(row: Row[Any]) -> BatchLine:
    return BatchLine(
        row.id, BatchKind(row.kind), BatchState(row.state), row.topic, row.recipients, row.maker or "", row.made_by_id,
        row.made_at, row.changer or "", row.changed_at, row.approver or "", row.decided_at, row.withdrawer or "",
        row.withdrawn_at, row.messages, (row.payload or {}).get(OWN_TEXT, {}).get("subject", ""),
    )  # fmt: skip


def _recipients(
    connection: Connection, messages: Sequence[tuple[Waiting, bool]]
) -> dict[int, tuple[BatchRecipient, ...]]:  # fmt: skip
    """Whom each message reaches: as it was written down, or as roles and groups stand now where it was not yet."""
    waiting = [message for message, was_relayed in messages if not was_relayed]
    readers: dict[int, dict[Reader, bool]] = {
        number: {(person.id, person.for_id): person.by_email for person in people if person.id is not None}
        for number, people in resolve(connection, waiting).items()
    }
    relayed = [message.id for message, was_relayed in messages if was_relayed]
    d = Delivery
    query = select(d.outbox_id, d.recipient_id, d.for_id, d.channel).where(d.outbox_id.in_(relayed))
    for row in connection.execute(query) if relayed else ():
        if row.recipient_id is not None:
            known, reader = readers.setdefault(row.outbox_id, {}), (row.recipient_id, row.for_id)
            known[reader] = known.get(reader, False) or row.channel == Channel.EMAIL
    names = names_of(connection, {person for people in readers.values() for reader in people for person in reader})
    return {number: tuple(_named(reader, names, by_email=by_email) for reader, by_email in people.items())
            for number, people in readers.items()}  # fmt: skip


def _named(reader: Reader, names: Mapping[int | None, str], *, by_email: bool) -> BatchRecipient:
    """A reader with a name; with the name of the minor, too, for whom somebody else gets the letter."""
    person, minor = reader
    name = names.get(person, "")
    return BatchRecipient(person, f"{name} ({names.get(minor, '')})" if minor else name, by_email, minor)


def _letters(
    connection: Connection, recipients: Mapping[int, Collection[BatchRecipient]], language: str
) -> list[BatchLetter]:  # fmt: skip
    """Every different letter: of one message, those whom it reads alike together."""
    persons = {(number, one.id, one.for_id): one for number, people in recipients.items() for one in people}
    rows = for_recipients(connection, list(persons))
    facts = letter_facts(connection, rows)
    texts = edition_texts(connection, {of.edition_id for of in facts.values()})
    groups: dict[Any, list[BatchRecipient]] = defaultdict(list)
    known: dict[Any, tuple[LetterFacts, Any]] = {}
    for row in rows:
        of = facts[row.id]
        # Offers differ in nothing but the link, which is not shown.
        message = of.topic if of.topic is Topic.ACCOUNT_OFFERED else of.number
        key = (message, of.concerned, of.lines)
        groups[key].append(persons[row.id])
        known[key] = of, row.payload
    return [
        BatchLetter(of.ref, of.topic, compose(of, text_for(texts, of, payload, language), language), tuple(groups[key]))
        for key, (of, payload) in known.items()
    ]  # fmt: skip


def readers_of_list(
    connection: Connection, edition_id: int, people: Sequence[int], *, at: datetime
) -> list[BatchRecipient]:
    """Whom a letter to these people would reach, and how; nothing is written."""
    message = Waiting(0, Topic.LIST_LETTER, Ref("edition", edition_id), {"people": list(people)}, at, None, {})
    reached = {(of.id, of.for_id): of.by_email for of in resolve(connection, [message])[0] if of.id is not None}
    names = names_of(connection, {person for reader in reached for person in reader})
    return [_named(reader, names, by_email=by_email) for reader, by_email in reached.items()]
