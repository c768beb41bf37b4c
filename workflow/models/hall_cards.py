"""Cards of a vote in the hall as two people typed them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Key


class HallCardCount(Base):
    """That a person has typed the cards of a vote; two do, and neither sees the lines of the other before."""

    __tablename__ = "hall_card_count"
    __table_args__ = (
        UniqueConstraint("poll_id", "person_id"),
        CheckConstraint("clerk IN (1, 2)", name="two_clerks"),
        CheckConstraint("in_box >= 0 AND spoiled >= 0", name="counts"),
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey("hall_poll.id"), primary_key=True)
    # 1 or 2, in the order in which they handed in.
    clerk: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # How many valid cards, and how many that do not count.
    in_box: Mapped[int]
    spoiled: Mapped[int]
    typed_at: Mapped[datetime]


class HallCardLine(Base):
    """What one of the two people read from one card."""

    __tablename__ = "hall_card_line"
    __table_args__ = (ForeignKeyConstraint(["poll_id", "clerk"], ["hall_card_count.poll_id", "hall_card_count.clerk"]),)

    poll_id: Mapped[int] = mapped_column(Key, primary_key=True)
    clerk: Mapped[int] = mapped_column(primary_key=True)
    # The number that is printed on the card.
    card: Mapped[int] = mapped_column(primary_key=True)
    # Canonical JSON, as on a ballot.
    choice: Mapped[str] = mapped_column(Text)


class HallCardScan(Base):
    """The scan of all cards of a vote: its name as people named it, and the key of its bytes."""

    __tablename__ = "hall_card_scan"

    poll_id: Mapped[int] = mapped_column(ForeignKey("hall_poll.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(64), unique=True)
    attached_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attached_at: Mapped[datetime]
