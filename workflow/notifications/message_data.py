"""The facts of letters and messages, read for any number of deliveries in a fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased

from workflow.base.grouping import grouped
from workflow.db.statements import among
from workflow.models import (
    Consent,
    Delivery,
    Follower,
    GroupInvitation,
    HistoryContent,
    HistoryEntry,
    OutboxRow,
    Person,
    Receipt,
)
from workflow.notifications import matter_letters, meeting_letters, registration_letters
from workflow.notifications.channels import Channel
from workflow.notifications.follower_news import is_open
from workflow.notifications.letter_subjects import (
    LetterSubject,
    SummaryConference,
    event_of,
    office_of,
    subjects_of,
    summaries_of,
)
from workflow.notifications.letter_texts import EditionTexts, edition_texts, text_of_payload
from workflow.notifications.messages import APPEALABLE, DECIDED_BY, Correction, LetterFacts
from workflow.notifications.minors_letters import of_consent
from workflow.notifications.recipients import Members, audiences, happening
from workflow.notifications.registration_letters import NO_CALENDAR
from workflow.rules.facts import Ref
from workflow.rules.letter_text import OF_SUMMARY, LetterText
from workflow.rules.settings_catalogue import value
from workflow.rules.topics import RECEIPTS, Audience, Topic

# Whoever knows what stands beside the sentences of a letter, which is about one of these at most.
LINES = meeting_letters.lines_of, registration_letters.lines_of, matter_letters.lines_of


class DigestItem(Struct, frozen=True):
    """One thing that a digest sums up."""

    facts: LetterFacts
    text: LetterText


class Addressed(Struct, frozen=True):
    """A letter's facts and whom it is for."""

    delivery_id: int
    message_id: str
    # None where the letter goes to an invited address.
    recipient_id: int | None
    email: str
    name: str
    language: str
    # False for people who were deactivated or erased since the delivery was written.
    reachable: bool
    facts: LetterFacts
    text: LetterText
    payload: Mapping[str, Any]
    # Of a digest: the facts of what it sums up, as far as it still concerns the person.
    items: tuple[DigestItem, ...] = ()
    # The minor whom a letter to somebody else is for.
    for_name: str = ""
    # Whether the reader's own preferences decide about letters of this kind.
    is_own: bool = True


@cache
def base() -> Select[Any]:
    """Deliveries with what happened, who did it and who receives it; each caller says which deliveries."""
    ward, i, f = aliased(Person), GroupInvitation, Follower
    # A link to sign in goes to whoever asked for it, and a message in the application is the minor's own.
    is_own = or_(OutboxRow.subject_kind == "person", Delivery.channel == Channel.INBOX)
    to_guardian = and_(Person.is_minor, not_(is_own))
    email = case((to_guardian, of_consent(Consent.letters_to)), else_=func.coalesce(Person.email, i.email, f.email))
    guardian = func.coalesce(of_consent(Consent.given_by), "")
    name = case((to_guardian, guardian), else_=func.coalesce(Person.name, ""))
    for_name = func.coalesce(ward.name, case((to_guardian, Person.name)))
    query = (
        select(
            Delivery.id, Delivery.message_id, Delivery.recipient_id, Delivery.read_at, Delivery.created_at,
            email.label("email"), name.label("name"), Delivery.for_id, for_name.label("for_name"),
            func.coalesce(Person.language, i.language, f.language).label("language"),
            is_open(i).label("active"), Person.erased_at,
        )
        .join(OutboxRow, OutboxRow.id == Delivery.outbox_id)
        .outerjoin(Person, Person.id == Delivery.recipient_id)
        .outerjoin(i, and_(OutboxRow.subject_kind == "invitation", i.id == OutboxRow.subject_id))
        .outerjoin(f, and_(OutboxRow.subject_kind == "follower", f.id == OutboxRow.subject_id))
        .outerjoin(ward, ward.id == Delivery.for_id)
    )  # fmt: skip
    return _with_happening(query)


