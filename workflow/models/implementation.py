"""What a selected project promised and how it goes: milestones, promises of partners, risks, requests for a change."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import COUNTS, EMPTY, Base, Json, Numbered
from workflow.models.subject import Subject

NOTHING = text("'{}'")


class Milestone(Subject, Base):
    """Something that a project will have reached by a day; `due_at` is the end of that day."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        # The next ones of an edition, and those that are late.
        Index("ix_milestone_edition_due", "edition_id", "state", "due_at"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    # 1, 2, 3 within the project.
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    # The day on which work on it begins; None where only the end is planned.
    starts_on: Mapped[date | None] = mapped_column(Date)
    # The deadline of the plan that was accepted; None before. A later change moves `due_at` alone.
    baseline_due_at: Mapped[datetime | None]
    budget_line_id: Mapped[int | None] = mapped_column(ForeignKey("budget_line.id"))
    # The row of the sheet's timetable that it came from, counted from 1.
    sheet_row: Mapped[int | None]
    # The day on which it was reached.
    done_on: Mapped[date | None] = mapped_column(Date)
    # How it was reached, or why it was dropped.
    outcome: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class MilestoneDependency(Base):
    """One milestone can be reached only after another one of the same project; never in a circle."""

    __tablename__ = "milestone_dependency"
    __table_args__ = (CheckConstraint("milestone_id <> after_id", name="never_itself"),)

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), primary_key=True)
    after_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), primary_key=True, index=True)


class MilestoneEvidence(Base):
    """A file of the project that shows that a milestone was reached."""

    __tablename__ = "milestone_evidence"

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("proposal_file.id"), primary_key=True)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Whether the public page shows it, once the milestone is done.
    public: Mapped[bool] = mapped_column(server_default=text("false"))


class ChangeRequest(Subject, Base):
    """A wish to change the accepted plan of a project: a day, what is done, or money."""

    __tablename__ = "change_request"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    # 1, 2, 3 within the project.
    number: Mapped[int]
    # "date", "scope" or "money"
    kind: Mapped[str] = mapped_column(String(12))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), index=True)
    budget_line_id: Mapped[int | None] = mapped_column(ForeignKey("budget_line.id"))
    # Where the money comes from, if it moves between two lines.
    from_line_id: Mapped[int | None] = mapped_column(ForeignKey("budget_line.id"))
    new_due_at: Mapped[datetime | None]
    new_text: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # What the line has after the change, in grosze.
    new_amount: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    # What was changed, as it was when the request was made.
    before: Mapped[dict[str, Any]] = mapped_column(Json, server_default=NOTHING)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class Promise(Numbered, Base):
    """What a partner promised in the sheet of a project, and how it is kept."""

    __tablename__ = "promise"
    __table_args__ = (Index("ix_promise_proposal", "proposal_id", "id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    # As the sheet names the partner; stays also where an organisation is linked.
    partner: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    # What it is kept by, where it is a milestone or a line of the budget.
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    budget_line_id: Mapped[int | None] = mapped_column(ForeignKey("budget_line.id"))
    # A value of `workflow.rules.states.PromiseState`.
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    judged_at: Mapped[datetime | None]
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # The row of the sheet that it came from, counted from 1.
    sheet_row: Mapped[int | None]
    created_at: Mapped[datetime]


class Risk(Numbered, Base):
    """What may go wrong in a project, how likely and how bad it is, and what is done about it."""

    __tablename__ = "risk"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int] = mapped_column(info={COUNTS: "proposal_id"})
    title: Mapped[str] = mapped_column(String(200))
    # 1 low, 2 medium, 3 high.
    likelihood: Mapped[int]
    impact: Mapped[int]
    response: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # A value of `workflow.rules.states.RiskState`.
    state: Mapped[str] = mapped_column(String(12))
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    result: Mapped[str] = mapped_column(Text, server_default=EMPTY)
