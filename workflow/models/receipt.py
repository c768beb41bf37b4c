"""The receipt for a project that was handed in: what anybody can check, and what its printed sheet was called."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Json, Numbered


class Receipt(Numbered, Base):
    """One handing in; written with the step, never changed, and kept where the step is taken back."""

    __tablename__ = "receipt"

    # edition/number of the project/number of its history entry: an entry is never numbered twice.
    number: Mapped[str] = mapped_column(String(120), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    # sha256 of the text that was handed in, the same as its version's.
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    # What surrounds the text in print and may be called otherwise later: edition, people, names of the sections.
    printed: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
