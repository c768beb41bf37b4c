"""A conference of an edition; six in a cycle, the last one sums up."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base
from workflow.models.subject import Subject


class Conference(Subject, Base):
    """Figures of attendance keep their qualifier and their source: "ok. 100" is not 100."""

    __tablename__ = "conference"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    purpose: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    is_summary: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    host_commune: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    venue: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    theme: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    # How many people have a place; None where nobody counts.
    capacity: Mapped[int | None]
    # Until when people register themselves; None until it begins.
    registration_until: Mapped[datetime | None]
    # What its groups work out at the tables; one of `rules.choices.OUTPUTS`, empty where nothing is typed there.
    outputs: Mapped[str] = mapped_column(String(24), server_default=EMPTY)
    participants: Mapped[int | None]
    participants_qualifier: Mapped[str] = mapped_column(String(20), server_default=EMPTY)
    participants_source: Mapped[str] = mapped_column(Text, server_default=EMPTY)
