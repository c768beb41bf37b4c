"""Texts of letters that an edition has of its own, and letters that wait for a person before they go out."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Numbered


class LetterTextVersion(Numbered, Base):
    """One version of the text of a topic in one language; never changed but for its approval. The newest one holds.

    A letter has the version that held when the fact happened that it tells of.
    """

    __tablename__ = "letter_text"
    __table_args__ = (Index("ix_letter_text_edition", "edition_id", "topic", "language"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    topic: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    # Whether the shipped text holds again; the parts are empty then.
    is_shipped: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    subject: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    happened: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    below: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    appeal: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # Audience -> what it is asked to do.
    expected: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    # Who let letters with this text go out.
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]


class LetterBatch(Numbered, Base):
    """Letters that a person looks through before they go out: of an announcement, with an edited text, to a list."""

    __tablename__ = "letter_batch"
    __table_args__ = (Index("ix_letter_batch_edition", "edition_id", "id"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # "announcement", "edited", "list" or "agreement"
    kind: Mapped[str] = mapped_column(String(20))
    # "held", "approved" or "withdrawn"
    state: Mapped[str] = mapped_column(String(20))
    # Of letters with an edited text: what they tell of.
    topic: Mapped[str] = mapped_column(String(80), server_default=EMPTY)
    # Of letters to a list: which one.
    recipients: Mapped[str] = mapped_column(String(40), server_default=EMPTY)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    # Of a letter to a list: who changed it last while it waited.
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime | None]
    # Who approved them; it stays when they are withdrawn later.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