def _with_happening(query: Select[Any]) -> Select[Any]:
    """A query of messages with what happened, who did it, and the receipt that the step gave where it gives one."""
    actor = aliased(Person)
    receipts = OutboxRow.subject_kind == "proposal", OutboxRow.topic.in_(RECEIPTS)
    return (
        query.add_columns(
            OutboxRow.id.label("number"), OutboxRow.topic, OutboxRow.subject_kind, OutboxRow.subject_id,
            OutboxRow.payload, OutboxRow.at, HistoryEntry.to_state, HistoryContent.note, HistoryContent.data,
            actor.name.label("actor"), actor.is_minor.label("actor_is_minor"), Receipt.number.label("receipt"),
            Receipt.digest,
        )
        .outerjoin(HistoryEntry, HistoryEntry.id == OutboxRow.history_id)
        .outerjoin(HistoryContent, HistoryContent.history_id == OutboxRow.history_id)
        .outerjoin(actor, actor.id == HistoryEntry.actor_id)
        .outerjoin(Receipt, and_(Receipt.proposal_id == OutboxRow.subject_id, Receipt.at == OutboxRow.at, *receipts))
    )  # fmt: skip


def addressed(connection: Connection, ids: Collection[int]) -> dict[int, Addressed]:
    """The letters of these deliveries."""
    rows = connection.execute(base().where(among(Delivery.id, ids))).all()
    readers = {row.for_id or row.recipient_id for row in rows}
    facts = letter_facts(connection, rows, only={reader for reader in readers if reader is not None})
    texts = edition_texts(connection, {of.edition_id for of in facts.values()})
    items = _items(connection, [row.number for row in rows if row.topic == Topic.DIGEST])
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
            text=text_for(texts, facts[row.id], row.payload, row.language),
            payload=row.payload,
            items=tuple(items.get(row.number, ())),
            for_name=row.for_name or "",
            is_own=row.for_id is None,
        )
        for row in rows
    }


def _items(connection: Connection, digests: Collection[int]) -> Mapping[int, list[DigestItem]]:
    """Facts and text of everything that went into these digests, oldest first, by the number of the digest."""
    if not digests:
        return {}
    query = base().add_columns(Delivery.digest_id).where(Delivery.digest_id.in_(digests)).order_by(Delivery.id)
    rows = connection.execute(query).all()
    facts = letter_facts(connection, rows)
    texts = edition_texts(connection, {of.edition_id for of in facts.values()})
    return grouped(
        (row.digest_id, DigestItem(facts[row.id], text_for(texts, facts[row.id], row.payload, row.language)))
        for row in rows
    )


def text_for(texts: EditionTexts, facts: LetterFacts, payload: Mapping[str, Any], language: str) -> LetterText:
    """The text of a letter: its own, or that of its topic as it held when the fact happened."""
    return text_of_payload(payload) or texts.text(facts.edition_id, facts.topic, language, at=facts.at)


def for_recipients(connection: Connection, readers: Collection[tuple[int, int, int | None]]) -> list[SimpleNamespace]:
    """Rows as those of `base` for messages that have no deliveries yet; each reader is an outbox row, a person, and the
    minor for whom that person gets it. A row has its reader as its number."""
    numbers = {number for number, _person, _minor in readers}
    query = _with_happening(select().select_from(OutboxRow)).where(OutboxRow.id.in_(numbers))
    rows = {row.number: row._mapping for row in connection.execute(query)} if readers else {}
    return [
        SimpleNamespace(**rows[number], id=(number, person, minor), recipient_id=person, for_id=minor)
        for number, person, minor in readers if number in rows
    ]  # fmt: skip


