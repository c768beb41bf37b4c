"""What everything that lives by a lifecycle table has in common."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Json, Key


class Subject:
    """The columns that `workflow.engine.facts_reader` reads and moves; the same for every kind of subject."""

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    lifecycle: Mapped[str] = mapped_column(String(64))
    lifecycle_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(40))
    # The number of history entries; each step and each record adds one.
    version: Mapped[int] = mapped_column(server_default=text("0"))
    previous_state: Mapped[str | None] = mapped_column(String(40))
    # The case file: record name -> what was recorded, by whom, when.
    recorded: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    due_at: Mapped[datetime | None]
    head_hash: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
