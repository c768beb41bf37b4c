"""Outbox rows, deliveries and timers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Key, Numbered, partial_index


class OutboxRow(Numbered, Base):
    """A notification to be relayed; written in the transaction in which it happened."""

    __tablename__ = "outbox"
    __table_args__ = (
        partial_index("ix_outbox_waiting", "id", where="relayed_at IS NULL"),
        # The letters about one subject.
        Index("ix_outbox_subject", "subject_kind", "subject_id"),
        partial_index("ix_outbox_batch", "batch_id", where="batch_id IS NOT NULL"),
    )

    # Unique by meaning: the same fact can be recorded once only.
    key: Mapped[str] = mapped_column(String(160), unique=True)
    topic: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Key)
    history_id: Mapped[int | None] = mapped_column(Key)
    # Small facts that a letter needs and that may have changed when it is written.
    payload: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    at: Mapped[datetime]
    relayed_at: Mapped[datetime | None]
    # Letters that a person looks through first.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("letter_batch.id"))
    # When its step was taken back; a row without deliveries gets none then.
    withdrawn_at: Mapped[datetime | None]


class Delivery(Numbered, Base):
    """One message for one person on one channel; created -> sending -> sent, failed or bounced; gathered -> sent."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("outbox_id", "recipient_id", "channel"),
        partial_index("ix_delivery_due", "next_try_at", "id", where="state IN ('created', 'sending')"),
        Index("ix_delivery_inbox", "recipient_id", "channel", "id"),
        partial_index("ix_delivery_gathered", "recipient_id", "next_try_at", where="state = 'gathered'"),
        partial_index("ix_delivery_digest", "digest_id", where="digest_id IS NOT NULL"),
    )

    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    # None for a letter to an address that may belong to nobody whom we know: an invitation into a group.
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), server_default=text("'created'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_try_at: Mapped[datetime]
    # Who is sending it now, and until when nobody else may.
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(String(200))
    error: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    # Channel inbox: when the person opened it.
    read_at: Mapped[datetime | None]
    # The digest that it went out with, as a row of the outbox.
    digest_id: Mapped[int | None] = mapped_column(Key)
    # When its step was taken back: it is not tried again.
    withdrawn_at: Mapped[datetime | None]
    # The minor whom a letter to an adult of the group or to the office is for.
    for_id: Mapped[int | None] = mapped_column(Key)


class DeliveryTry(Numbered, Base):
    """What became of one try to send a letter, written before the next letter is begun; never changed.

    For a letter that came back later a further row says so.
    """

    __tablename__ = "delivery_try"
    __table_args__ = (Index("ix_delivery_try_delivery", "delivery_id"), Index("ix_delivery_try_at", "at"))

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10))
    # What the server said.
    reply: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class AddressFault(Base):
    """An address whose letters come back; by the address itself, so that a corrected one has no fault."""

    __tablename__ = "address_fault"

    # In lower case.
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    # Whether there is no such mailbox; otherwise it takes nothing at the moment, as one that is full.
    lasting: Mapped[bool]
    reply: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    since: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(Integer, server_default=text("1"))


class Timer(Base):
    """The clock of one subject: the next moment at which the system has something to do with it; swept by beat."""

    __tablename__ = "timer"
    __table_args__ = (partial_index("ix_timer_due", "due_at", where="due_at IS NOT NULL"),)

    subject_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    # The state that it was set for, and since when the subject is in it: some dates are counted from then.
    state: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    # Reminders until this moment have been sent, or do not count.
    reminded_until: Mapped[datetime]
    # When to look at the subject; what there is to do is worked out then from its dates. None: nothing lies ahead.
    due_at: Mapped[datetime | None]
    # Why a step that is due could not be taken yet.
    outcome: Mapped[str] = mapped_column(String(200), server_default=EMPTY)


class Switch(Base):
    """A switch of the whole installation, such as all mail paused after a restore."""

    __tablename__ = "switch"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(Key)


class Heartbeat(Base):
    """A sign of life of a worker or beat."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
