"""Webhooks of an edition: addresses of other systems that are called when something happens."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index


class Webhook(Numbered, Base):
    """An address that is called with a signature; ended, never deleted."""

    __tablename__ = "webhook"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    # "public" or "office", see `workflow.notifications.webhooks`.
    scope: Mapped[str] = mapped_column(String(10))
    # Encrypted with a key derived from SECRET_KEY; shown once, when it is made.
    secret: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class WebhookCall(Numbered, Base):
    """One notification for one webhook; created -> sending -> sent, or failed."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "outbox_id"),
        partial_index("ix_webhook_call_due", "next_try_at", "id", where="state IN ('created', 'sending')"),
    )

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    state: Mapped[str] = mapped_column(String(10), server_default=text("'created'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_try_at: Mapped[datetime]
    # Who is calling now, and until when nobody else may.
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class WebhookTry(Numbered, Base):
    """What became of one try of a call; never changed."""

    __tablename__ = "webhook_try"

    call_id: Mapped[int] = mapped_column(ForeignKey("webhook_call.id"), index=True)
    at: Mapped[datetime]
    # The status of the answer; None where there was none.
    status: Mapped[int | None] = mapped_column(Integer)
    reply: Mapped[str] = mapped_column(Text, server_default=EMPTY)
