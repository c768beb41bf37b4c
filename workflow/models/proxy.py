"""Proxies of a meeting: from seat to seat, each with a file."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Numbered, partial_index


class Proxy(Numbered, Base):
    """That the holder of a seat lets another one vote for it; ends when somebody arrives in the giver's seat."""

    __tablename__ = "proxy"
    __table_args__ = (
        partial_index("uq_proxy_running", "meeting_id", "from_seat_id", where="ended_at IS NULL", unique=True),
        CheckConstraint("from_seat_id <> to_seat_id", name="two_seats"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    from_seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    to_seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    given_on: Mapped[date]
    # What the file is, and the object key of its bytes.
    file_name: Mapped[str] = mapped_column(String(200))
    file_type: Mapped[str] = mapped_column(String(100))
    file_size: Mapped[int] = mapped_column(BigInteger)
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
