"""A list that a person wants to open again: filters and order under a name."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Numbered, partial_index

NAME_LENGTH = 60
QUERY_LENGTH = 2000


class SavedFilter(Numbered, Base):
    """Filters of the list of one edition, for one person alone; nobody else ever sees it, and it goes with them."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("person_id", "edition_id", "name"),
        # One of them may open by itself.
        partial_index("uq_saved_filter_default", "person_id", "edition_id", where="is_default", unique=True),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    # As it stands in the address of the list; read by the same rules as an address that somebody typed.
    query: Mapped[str] = mapped_column(String(QUERY_LENGTH))
    is_default: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime]
