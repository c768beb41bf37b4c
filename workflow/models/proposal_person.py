"""Whose proposals are whose: authors, leaders and coordinators, kept by triggers, whoever writes a proposal."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base


class ProposalPerson(Base):
    """A person who is author, leader or coordinator of a proposal; finds a person's proposals from the key alone.

    Derived from these three columns of `proposal`, so it is never written by hand or copied. A step that changes none
    of them writes nothing here.
    """

    __tablename__ = "proposal_person"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - the library's own way

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True, index=True
    )
