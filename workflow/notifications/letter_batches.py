"""Letters that wait for a person: which messages belong to a batch, and what becomes of them.

The relay leaves the messages of a batch alone until it is approved. A withdrawn batch counts as relayed to nobody.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, exists, func, insert, select, update

from workflow.db import wake_up
from workflow.models import Delivery, Edition, LetterBatch, LetterTextVersion, OutboxRow
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.letter_subjects import subjects_of
from workflow.notifications.letter_texts import EditionTexts, TextVersion, edition_texts
from workflow.notifications.outbox import Waiting
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.notifications.withdrawals import has_arrived
from workflow.rules.letter_batches import BatchKind, BatchState
from workflow.rules.letter_text import LANGUAGES
from workflow.rules.topics import RECEIPTS, Audience, Topic

# Somebody waits for such a letter, or wrote it to try it out; it never waits for a person.
URGENT_AUDIENCES = frozenset({Audience.ACCOUNT, Audience.INVITED})
NEVER_WAITS = frozenset({Topic.TEST_LETTER, Topic.LIST_LETTER}) | RECEIPTS

# Where a letter has not left yet; one that is being handed over is not among them.
UNSENT = (DeliveryState.CREATED, DeliveryState.GATHERED, DeliveryState.FAILED)


class Batch(Struct, frozen=True):
    """A batch as its actions look at it."""

    id: int
    edition_id: int
    kind: BatchKind
    state: BatchState
    topic: str
    made_by_id: int | None
    changed_by_id: int | None


class Withdrawal(Struct, frozen=True):
    """What withdrawing a batch would do now: messages not yet on their way, and people by number.

    Whoever got the e-mail or opened the message keeps both.
    """

    waiting: int
    withdrawn: frozenset[int]
    kept: frozenset[int]

    @property
    def does_something(self) -> bool:
        """Whether there is anything to take back."""
        return bool(self.waiting or self.withdrawn)

    @property
    def digest(self) -> str:
        """SHA-256 over who would lose a message and who would keep it."""
        seen = (self.waiting, sorted(self.withdrawn), sorted(self.kept))
        return hashlib.sha256(repr(seen).encode()).hexdigest()


def begin(
    tx: Connection, edition_id: int, kind: BatchKind, *, by: int | None, at: datetime, topic: str = "",
    recipients: str = "",
) -> int:  # fmt: skip
    """A new batch that waits; messages are put into it by `put`."""
    values = {"edition_id": edition_id, "kind": kind, "state": BatchState.HELD, "topic": topic,
              "recipients": recipients, "made_by_id": by, "made_at": at}  # fmt: skip
    return int(tx.execute(insert(LetterBatch).values(**values).returning(LetterBatch.id)).scalar_one())


def put(tx: Connection, batch_id: int, *, history_ids: Collection[int] = (), ids: Collection[int] = ()) -> int:
    """Put messages that were not relayed yet into a batch, by their steps or their own numbers; returns how many."""
    which = OutboxRow.history_id.in_(history_ids) if history_ids else OutboxRow.id.in_(ids)
    chosen = update(OutboxRow).where(which, OutboxRow.relayed_at.is_(None), OutboxRow.batch_id.is_(None))
    return tx.execute(chosen.values(batch_id=batch_id)).rowcount


def hold_back(tx: Connection, rows: Sequence[Waiting], *, at: datetime) -> list[Waiting]:
    """Put messages whose text was edited and not yet approved into a batch; returns those that may go out.

    One statement where no text is edited. The first message with an edited text begins the batch of its topic. While
    somebody is deciding about that batch its messages stay where they are, for the next relay.
    """
    unapproved = exists().where(LetterTextVersion.approved_at.is_(None), LetterTextVersion.is_shipped.is_(False))
    if not rows or not tx.execute(select(unapproved)).scalar_one():
        return list(rows)
    may_wait = [row for row in rows if row.topic not in NEVER_WAITS and _is_patient(row.topic)]
    subjects = subjects_of(tx, {row.ref for row in may_wait})
    texts = edition_texts(tx, {subject.edition_id for subject in subjects.values()})
    waiting: dict[tuple[int, str], tuple[list[int], int | None]] = {}
    for row in may_wait:
        edition_id = subjects[row.ref].edition_id if row.ref in subjects else None
        edited = _open_versions(texts, edition_id, row.topic, at=row.at)
        if edition_id is not None and edited:
            waiting.setdefault((edition_id, row.topic), ([], edited[-1].changed_by_id))[0].append(row.id)
    for (edition_id, topic), (ids, by) in waiting.items():
        if batch_id := _batch_of_topic(tx, edition_id, topic, by=by, at=at):
            put(tx, batch_id, ids=ids)
    stopped = {id_ for ids, _by in waiting.values() for id_ in ids}
    return [row for row in rows if row.id not in stopped]


def would_wait(tx: Connection, edition_id: int, topics: Collection[Topic]) -> bool:
    """Whether a letter of one of these topics would wait now since its text is edited and not approved."""
    patient = [topic for topic in topics if topic not in NEVER_WAITS and _is_patient(topic)]
    texts = edition_texts(tx, [edition_id] if patient else [])
    return any(_open_versions(texts, edition_id, topic, at=None) for topic in patient)


def _open_versions(
    texts: EditionTexts, edition_id: int | None, topic: str, *, at: datetime | None
) -> list[TextVersion]:  # fmt: skip
    """The texts of a topic at a moment, or now, which nobody has approved yet; at most one in each language."""
    versions = [texts.version(edition_id, topic, language, at=at) for language in LANGUAGES]
    return [version for version in versions if version and version.is_open]


def _is_patient(topic: Topic) -> bool:
    return not URGENT_AUDIENCES & set(AUDIENCES.get(topic, ()))


def _batch_of_topic(tx: Connection, edition_id: int, topic: str, *, by: int | None, at: datetime) -> int | None:
    """The batch in which letters of this topic wait already, or a new one, locked; None while somebody else has it.

    It never waits for a lock, since the relay holds its messages and whoever decides about a batch wants them.
    """
    free = select(Edition.id).where(Edition.id == edition_id).with_for_update(skip_locked=True)
    if tx.execute(free).scalar_one_or_none() is None:
        return None
    known = open_batches(tx, edition_id, topic)
    if not known:
        return begin(tx, edition_id, BatchKind.EDITED, by=by, at=at, topic=topic)
    mine = select(LetterBatch.id).where(LetterBatch.id == known[0], LetterBatch.state == BatchState.HELD)
    return tx.execute(mine.with_for_update(skip_locked=True)).scalar_one_or_none()


def open_batches(tx: Connection, edition_id: int, topic: str) -> list[int]:
    """The batches in which letters with an edited text of this topic wait."""
    b = LetterBatch
    query = select(b.id).where(b.edition_id == edition_id, b.topic == topic, b.state == BatchState.HELD)
    return list(tx.execute(query.order_by(b.id)).scalars())


def locked(tx: Connection, batch_id: int, edition_id: int) -> Batch | None:
    """A batch of this edition, locked until the transaction ends."""
    b = LetterBatch
    query = select(b.id, b.edition_id, b.kind, b.state, b.topic, b.made_by_id, b.changed_by_id).with_for_update()
    row = tx.execute(query.where(b.id == batch_id, b.edition_id == edition_id)).one_or_none()
    if row is None:
        return None
    return Batch(row.id, row.edition_id, BatchKind(row.kind), BatchState(row.state), row.topic, row.made_by_id,
                 row.changed_by_id)  # fmt: skip


def approve(tx: Connection, batch: Batch, *, by: int | None, at: datetime) -> None:
    """Let the letters of a batch that is locked go out; an edited text then holds for later letters too."""
    _set(tx, batch.id, state=BatchState.APPROVED, decided_by_id=by, decided_at=at)
    wake_up.after_commit(tx)
    if batch.kind is BatchKind.EDITED:
        approve_texts(tx, batch.edition_id, batch.topic, by=by, at=at)


def approve_texts(tx: Connection, edition_id: int, topic: str, *, by: int | None, at: datetime) -> None:
    """Let letters with the texts of this topic go out from now on."""
    v = LetterTextVersion
    open_texts = update(v).where(v.edition_id == edition_id, v.topic == topic, v.approved_at.is_(None))
    tx.execute(open_texts.values(approved_by_id=by, approved_at=at))


def withdrawal(connection: Connection, batch_id: int, *, lock: bool = False) -> Withdrawal:
    """What withdrawing a batch would do now; with `lock` no worker changes it before the transaction ends."""
    waiting = select(func.count()).where(OutboxRow.batch_id == batch_id, OutboxRow.relayed_at.is_(None))
    d = Delivery
    query = select(d.recipient_id, d.channel, d.state, d.read_at).join(OutboxRow, OutboxRow.id == d.outbox_id)
    query = query.where(OutboxRow.batch_id == batch_id, d.recipient_id.is_not(None))
    query = query.where(d.state != DeliveryState.WITHDRAWN)
    rows = connection.execute(query.with_for_update(of=d) if lock else query).all()
    kept = frozenset(row.recipient_id for row in rows if has_arrived(row))
    unsent = frozenset(row.recipient_id for row in rows if row.state in UNSENT or row.channel == Channel.INBOX)
    return Withdrawal(int(connection.execute(waiting).scalar_one()), unsent - kept, kept)


def withdraw(tx: Connection, batch: Batch, what: Withdrawal, *, by: int | None, at: datetime) -> None:
    """Take back the letters of a batch that is locked, as far as nobody has them; who approved it stays written.

    A letter that is being handed over at this moment still goes out, and is not tried again should that fail.
    Messages of the inbox are taken back only from people who got no e-mail and have not opened them.
    """
    _set(tx, batch.id, state=BatchState.WITHDRAWN, withdrawn_by_id=by, withdrawn_at=at)
    mine = select(OutboxRow.id).where(OutboxRow.batch_id == batch.id).scalar_subquery()
    tx.execute(update(OutboxRow).where(OutboxRow.batch_id == batch.id, OutboxRow.relayed_at.is_(None))
               .values(relayed_at=at))  # fmt: skip
    d = Delivery
    unread = (d.channel == Channel.INBOX) & d.recipient_id.in_(what.withdrawn)
    unsent = update(d).where(d.outbox_id.in_(mine), d.state.in_(UNSENT) | unread)
    tx.execute(unsent.values(state=DeliveryState.WITHDRAWN, withdrawn_at=at))
    tx.execute(update(d).where(d.outbox_id.in_(mine), d.state == DeliveryState.SENDING).values(withdrawn_at=at))


def note_change(tx: Connection, batch_id: int, *, recipients: str, by: int | None, at: datetime) -> None:
    """Write who changed a letter to a list that waits, and to which list it goes."""
    _set(tx, batch_id, recipients=recipients, changed_by_id=by, changed_at=at)


def _set(tx: Connection, batch_id: int, **values: Any) -> None:
    tx.execute(update(LetterBatch).where(LetterBatch.id == batch_id).values(**values))
