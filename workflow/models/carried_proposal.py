"""Projects of an earlier edition that go on as ideas in a later one."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base


class CarriedProposal(Base):
    """From which project an idea was carried over; once for a project and an edition."""

    __tablename__ = "carried_proposal"
    __table_args__ = (UniqueConstraint("from_id", "edition_id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    # The edition of the idea.
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    at: Mapped[datetime]
