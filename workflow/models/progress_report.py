"""Reports of a project about a period, and what its partners add to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Numbered

NOTHING = text("'{}'")


class ProgressReport(Numbered, Base):
    """One report that is expected, being written, handed in, returned, accepted or skipped; moved by steps of the
    project."""

    __tablename__ = "progress_report"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        Index("ix_progress_report_due", "state", "due_at"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    # A value of `workflow.rules.states.ReportKind` and one of `ReportState`.
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    # The first and last day that it is about; the last one is open while it is expected.
    period_from: Mapped[date | None] = mapped_column(Date)
    period_to: Mapped[date | None] = mapped_column(Date)
    due_at: Mapped[datetime | None]
    # "green", "amber" or "red", with the reason for anything but green.
    light: Mapped[str] = mapped_column(String(8), server_default=EMPTY)
    light_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    text: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # Milestones and sums as they were when it was handed in, and the SHA-256 of text and figures as JSON.
    figures: Mapped[dict[str, Any]] = mapped_column(Json, server_default=NOTHING)
    digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    handed_in_at: Mapped[datetime | None]
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Why it was returned, asked for out of turn, or skipped.
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    created_at: Mapped[datetime]


class ReportPart(Numbered, Base):
    """What one partner adds to a report while it is being written; the next one replaces the one before."""

    __tablename__ = "report_part"
    __table_args__ = (UniqueConstraint("report_id", "organisation_id"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("progress_report.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
