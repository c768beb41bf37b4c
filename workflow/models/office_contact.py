"""Who runs this installation, as its pages and statements name it."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered


class OfficeContact(Numbered, Base):
    """The public body with its contact data and its mark; one row, replaced as a whole."""

    __tablename__ = "office_contact"

    # The public body, and the team that runs the programme.
    body: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    office: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    address: Mapped[str] = mapped_column(String(300), server_default=EMPTY)
    email: Mapped[str] = mapped_column(String(254), server_default=EMPTY)
    telephone: Mapped[str] = mapped_column(String(60), server_default=EMPTY)
    hours: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    website: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    # The data protection officer.
    officer: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    officer_email: Mapped[str] = mapped_column(String(254), server_default=EMPTY)
    # A small picture, drawn anew when it was sent; empty where there is none.
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    logo_digest: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
