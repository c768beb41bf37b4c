"""The append-only record of what happened, and the words that belong to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Key, Numbered


class HistoryEntry(Numbered, Base):
    """One step, record or undoing; the database refuses to change or delete it."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "version"),)

    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Key)
    version: Mapped[int]
    lifecycle: Mapped[str] = mapped_column(String(64))
    lifecycle_version: Mapped[int]
    # The row of the table ("T18a"), the step's or record's name, or "undo".
    row: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    # None is the system.
    actor_id: Mapped[int | None] = mapped_column(Key)
    role: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    # Salted digest of the words, so that they can be erased and the chain still holds.
    content_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class HistoryContent(Base):
    """The words of an entry: note, data given, and what an undoing restores. Personal data may be erased here."""

    __tablename__ = "history_content"

    history_id: Mapped[int] = mapped_column(ForeignKey("history.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    data: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    before: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    erased_at: Mapped[datetime | None]


class UsedKey(Base):
    """An idempotency key and the first answer that it got, written with the effect."""

    __tablename__ = "used_key"

    actor_id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime]
