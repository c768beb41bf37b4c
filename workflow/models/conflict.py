"""Declarations of impartiality, and what people have said about conflicts of interest; private to the bodies."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Json, Numbered, partial_index


class Declaration(Numbered, Base):
    """What a member of a body declared about one project, on which text; the next one revokes the one before."""

    __tablename__ = "declaration"
    __table_args__ = (
        partial_index("uq_declaration_open", "person_id", "proposal_id", where="revoked_at IS NULL", unique=True),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    # The text that was shown: its version and language, and the SHA-256 of its words.
    text_version: Mapped[str] = mapped_column(String(40))
    text_digest: Mapped[str] = mapped_column(String(64))
    # "impartial" or "conflicted"
    answer: Mapped[str] = mapped_column(String(12))
    # Group and partners as they were; where something has been added since, the declaration is asked for again.
    basis: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Conflict(Numbered, Base):
    """What somebody said about a conflict: declared by the member, or cleared by somebody else, each with a reason.

    Conflicts that nobody has said anything about are found from rows whenever they are asked for, and are not stored.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        CheckConstraint("state <> 'cleared' OR decided_by_id <> person_id", name="never_own"),
        partial_index(
            "uq_conflict_open", "person_id", "proposal_id", "source", where="revoked_at IS NULL", unique=True
        ),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    # A value of `workflow.rules.conflicts_of_interest.Source`.
    source: Mapped[str] = mapped_column(String(12))
    # What the conflict was found from when it was cleared; anything else binds again.
    basis: Mapped[list[Any]] = mapped_column(Json, server_default=text("'[]'"))
    # "confirmed" or "cleared"
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    # Set when something else is said about the same conflict.
    revoked_at: Mapped[datetime | None]
