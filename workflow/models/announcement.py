"""A request to announce what was decided, which somebody else confirms; private, and no row of the edition."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Json, Numbered, partial_index


class AnnouncementRequest(Numbered, Base):
    """What one person saw of an announcement and wants to be announced; one waits at a time in an edition."""

    __tablename__ = "announcement_request"
    __table_args__ = (
        partial_index("uq_announcement_request_waiting", "edition_id", where="closed_at IS NULL", unique=True),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # Of the preview that the requester saw.
    digest: Mapped[str] = mapped_column(String(64))
    # Number of the proposal as text -> a note that goes into the history and into the letters about it.
    notes: Mapped[dict[str, Any]] = mapped_column(Json)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    # Who confirmed it or took it back.
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    announced: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
