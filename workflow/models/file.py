"""A file that belongs to a proposal; its bytes are in the data folder, see `workflow.files.storage`."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Numbered


class ProposalFile(Numbered, Base):
    """What a file is, who added it and who took it away; the row stays when the bytes are gone."""

    __tablename__ = "proposal_file"
    __table_args__ = (Index("ix_proposal_file_proposal", "proposal_id", "id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    # As people named it; safe to show and to save under.
    name: Mapped[str] = mapped_column(String(200))
    # One of `choices.FILE_KINDS`: what it is for, as people said.
    kind: Mapped[str] = mapped_column(String(20))
    # What it is, as its content says.
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    # The object key of its bytes.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    has_small: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # Of slides: how many pages the screen in the hall shows of it; None for what is not shown page by page.
    pages: Mapped[int | None]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
    # The bytes go some time after the file was taken away.
    bytes_removed_at: Mapped[datetime | None]
