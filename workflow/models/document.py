"""Documents that were generated from rows: their data, renderings, readers and signatures, and their publication."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json, Key, Numbered


class Document(Numbered, Base):
    """One version of a document; the database refuses to change what it says, and to touch an approved one."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("edition_id", "kind", "series", "number", "version"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    # A value of `workflow.rules.documents.DocumentKind`.
    kind: Mapped[str] = mapped_column(String(20))
    # What the number counts within: a body, or a body and a year.
    series: Mapped[str] = mapped_column(String(40), server_default=EMPTY)
    number: Mapped[int]
    version: Mapped[int]
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Key)
    language: Mapped[str] = mapped_column(String(2))
    # What it was made from, and the SHA-256 of that as JSON with sorted keys.
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    data_digest: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    generated_at: Mapped[datetime]
    # "draft" or "approved"
    state: Mapped[str] = mapped_column(String(12))
    approved_at: Mapped[datetime | None]
    # The approved document that a correction note corrects.
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))


class DocumentRendering(Base):
    """The bytes of an approved document in one format; made once, never changed."""

    __tablename__ = "document_rendering"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    # "html", "pdf" or "docx"
    format: Mapped[str] = mapped_column(String(8), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))


class DocumentReading(Base):
    """A person has opened this version of a document."""

    __tablename__ = "document_reading"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    first_at: Mapped[datetime]


class DocumentSignature(Base):
    """A person has signed or approved this version of a document."""

    __tablename__ = "document_signature"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    # A value of `workflow.rules.documents.Signing`.
    meaning: Mapped[str] = mapped_column(String(12), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # As what: "secretary", "chair" or "deputy"
    function: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]


class Publication(Base):
    """A document on the public page of its edition, with what a public information bulletin says of it."""

    __tablename__ = "publication"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    # Who made the content, who answers for it, and who put it there.
    produced_by: Mapped[str] = mapped_column(String(200))
    responsible: Mapped[str] = mapped_column(String(200))
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime]
