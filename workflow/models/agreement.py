"""The partnership agreement of an edition: its own object, not tied to the states of proposals."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base
from workflow.models.subject import Subject


class Agreement(Subject, Base):
    """Signatures may be known one by one or only as a count with its source."""

    __tablename__ = "agreement"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), unique=True)
    title: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, server_default=text("''"))
    partners: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    partners_source: Mapped[str] = mapped_column(Text, server_default=text("''"))
    concluded_on: Mapped[datetime | None]
