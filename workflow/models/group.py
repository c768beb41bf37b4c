"""What a group keeps beside its members: invitations, requests to join, and who has taken on what."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index


class GroupInvitation(Numbered, Base):
    """An invitation of one address into one group: one use, and only a digest of its token is kept."""

    __tablename__ = "group_invitation"
    __table_args__ = (
        partial_index("uq_group_invitation_open", "proposal_id", "email", where="closed_at IS NULL", unique=True),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    # Emptied some time after the invitation has been closed.
    email: Mapped[str] = mapped_column(String(254), index=True)
    # By which the person was invited, where not by the address; the group is shown this instead of the address.
    name: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    role: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), server_default=text("'pl'"))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Set by whatever ends it: accepted, declined, withdrawn.
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), server_default=EMPTY)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # Accepted and not yet used for joining; only within the transaction that accepts.
    is_fresh: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class JoinRequest(Numbered, Base):
    """Somebody of the edition asks to work in a group; answered with a word."""

    __tablename__ = "join_request"
    __table_args__ = (
        partial_index("uq_join_request_open", "proposal_id", "person_id", where="closed_at IS NULL", unique=True),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    word: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # accepted, refused, withdrawn
    outcome: Mapped[str] = mapped_column(String(20), server_default=EMPTY)
    answer: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class GroupTask(Numbered, Base):
    """What one member of a group has taken on, and until when."""

    __tablename__ = "group_task"
    __table_args__ = (partial_index("ix_group_task_open", "person_id", "due_on", where="done_at IS NULL"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
