"""Letters about a step that is taken back: those not sent yet are withdrawn, whoever got one gets a correction.

Everybody is in one of two groups, decided while the rows are locked. A letter that a worker is just sending counts as
one that arrived: its reader gets the correction, and should the sending fail, the letter is not tried again.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select, update

from workflow.base.i18n import LANGUAGES
from workflow.models import Delivery, OutboxRow, Person
from workflow.models.base import table_of
from workflow.notifications import outbox
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.letter_texts import texts_of
from workflow.notifications.message_data import addressed
from workflow.notifications.messages import compose
from workflow.notifications.recipients import names_of
from workflow.notifications.topic_recipients import recipients_of
from workflow.rules.facts import Ref
from workflow.rules.topics import Notice, Topic

_D, _O = table_of(Delivery).c, table_of(OutboxRow).c


class Fate(StrEnum):
    """What becomes of a letter for one person when its step is taken back."""

    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"


class Addressee(Struct, frozen=True):
    """Somebody whom a letter was meant for."""

    id: int
    name: str
    fate: Fate


class StepLetter(Struct, frozen=True):
    """What one step told, and what becomes of it for each person."""

    outbox_id: int
    ref: Ref
    topic: Topic
    at: datetime
    addressees: tuple[Addressee, ...]
    # Its subject line in each language; empty where nobody got it.
    subjects: Mapping[str, str]

    def of(self, fate: Fate) -> tuple[Addressee, ...]:
        """The people of one fate, by name."""
        return tuple(sorted((one for one in self.addressees if one.fate is fate), key=lambda one: one.name))


def digest_of(letters: Iterable[StepLetter]) -> str:
    """SHA-256 over who would lose a letter and who would get a correction."""
    seen = [(letter.outbox_id, sorted((one.id, one.fate.value) for one in letter.addressees)) for letter in letters]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def letters_of_step(tx: Connection, history_id: int, *, lock: bool = False) -> tuple[StepLetter, ...]:
    """The letters of the step of a history entry, and what would become of them now.

    With `lock` neither relay nor worker changes them before the transaction ends.
    """
    query = outbox.rows_with_steps().where(_O.history_id == history_id, _O.withdrawn_at.is_(None))
    rows = tx.execute(query.with_for_update(of=OutboxRow) if lock else query).all()
    ready = [row for row in rows if row.relayed_at is not None]
    sent = _of_deliveries(tx, ready, lock=lock) if ready else ()
    return (*sent, *_not_relayed(tx, [row for row in rows if row.relayed_at is None]))


def _not_relayed(tx: Connection, rows: Sequence[Any]) -> list[StepLetter]:
    if not rows:
        return []
    notices = [Notice(row.topic, Ref(row.subject_kind, row.subject_id), row.actor_id, row.at, row.data or {})
               for row in rows]  # fmt: skip
    people = recipients_of(tx, notices)
    names = names_of(tx, {person for ids in people for person in ids})
    return [_letter(row, [Addressee(person, names.get(person, ""), Fate.WITHDRAWN) for person in ids], {})
            for row, ids in zip(rows, people, strict=True)]  # fmt: skip


def _of_deliveries(tx: Connection, rows: Sequence[Any], *, lock: bool) -> list[StepLetter]:
    query = select(*_D, func.coalesce(Person.name, "").label("name")).outerjoin(Person, Person.id == _D.recipient_id)
    query = query.where(_D.outbox_id.in_([row.id for row in rows]), _D.recipient_id.is_not(None)).order_by(_D.id)
    deliveries = tx.execute(query.with_for_update(of=Delivery) if lock else query).all()
    found = []
    for row in rows:
        mine = [one for one in deliveries if one.outbox_id == row.id]
        reached = {one.recipient_id for one in mine if has_arrived(one)}
        people = {one.recipient_id: one.name for one in mine}
        addressees = [Addressee(person, name, Fate.CORRECTED if person in reached else Fate.WITHDRAWN)
                      for person, name in people.items()]  # fmt: skip
        example = next((one.id for one in mine if one.recipient_id in reached), None)
        found.append(_letter(row, addressees, _subjects(tx, example) if example else {}))
    return found


def has_arrived(delivery: Any) -> bool:
    """Whether somebody may have read it: it went out or is going out now, or was opened in the inbox."""
    if delivery.channel == Channel.INBOX:
        return delivery.read_at is not None
    return delivery.state in (DeliveryState.SENT, DeliveryState.SENDING)


def _letter(row: Any, addressees: Iterable[Addressee], subjects: Mapping[str, str]) -> StepLetter:
    ref = Ref(row.subject_kind, row.subject_id)
    return StepLetter(row.id, ref, Topic(row.topic), row.at, tuple(addressees), subjects)


def _subjects(tx: Connection, delivery_id: int) -> dict[str, str]:
    facts = addressed(tx, [delivery_id])[delivery_id].facts
    texts = {language: texts_of(tx, facts.edition_id, language)[facts.topic] for language in LANGUAGES}
    return {language: compose(facts, text, language).subject for language, text in texts.items()}


def withdraw(tx: Connection, letters: Sequence[StepLetter], *, at: datetime) -> None:
    """Withdraw what has not arrived, in the transaction that takes the step back; the letters are locked.

    What a worker is sending is only marked, so that it is not tried again should that fail.
    """
    ids = [letter.outbox_id for letter in letters]
    if not ids:
        return
    values = {"withdrawn_at": at, "relayed_at": func.coalesce(_O.relayed_at, at)}
    tx.execute(update(OutboxRow).where(_O.id.in_(ids)).values(values))
    mine = update(Delivery).where(_D.outbox_id.in_(ids))
    tx.execute(mine.where(_D.state.in_((DeliveryState.SENDING, DeliveryState.BOUNCED))).values(withdrawn_at=at))
    waiting = _D.state.in_((DeliveryState.CREATED, DeliveryState.GATHERED, DeliveryState.FAILED))
    withdrawn = {"state": DeliveryState.WITHDRAWN, "withdrawn_at": at}
    tx.execute(mine.where(_D.channel != Channel.INBOX, waiting).values(withdrawn))
    for letter in letters:
        unread = [one.id for one in letter.of(Fate.WITHDRAWN)]
        here = _D.outbox_id == letter.outbox_id, _D.channel == Channel.INBOX, _D.recipient_id.in_(unread)
        tx.execute(update(Delivery).where(*here).values(withdrawn))


def correct(tx: Connection, letters: Iterable[StepLetter], *, history_id: int, text: str, at: datetime) -> int:
    """Tell whoever got a letter that it does not hold any more; returns how many people.

    With `text`, which somebody wrote, it says that instead of the usual sentence, to everybody in the same words.
    """
    count = 0
    for letter in letters:
        people = [one.id for one in letter.of(Fate.CORRECTED)]
        if people:
            payload = {"people": people, "subjects": dict(letter.subjects), "sent_at": letter.at.isoformat(),
                       "words": text}  # fmt: skip
            outbox.record(
                tx, key=f"correction:{letter.outbox_id}", topic=Topic.CORRECTED, ref=letter.ref,
                history_id=history_id, payload=payload, at=at,
            )  # fmt: skip
            count += len(people)
    return count