def letter_facts(
    connection: Connection, rows: Sequence[Any], *, only: Collection[int] | None = None
) -> dict[Any, LetterFacts]:
    """Facts by delivery for rows of `base`; `only` where the readers of all of them are known."""
    # Many rows may be copies of one message, for different people.
    messages = {row.number: row for row in rows}
    happenings = {
        number: happening(number, row.topic, Ref(row.subject_kind, row.subject_id), {**row.payload, **(row.data or {})})
        for number, row in messages.items()
    }
    members = audiences(connection, list(happenings.values()), only=only)
    subjects = subjects_of(connection, {happening.ref for happening in happenings.values()})
    of_summary = {happening.ref for happening in happenings.values() if happening.topic in OF_SUMMARY}
    summaries = summaries_of(connection, {subjects[ref].edition_id for ref in of_summary if ref in subjects})
    lines = {number: beside for source in LINES for number, beside in source(connection, rows).items()}
    common = {number: _facts(row, subjects.get(happenings[number].ref), summaries) for number, row in messages.items()}
    shared: dict[tuple[Any, ...], LetterFacts] = {}
    facts = {}
    for row in rows:
        own = (row.number, _audiences(row, members[row.number]))
        if own not in shared:
            shared[own] = replace(common[row.number], audiences=own[1])
        # Lines are a reader's own, and sentences with their arguments are no key.
        personal = lines.get(row.id)
        facts[row.id] = replace(shared[own], lines=personal) if personal else shared[own]
    return facts


def _facts(row: Row[Any], subject: LetterSubject | None, summaries: Mapping[int, SummaryConference]) -> LetterFacts:
    """What is the same in every copy of a message."""
    topic, payload = Topic(row.topic), row.payload
    corrects = None
    if topic is Topic.CORRECTED:
        corrects = Correction(payload["subjects"], datetime.fromisoformat(payload["sent_at"]), payload["words"])
    facts = LetterFacts(
        number=row.number,
        topic=topic,
        ref=Ref(row.subject_kind, row.subject_id),
        at=row.at,
        actor=row.actor or payload.get("by_name", ""),
        actor_is_minor=bool(row.actor_is_minor),
        note=row.note or "",
        data=row.data or {},
        until=_moment(payload.get("until")),
        corrects=corrects,
        receipt=(row.receipt, row.digest) if row.receipt else None,
    )
    if subject is None:
        return facts
    about = with_subject(facts, subject, to_state=row.to_state)
    event = event_of(topic, about.ref, subject, summaries.get(subject.edition_id))
    return about if payload.get(NO_CALENDAR) else replace(about, event=event)


def _audiences(row: Row[Any], members: Members) -> frozenset[Audience]:
    if row.subject_kind == "invitation":
        return frozenset({Audience.INVITED})
    if row.subject_kind == "follower":
        return frozenset({Audience.FOLLOWER})
    reader = row.for_id or row.recipient_id
    return frozenset(audience for audience, people in members.items() if reader in people)


def with_subject(facts: LetterFacts, subject: LetterSubject, *, to_state: str | None) -> LetterFacts:
    """The same facts with what the subject's own row knows: names, the grounds of a decision, dates."""
    until = facts.until
    if facts.topic in APPEALABLE:
        appeals = value({"settings": subject.settings}, "allows_appeals")
        until = _moment(subject.recorded.get("appeal_window", {}).get("until")) if appeals else None
    elif until is None and subject.state == to_state:
        # A date belongs to the state that the step led to, also when it was moved since.
        until = subject.due_at or (subject.submission_until if facts.topic is Topic.TERM_EXTENDED else None)
    office, contact = office_of({"settings": subject.settings})
    return replace(
        facts,
        title=subject.title,
        actor=subject.inviter or facts.actor,
        subject_number=subject.number,
        edition=subject.edition,
        edition_key=subject.edition_key,
        edition_id=subject.edition_id,
        office=office,
        contact=contact,
        # A decision was prepared as a record; announcing it makes its grounds known to whom it concerns.
        data={**subject.recorded.get(DECIDED_BY.get(facts.topic, ""), {}), **facts.data},
        until=until,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
