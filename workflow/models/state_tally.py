"""How many proposals of an edition are in each state, and what they cost; kept by triggers, whoever writes one."""

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Numbered


class StateTally(Numbered, Base):
    """A difference: so many proposals more or less in a state, and their cost; the sums over an edition are exact.

    Only inserted, so that two steps never wait for each other; each sixty-fourth row adds up those of its edition that
    nobody else is adding up. Derived from `proposal`, so it is never written by hand or copied.
    """

    __tablename__ = "state_tally"
    __table_args__ = (Index("ix_state_tally_edition", "edition_id", "id"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    state: Mapped[str] = mapped_column(String(40))
    projects: Mapped[int]
    # In grosze.
    cost: Mapped[int] = mapped_column(BigInteger)
