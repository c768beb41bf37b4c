"""A resolution that was adopted, and what it decided about each project."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, partial_index


class Resolution(Base):
    """Numbered by body and year in the transaction that adopts it; private until it is announced."""

    __tablename__ = "resolution"
    __table_args__ = (
        ForeignKeyConstraint(["meeting_id", "motion_number"], ["motion.meeting_id", "motion.number"]),
        UniqueConstraint("meeting_id", "motion_number"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    # A value of `workflow.rules.bodies.Body`.
    body: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    # None for a resolution of which a former record is all that there is.
    meeting_id: Mapped[int | None] = mapped_column(BigInteger)
    motion_number: Mapped[int | None]
    title: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date] = mapped_column(Date)
    # How a former record called it; empty for those that were voted on here.
    designation: Mapped[str] = mapped_column(String(300), server_default=EMPTY)


class Decision(Base):
    """What a resolution decided about one project; one is effective at a time."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["edition_id", "body", "year", "resolution_number"],
            ["resolution.edition_id", "resolution.body", "resolution.year", "resolution.number"],
        ),
        partial_index("uq_decision_active", "proposal_id", where="active", unique=True),
        partial_index("uq_decision_pending", "proposal_id", "body", where="pending", unique=True),
    )

    edition_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    body: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    resolution_number: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    # The step that announces it: "select", "place_on_reserve" or "reject"; of a project that was announced before also
    # "annul_decision" or "cancel". A promotion from the reserve list says "select". Of the appeal body: "uphold" or
    # "dismiss".
    outcome: Mapped[str] = mapped_column(String(20))
    position: Mapped[int | None] = mapped_column(Integer)
    justification: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # The sheet that was decided about.
    sheet_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    # Adopted after the project's decision was announced, and not carried out yet; one of a body waits at a time.
    pending: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    announced_at: Mapped[datetime | None]
    # Of a former record: its figures, with `"source": "typed"`; the figures of a vote are those of its motion.
    figures: Mapped[dict[str, Any] | None] = mapped_column(Json)


# Which resolution a decision belongs to.
RESOLVED_BY = and_(
    Resolution.edition_id == Decision.edition_id, Resolution.body == Decision.body, Resolution.year == Decision.year,
    Resolution.number == Decision.resolution_number,
)  # fmt: skip
