"""Score cards: the criteria of an edition, a member's card for a project with its points, and the opening of scores."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Numbered, partial_index


class Criterion(Numbered, Base):
    """What projects are scored by; unchangeable once a card of the edition has been handed in."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("weight >= 1", name="weight"),
        CheckConstraint("scale_min >= 0 AND scale_max > scale_min AND step >= 1", name="scale"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # The order on the card, from 1.
    number: Mapped[int]
    # Language -> text.
    name: Mapped[dict[str, Any]] = mapped_column(Json)
    description: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    weight: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    scale_min: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    scale_max: Mapped[int] = mapped_column(Integer, server_default=text("5"))
    # Points are the lowest of the scale and some whole steps more.
    step: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    required: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    # What the mean of the points has to reach, or the project has no place in the ranking.
    minimum: Mapped[int | None] = mapped_column(Integer)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class ScoreCard(Numbered, Base):
    """One person's card for one project, given from a seat; void, not deleted, where a conflict is confirmed later."""

    __tablename__ = "score_card"
    __table_args__ = (
        UniqueConstraint("proposal_id", "seat_id", "person_id"),
        # A holder and a substitute may both have a draft; one card counts for a seat.
        partial_index("uq_score_card_seat", "proposal_id", "seat_id", where="state = 'submitted'", unique=True),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # A value of `workflow.rules.states.CardState`.
    state: Mapped[str] = mapped_column(String(12))
    comment: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # The sheet that was scored.
    sheet_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    # How often it was saved; a page that is older is refused.
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    # Why it is void; empty for every other card.
    void_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class Score(Base):
    """The points of one criterion on a card."""

    __tablename__ = "score"

    card_id: Mapped[int] = mapped_column(ForeignKey("score_card.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    points: Mapped[int]


class ScoreOpening(Base):
    """Since when the committee sees the scores of a project; from then on its cards are not changed."""

    __tablename__ = "score_opening"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    opened_at: Mapped[datetime]
    # None where the last card that was awaited opened them.
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
