"""People at a conference: who registered, the passes that were given out, and who was there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index


class Registration(Numbered, Base):
    """One person registered for one conference, or on its waiting list; cancelled, never deleted."""

    __tablename__ = "registration"
    __table_args__ = (
        partial_index(
            "uq_registration_person", "conference_id", "person_id", where="state <> 'cancelled'", unique=True
        ),
        Index("ix_registration_conference_state", "conference_id", "state"),
    )

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # For whom the person comes; None for whoever comes alone.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    # "registered", "waiting" or "cancelled"; the waiting list is in the order of `id`.
    state: Mapped[str] = mapped_column(String(12))
    # "page", "office", "organisation", "walk_in" or "list"
    source: Mapped[str] = mapped_column(String(12))
    # Where the confirmation goes; an organisation may register several people under its own address.
    contact_email: Mapped[str] = mapped_column(String(254), server_default=EMPTY)
    # Eight random symbols, in the QR code and read out at the desk; it says who one is and grants no vote.
    code: Mapped[str] = mapped_column(String(8), unique=True)
    # Which information clause was shown.
    clause_version: Mapped[str] = mapped_column(String(40), server_default=EMPTY)
    # Of a minor: who consents, and as what ("guardian" or "school"); the office records the consent from a document.
    guardian: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    guardian_kind: Mapped[str] = mapped_column(String(20), server_default=EMPTY)
    registered_at: Mapped[datetime]
    # None where a person without an account did it on the public page.
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ConferencePass(Base):
    """A pass of a registered person, given out at check-in; only a digest of its token is kept."""

    __tablename__ = "conference_pass"
    __table_args__ = (
        partial_index("uq_conference_pass_valid", "registration_id", where="revoked_at IS NULL", unique=True),
    )

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # A digest of the browser that opened it first; another one is sent to the desk.
    bound_to: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    revoked_at: Mapped[datetime | None]


class Presence(Numbered, Base):
    """One person was at one conference; checked in once, by whatever way came first."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("conference_id", "person_id"), UniqueConstraint("registration_id"))

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    arrived_at: Mapped[datetime]
    # "code", "name", "walk_in" or "offline"
    channel: Mapped[str] = mapped_column(String(12))
    checked_in_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
