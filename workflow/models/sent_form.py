"""A form that a browser sent and that was carried out, so that sending it again does nothing again."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base


class SentForm(Base):
    """One sending of a form, written in the transaction of its effect; says neither who sent it nor what it was."""

    __tablename__ = "sent_form"
    __table_args__ = (Index("ix_sent_form_at", "at"),)

    # A keyed digest of the browser's session, the form's key, its address and everything in it.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
    # Where it led, in a sealed box; None until the answer was sent, and where the process ended before it.
    answer: Mapped[str | None] = mapped_column(Text)
