"""A proposal, the group that works on it, and its project sheet."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Numbered, partial_index
from workflow.models.subject import Subject


class Proposal(Subject, Base):
    """A proposal until it is selected, a project afterwards."""

    __tablename__ = "proposal"
    # Every step writes into each of the six whole indices, the key among them; what for: docs/decisions/0037, 0063.
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        UniqueConstraint("edition_id", "reserve_position"),
        # The last column of both lets rows of other states be left out without reading them.
        Index("ix_proposal_title", "edition_id", "sort_key", "id", "state"),
        # First the proposals with a running term, the nearest first; then the others by when they changed.
        Index("ix_proposal_work", "edition_id", "due_at", "updated_at", "id", "state"),
        # Who has been in each state longest, and the one in the middle.
        Index("ix_proposal_state", "edition_id", "state", "state_since", "id"),
        # Those whose report is late; no other proposal has a row in it.
        partial_index("ix_proposal_report", "edition_id", "report_due_at", where="report_due_at IS NOT NULL"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # Since when it has been in its state; an undoing brings back the moment of before.
    state_since: Mapped[datetime | None]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # Title, summary and places, folded to plain lower-case letters: what the search looks at.
    search: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # Orders titles as Polish does, on every database.
    sort_key: Mapped[str] = mapped_column(String(400), server_default=EMPTY)
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    area: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    leader_accepted_at: Mapped[datetime | None]
    # Named to take the lead over; until that person accepts, the present leader stays.
    next_leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    coordinator_accepted_at: Mapped[datetime | None]
    animator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Who of the office will verify it.
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    group_name: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    theme: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    # How many people have accepted to work in the group, the leader among them.
    member_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    sheet: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    # In grosze, the sum of the sheet's budget; None while nobody has said.
    cost: Mapped[int | None] = mapped_column(BigInteger)
    # When the coordinator accepted the plan of the implementation; its milestones then have a baseline.
    plan_accepted_at: Mapped[datetime | None]
    # When the next progress report is due, and the days between two of them where the project has its own number.
    report_due_at: Mapped[datetime | None]
    report_days: Mapped[int | None]
    # A longer term for handing in, given to this group alone.
    submission_until: Mapped[datetime | None]
    reserve_position: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    # The key of the project in a historical source.
    source_key: Mapped[str | None] = mapped_column(String(80))


class GroupMember(Numbered, Base):
    """One person's place in the group of one proposal; a person without an account has only a name."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    # What the place allows: view, comment or edit.
    role: Mapped[str] = mapped_column(String(20), server_default=text("'edit'"))
    # The proposal with which this person came by a merger, and goes back when it is separated again.
    came_with_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    added_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
