"""What the groups of a conference work out at their tables, row by row, and what a conference leaves open."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index


class ConferenceOutput(Numbered, Base):
    """One line of a group's list: a resource, a problem, a diagnosis, an idea; struck out, never deleted."""

    __tablename__ = "conference_output"
    __table_args__ = (Index("ix_conference_output_conference", "conference_id", "id"),)

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    # The table or group, as it calls itself.
    table_label: Mapped[str] = mapped_column(String(80))
    # One of the kinds that the conference collects; see `workflow.conferences.kinds`.
    kind: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # The proposal that was recorded from this line.
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    # One sending of a form, so that pressing twice writes once.
    key: Mapped[str] = mapped_column(String(100), unique=True)


class OpenMatter(Numbered, Base):
    """What a conference left open: somebody does it until a day, and the next conference begins with it."""

    __tablename__ = "open_matter"
    __table_args__ = (
        partial_index("ix_open_matter_owner", "owner_id", where="done_at IS NULL"),
        Index("ix_open_matter_conference", "conference_id"),
        Index("ix_open_matter_edition", "edition_id"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime]
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    result: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # When the owner was reminded last.
    reminded_at: Mapped[datetime | None]
    # One sending of a form, so that pressing twice writes once.
    key: Mapped[str] = mapped_column(String(100), unique=True)
