"""What people say to each other about a proposal: comments, whom they mention, and texts that they suggest."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Numbered


class Comment(Numbered, Base):
    """Something said about a section or about the whole; an answer has a parent, and its visibility."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_thread", "proposal_id", "parent_id", "id"),
        Index("ix_comment_parent", "parent_id"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    # The name of a section of the sheet; empty for the whole project.
    section: Mapped[str] = mapped_column(String(40), server_default=sql("''"))
    # One of `workflow.comments.visibility.Circle`.
    circle: Mapped[str] = mapped_column(String(10))
    # Emptied when the comment is removed.
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Mention(Numbered, Base):
    """Somebody to whom a comment is addressed."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("comment_id", "person_id"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Suggestion(Numbered, Base):
    """A new text of a section that somebody proposes and the leader accepts or declines."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_proposal", "proposal_id", "id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    section: Mapped[str] = mapped_column(String(40))
    circle: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    # Why, in the author's words.
    word: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    # The digest of the section over which it was written.
    base: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    # accepted, declined or withdrawn; empty while it waits.
    outcome: Mapped[str] = mapped_column(String(10), server_default=sql("''"))
    answer: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
