"""Projects of which only one can be selected, such as two on the same site."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index


class ExclusiveProject(Numbered, Base):
    """One project of a group of mutually exclusive ones; a project is in one group at a time."""

    __tablename__ = "exclusive_project"
    __table_args__ = (
        partial_index("uq_exclusive_project_valid", "proposal_id", where="removed_at IS NULL", unique=True),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    # Counted within the edition, from 1.
    number: Mapped[int] = mapped_column(Integer)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    reason: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Why they were admitted together again; empty as long as they exclude each other.
    removal_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
