"""A picture of a project that everybody may see, with the words that stand for it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base


class PublicPicture(Base):
    """One file of a project on its public page; the row goes when it is hidden, the history keeps both acts."""

    __tablename__ = "public_picture"

    file_id: Mapped[int] = mapped_column(ForeignKey("proposal_file.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    # What is to be seen, for those who do not see it; also stands below the picture.
    description: Mapped[str] = mapped_column(String(300))
    shown_at: Mapped[datetime]
    shown_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
