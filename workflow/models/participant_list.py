"""A list of people that the office sent in, kept apart for whoever sent it until it is loaded or its time is over."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Numbered


class ParticipantList(Numbered, Base):
    """One file that was sent in; its bytes lie in the data folder under `storage_key` until `removed_at`."""

    __tablename__ = "participant_list"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    storage_key: Mapped[str] = mapped_column(String(40), unique=True)
    size: Mapped[int] = mapped_column(Integer)
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Which sheet, which row has the headings, and what each column holds, as chosen on the screen.
    chosen: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    # The digest of what was shown before it was accepted.
    accepted_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    accepted_at: Mapped[datetime | None]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    # Set in the transaction that wrote the people; the figures that the result page shows.
    loaded_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    # When the bytes were removed.
    removed_at: Mapped[datetime | None]
