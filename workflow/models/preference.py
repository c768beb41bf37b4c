"""How often a person wants letters about which things."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base


class Preference(Base):
    """What differs from "at once" for one person, one group of topics and one channel."""

    __tablename__ = "preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    topic_group: Mapped[str] = mapped_column(String(20), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    pace: Mapped[str] = mapped_column(String(10))
