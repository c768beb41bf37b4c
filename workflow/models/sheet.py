"""Texts of a project sheet: those that were kept as versions, and those still being typed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import COUNTS, EMPTY, Base, Json, Numbered

# Somebody who has not been seen for so long is not at work on the section any more. A page without scripts tells
# only once that it was opened, so that the time is long enough to write a paragraph.
PRESENT = timedelta(minutes=10)
WINDOW_LENGTH = 16


class SheetVersion(Numbered, Base):
    """The whole text of a sheet at one moment; written with the step that froze it, never changed."""

    __tablename__ = "sheet_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    # 1, 2, 3 within one proposal, counted in the write: an undone hand-in keeps its version.
    number: Mapped[int] = mapped_column(info={COUNTS: "proposal_id"})
    # kept, submitted, resubmitted or merged
    reason: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    # Title, summary, sector, area, cost (in grosze) and sheet, as `Facts.sheet_content` has them.
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    # sha256 of the content, see `Facts.sheet_digest`.
    digest: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    at: Mapped[datetime]
    # The number of the receipt, where the version was handed in.
    receipt: Mapped[str | None] = mapped_column(String(120))


class SectionDraft(Numbered, Base):
    """What one person is typing into one section in one window; it is not the sheet, and goes when it is saved there.

    The row without a window says that the person has the section open.
    """

    __tablename__ = "section_draft"
    __table_args__ = (
        UniqueConstraint("proposal_id", "section", "person_id", "window"),
        Index("ix_section_draft_person", "person_id"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    section: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Each opening of the page is another one, so that two windows or devices of one person keep a draft each.
    window: Mapped[str] = mapped_column(String(WINDOW_LENGTH), server_default=EMPTY)
    # The fields as they stand in the form; None while somebody has opened the section and typed nothing.
    typed: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # The digest of the saved section over which it is typed.
    base: Mapped[str] = mapped_column(String(16), server_default=EMPTY)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
