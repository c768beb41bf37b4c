"""Secret votes: the sealed box of an open one, and the ballots and receipts of a closed one; no row names a person."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Key

# Without a number of their own, rows of SQLite lie in the order of their random codes.
WITHOUT_ROWID = {"sqlite_with_rowid": False}


class BallotBox(Base):
    """A sealed ballot of an open secret vote; gone when it is closed. No column tells time, person or order."""

    __tablename__ = "ballot_box"
    __table_args__ = (WITHOUT_ROWID,)

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    # The number of the receipt, drawn at random.
    number: Mapped[str] = mapped_column(String(8), primary_key=True)
    # The choice, encrypted by the key of the vote; of one length in a vote.
    sealed: Mapped[str] = mapped_column(String(120))
    # How often it was replaced.
    revision: Mapped[int]


class SecretBallot(Base):
    """A counted ballot of a secret vote, laid out in random order."""

    __tablename__ = "secret_ballot"
    __table_args__ = (
        ForeignKeyConstraint(["poll_id", "secret"], ["poll.id", "poll.secret"]),
        CheckConstraint("secret", name="of_a_secret_vote"),
        WITHOUT_ROWID,
    )

    poll_id: Mapped[int] = mapped_column(Key, primary_key=True)
    # The number of its receipt; a fresh random one where receipts and choices are lists apart.
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    secret: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    # "for", "against" or "abstain"
    choice: Mapped[str] = mapped_column(String(12))


class BallotReceipt(Base):
    """The number of a ballot that was in the box, where few voted and no receipt shows a choice."""

    __tablename__ = "ballot_receipt"
    __table_args__ = (WITHOUT_ROWID,)

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(8), primary_key=True)
