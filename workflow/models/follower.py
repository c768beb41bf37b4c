"""People who follow an edition or a project by e-mail, without an account."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index


class Follower(Numbered, Base):
    """An address that follows one edition, or one project of it; told of nothing before it is confirmed."""

    __tablename__ = "follower"
    __table_args__ = (
        partial_index(
            "uq_follower_edition", "email", "edition_id", where="ended_at IS NULL AND proposal_id IS NULL", unique=True
        ),
        partial_index("uq_follower_proposal", "email", "proposal_id", where="ended_at IS NULL", unique=True),
        Index("ix_follower_edition", "edition_id"),
        Index("ix_follower_proposal", "proposal_id"),
    )

    # In lower case.
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # None for the whole edition.
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    clause_version: Mapped[str] = mapped_column(String(40), server_default=EMPTY)
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # When they unsubscribed; the address is emptied then.
    ended_at: Mapped[datetime | None]
