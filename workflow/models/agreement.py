"""The partnership agreement of an edition, its partners, and what was amended after it was concluded."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered
from workflow.models.subject import Subject


class Agreement(Subject, Base):
    """Signatures may be known one by one or only as a count with its source."""

    __tablename__ = "agreement"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), unique=True)
    title: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    partners: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    partners_source: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    concluded_on: Mapped[datetime | None]
    # None: as many as the edition demands.
    minimum_signatures: Mapped[int | None]
    # Its last moment; None: without an end.
    valid_until: Mapped[datetime | None]


class AgreementPartner(Subject, Base):
    """One organisation that is invited to the agreement: who signs for it, with which mandate, and how it signed."""

    __tablename__ = "agreement_partner"
    __table_args__ = (UniqueConstraint("agreement_id", "organisation_id"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    # The place in the list of partners, and the name as it was when the organisation was invited.
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    # Who is written to, and the account of whoever signs; None where nobody of the organisation has one.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    signatory_name: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    signatory_function: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    mandate_note: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    # A value of `workflow.rules.agreement.SignedBy`; empty until it signs.
    signed_by: Mapped[str] = mapped_column(String(12), server_default=EMPTY)
    signed_on: Mapped[datetime | None]
    # The version of the text that was signed.
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    # Why it refused or withdrew.
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class AgreementPartnerFile(Numbered, Base):
    """A paper of a partner as a file: its mandate, or a scan of its signature."""

    __tablename__ = "agreement_partner_file"

    partner_id: Mapped[int] = mapped_column(ForeignKey("agreement_partner.id"), index=True)
    # A value of `workflow.rules.agreement.PartnerPaper`.
    paper: Mapped[str] = mapped_column(String(12))
    file_name: Mapped[str] = mapped_column(String(200))
    file_type: Mapped[str] = mapped_column(String(100))
    file_size: Mapped[int] = mapped_column(BigInteger)
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class AgreementAmendment(Base):
    """One numbered change of a concluded agreement: a partner that came or left, or another text."""

    __tablename__ = "agreement_amendment"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    # A value of `workflow.rules.agreement.AmendmentKind`.
    kind: Mapped[str] = mapped_column(String(12))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_partner.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    at: Mapped[datetime]
