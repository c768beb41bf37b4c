"""A person, the roles held in editions, and the ways to prove who one is."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Key, Numbered, partial_index


class Person(Numbered, Base):
    """Somebody known to the programme; without an address where only a paper card exists."""

    __tablename__ = "person"
    # Closed accounts are few, and each worklist asks what they answered for.
    __table_args__ = (
        Index("ix_person_closed", "id", postgresql_where=text("NOT active"), sqlite_where=text("active = 0")),
    )

    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    # For letters on paper.
    postal_address: Mapped[str] = mapped_column(String(300), server_default=EMPTY)
    language: Mapped[str] = mapped_column(String(2), server_default=text("'pl'"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # Encrypted with a key derived from SECRET_KEY.
    totp_secret: Mapped[str | None] = mapped_column(String(300))
    totp_confirmed_at: Mapped[datetime | None]
    # The last time step whose code was used, so that a code works once.
    totp_last_step: Mapped[int | None]
    is_admin: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    is_minor: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # "under_13", "13_15" or "16_17"; no day of birth is kept. Empty for adults, and where nobody has said.
    age_band: Mapped[str] = mapped_column(String(12), server_default=EMPTY)
    guardian_consent_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    mail_refused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    # Views of the worklist kept under a name, see `workflow.accounts.work_views`.
    work_views: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # The account that this one was merged into, which has all its roles; nobody signs in with this one any more.
    merged_into_id: Mapped[int | None] = mapped_column(Key)


class RoleGrant(Numbered, Base):
    """One role of one person in one edition; withdrawn, never deleted."""

    __tablename__ = "role_grant"
    __table_args__ = (
        partial_index(
            "uq_role_grant_held", "person_id", "edition_id", "role", where="withdrawn_at IS NULL", unique=True
        ),
        Index("ix_role_grant_edition_role", "edition_id", "role"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    role: Mapped[str] = mapped_column(String(40))
    # The sector that a committee member sits for.
    sector: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    # Which information clause (GDPR art. 13) was shown to the person, and when.
    clause_version: Mapped[str] = mapped_column(String(40), server_default=EMPTY)
    clause_shown_at: Mapped[datetime | None]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class WebSession(Base):
    """A signed-in browser; only a digest of its token is kept."""

    __tablename__ = "web_session"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # When a second factor was given in this session.
    second_factor_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    revoked_at: Mapped[datetime | None]


class OneTimeLink(Base):
    """A link in a mail: one use, one purpose, one person, an end."""

    __tablename__ = "one_time_link"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Numbered, Base):
    """A code that stands in for a lost phone, once."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class ApiToken(Numbered, Base):
    """A key for programs, acting as its person with no more rights than that person has now."""

    __tablename__ = "api_token"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100), server_default=EMPTY)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """Failed sign-ins by a digest of the address, so that guessing one account is slowed down."""

    __tablename__ = "sign_in_attempt"

    subject_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    last_at: Mapped[datetime]
