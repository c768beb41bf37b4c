"""A resolution that was adopted, and what it decided about each project."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Key

EMPTY = text("''")
ACTIVE = text("active")


class Resolution(Base):
    """Numbered by body and year in the transaction that adopts it; private until it is announced."""

    __tablename__ = "resolution"
    __table_args__ = (UniqueConstraint("edition_id", "body", "year", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    body: Mapped[str] = mapped_column(String(12))
    year: Mapped[int]
    number: Mapped[int]
    # None for a resolution whose figures were typed before votes were rows.
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), unique=True)
    # The number that was typed at that time.
    typed_number: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    title: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date] = mapped_column(Date)
    announced_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]


class Decision(Base):
    """What a resolution decided about one project; one is effective at a time."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("uq_decision_active", "proposal_id", unique=True, postgresql_where=ACTIVE, sqlite_where=ACTIVE),
        Index("ix_decision_edition", "edition_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    resolution_id: Mapped[int] = mapped_column(ForeignKey("resolution.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    # "select", "place_on_reserve" or "reject": the step that announces it
    outcome: Mapped[str] = mapped_column(String(20))
    position: Mapped[int | None] = mapped_column(Integer)
    justification: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # The sheet that was decided about.
    sheet_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    # The entry of the proposal's history that announced it.
    announced_history_id: Mapped[int | None]
