"""Work that takes longer than a request: who asked for it, how far it has come, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Json, Numbered, partial_index


class Job(Numbered, Base):
    """One piece of work; waiting -> running -> done, failed or cancelled. Whoever runs it holds a lease."""

    __tablename__ = "job"
    __table_args__ = (
        partial_index("ix_job_unfinished", "id", where="state IN ('waiting', 'running')"),
        Index("ix_job_owner", "owner_id", "id"),
    )

    kind: Mapped[str] = mapped_column(String(30))
    # In the language of whoever asked for it, who alone reads it.
    title: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    # What the work was asked to do, as its kind reads it.
    asked: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(String(10), server_default=text("'waiting'"))
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    # 0: nobody knows yet.
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    # A sentence of the catalogue: its text and what belongs into its braces.
    message: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    result: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
