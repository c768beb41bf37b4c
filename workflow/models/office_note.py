"""A note that the office keeps about a project for itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Numbered

LONGEST = 4000


class OfficeNote(Numbered, Base):
    """Read by the office of the edition alone: no part of the project, of its history or of any export."""

    __tablename__ = "office_note"
    __table_args__ = (Index("ix_office_note_proposal", "proposal_id", "id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    # Taken back by whoever wrote it; the words are gone then, that there was a note is not.
    withdrawn_at: Mapped[datetime | None]
    # One sending of a form, so that pressing twice writes once.
    key: Mapped[str] = mapped_column(String(100), unique=True)
