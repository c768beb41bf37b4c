"""Cards of a secret vote on paper: what two people typed from them, and the scan."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Key


class PaperBatch(Base):
    """All cards of a vote, typed once; after a mistake that cannot be mended it is void and they are typed again."""

    __tablename__ = "paper_batch"

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    # Counted within the vote, from 1.
    number: Mapped[int] = mapped_column(primary_key=True)
    # The scan of the cards: its name as people named it, and the object key of its bytes; empty until it is attached.
    scan_name: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    scan_type: Mapped[str] = mapped_column(String(100), server_default=EMPTY)
    scan_size: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    scan_sha256: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    scan_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    void_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class PaperCount(Base):
    """That a person has typed the cards; two do, and neither sees the lines of the other before."""

    __tablename__ = "paper_count"
    __table_args__ = (
        ForeignKeyConstraint(["poll_id", "batch"], ["paper_batch.poll_id", "paper_batch.number"]),
        UniqueConstraint("poll_id", "batch", "person_id"),
        CheckConstraint("clerk IN (1, 2)", name="two_clerks"),
        CheckConstraint("in_box >= 0 AND spoiled >= 0", name="figures"),
    )

    poll_id: Mapped[int] = mapped_column(Key, primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True)
    # 1 or 2, in the order in which they handed in.
    clerk: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Cards that are valid, blank ones too, and those that are not.
    in_box: Mapped[int]
    spoiled: Mapped[int]
    typed_at: Mapped[datetime]


class PaperLine(Base):
    """One valid card as one of the two people read it."""

    __tablename__ = "paper_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["poll_id", "batch", "clerk"], ["paper_count.poll_id", "paper_count.batch", "paper_count.clerk"]
        ),
    )

    poll_id: Mapped[int] = mapped_column(Key, primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True)
    clerk: Mapped[int] = mapped_column(primary_key=True)
    # The number printed on the card, or written on it after the box was opened.
    card: Mapped[int] = mapped_column(Integer, primary_key=True)
    # "for", "against" or "abstain"
    choice: Mapped[str] = mapped_column(String(12))
