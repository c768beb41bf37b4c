"""Documents as rows: what is shown of them, who has opened them, and the bytes of an approved one, made once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from workflow.base.i18n import Sentence, _, format_datetime
from workflow.documents import agreements, conference_reports, corrections, extracts, minutes, rankings, resolutions
from workflow.documents.blocks import Block, Text
from workflow.documents.docx import docx_of
from workflow.documents.html import html_of
from workflow.documents.pdf import pdf_of
from workflow.documents.wording import Data, heading, paragraph, said, table
from workflow.models import Document, DocumentReading, DocumentRendering, DocumentSignature, Person
from workflow.rules.bodies import FUNCTIONS
from workflow.rules.documents import LANGUAGE, DocumentKind, DocumentState, Format, Signing
from workflow.rules.facts import Ref

Template = tuple[Callable[[Data], Sentence], Callable[[Data], Iterator[Block]]]
TEMPLATES: Mapping[str, Template] = {
    DocumentKind.MINUTES: (minutes.title, minutes.blocks),
    DocumentKind.CORRECTION: (corrections.title, corrections.blocks),
    DocumentKind.RESOLUTION: (resolutions.title, resolutions.blocks),
    DocumentKind.EXTRACT: (extracts.title, extracts.blocks),
    DocumentKind.RANKING: (rankings.title, rankings.blocks),
    DocumentKind.REPORT: (conference_reports.title, conference_reports.blocks),
    DocumentKind.AGREEMENT: (agreements.title, agreements.blocks),
    DocumentKind.CERTIFICATE: (agreements.certificate_title, agreements.certificate_blocks),
}
# Documents that people sign; the others repeat what was signed or decided.
SIGNED = frozenset({DocumentKind.MINUTES, DocumentKind.CORRECTION})
RENDERERS: Mapping[str, Callable[[Text], bytes]] = {Format.HTML: html_of, Format.PDF: pdf_of, Format.DOCX: docx_of}
MEDIA: Mapping[str, str] = {
    Format.HTML: "text/html", Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
MEANINGS: Mapping[str, Sentence] = {Signing.SIGNED: _("Signed"), Signing.APPROVED: _("Approved")}


class Signature(Struct, frozen=True):
    """Who signed or approved a document, as what and when."""

    meaning: str
    name: str
    function: str
    at: datetime


class Stored(Struct, frozen=True):
    """A version of a document with its signatures and the names of those who have opened it."""

    id: int
    edition_id: int
    kind: str
    number: int
    version: int
    state: str
    data: Data
    digest: str
    author: str
    generated_at: datetime
    signatures: tuple[Signature, ...]
    readers: tuple[str, ...]

    @property
    def is_approved(self) -> bool:
        """Whether it is locked."""
        return self.state == DocumentState.APPROVED

    @property
    def filename(self) -> str:
        """A name that is safe in every file system, without its ending."""
        series = self.data.get("meeting", self.number)
        return f"{self.kind}-{series}-{self.number}-w{self.version}"


def find(tx: Connection, document_id: int) -> Stored | None:
    """A version of a document; three statements."""
    d = Document
    query = (
        select(d.id, d.edition_id, d.kind, d.number, d.version, d.state, d.data, d.data_digest,
               func.coalesce(Person.name, ""), d.generated_at)
        .outerjoin(Person, Person.id == d.author_id).where(d.id == document_id)
    )  # fmt: skip
    row = tx.execute(query).one_or_none()
    return Stored(*(*row, _signatures(tx, document_id), _readers(tx, document_id))) if row else None


def _signatures(tx: Connection, document_id: int) -> tuple[Signature, ...]:
    s = DocumentSignature
    query = select(s.meaning, Person.name, s.function, s.at).join(Person, Person.id == s.person_id)
    return tuple(Signature(*row) for row in tx.execute(query.where(s.document_id == document_id).order_by(s.at)))


def _readers(tx: Connection, document_id: int) -> tuple[str, ...]:
    r = DocumentReading
    query = select(Person.name).join(r, r.person_id == Person.id).where(r.document_id == document_id)
    return tuple(tx.execute(query.order_by(r.first_at, r.person_id)).scalars())


def belongs(tx: Connection, document_id: int, ref: Ref) -> bool:
    """Whether a document is about a subject."""
    d = Document
    query = select(d.id).where(d.id == document_id, d.subject_kind == ref.kind, d.subject_id == ref.id)
    return tx.execute(query).first() is not None


def is_complete(tx: Connection, document_id: int) -> bool:
    """Whether nothing is left to be made of a document: it is a draft, or its renderings are kept."""
    approved = Document.id == document_id, Document.state == DocumentState.APPROVED
    kept = exists().where(DocumentRendering.document_id == document_id)
    return tx.execute(select(Document.id).where(*approved, ~kept)).first() is None


def note_reading(tx: Connection, document_id: int, person_id: int, *, at: datetime) -> None:
    """Keep that a person has opened this version; only the first time is kept."""
    r = DocumentReading
    key = {"document_id": document_id, "person_id": person_id}
    if tx.execute(select(r.first_at).filter_by(**key)).first() is None:
        try:
            with tx.begin_nested():
                tx.execute(insert(r).values(**key, first_at=at))
        except IntegrityError:
            return


def text_of(document: Stored) -> Text:
    """A document in words: what its template says, then its signatures and its control code."""
    name, template = TEMPLATES[document.kind]
    content = [*template(document.data), *_foot(document)]
    draft = "" if document.is_approved else said(_("draft"))
    at = max((signature.at for signature in document.signatures), default=document.generated_at)
    return Text(said(name(document.data)), document.data["edition"], content, at, LANGUAGE, draft)


def _foot(document: Stored) -> Iterator[Block]:
    if document.kind in SIGNED:
        yield from _signed(document)
    yield paragraph(_("Version {version}, generated {moment}. Control code: {code}", version=document.version,
                      moment=document.generated_at, code=minutes.spaced(document.digest)))  # fmt: skip


def _signed(document: Stored) -> Iterator[Block]:
    yield heading(_("Who signed"))
    rows = [(said(MEANINGS[line.meaning]), f"{line.name}, {said(FUNCTIONS[line.function])}",
             format_datetime(line.at, LANGUAGE)) for line in document.signatures]  # fmt: skip
    if rows:
        yield table(_("Who signed"), (_("What"), _("Person"), _("When")), rows, widths=(2, 4, 4))
    else:
        yield paragraph(_("Not signed yet."))


def rendering(tx: Connection, document: Stored, form: Format) -> bytes:
    """The bytes of a document in a format: those of an approved one are kept and never made again.

    Writes only where an approved document has none yet.
    """
    if not document.is_approved:
        return RENDERERS[form](text_of(document))
    r = DocumentRendering
    kept = tx.execute(select(r.content).where(r.document_id == document.id, r.format == form)).scalar()
    return kept if kept is not None else keep_renderings(tx, document)[form]


def keep_renderings(tx: Connection, document: Stored) -> Mapping[str, bytes]:
    """Make all renderings of an approved document and keep them with their digests, in the caller's transaction.

    Where another transaction was faster, its renderings are the ones.
    """
    r = DocumentRendering
    tx.execute(select(Document.id).where(Document.id == document.id).with_for_update())
    rows_kept = tx.execute(select(r.format, r.content).where(r.document_id == document.id)).all()
    kept = {row.format: row.content for row in rows_kept}
    if kept:
        return kept
    text = text_of(document)
    made = {form: make(text) for form, make in RENDERERS.items()}
    rows: Sequence[Mapping[str, Any]] = [
        {"document_id": document.id, "format": form, "content": content, "sha256": sha256(content).hexdigest()}
        for form, content in made.items()
    ]  # fmt: skip
    tx.execute(insert(r), rows)
    return made


def digests(tx: Connection, document_id: int) -> Mapping[str, str]:
    """The SHA-256 of each kept rendering, by format."""
    r = DocumentRendering
    return {
        row.format: row.sha256 for row in tx.execute(select(r.format, r.sha256).where(r.document_id == document_id))
    }
