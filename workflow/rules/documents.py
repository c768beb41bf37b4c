"""What is known of a document when a step is decided about it: kind, formats, readers, signatures."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from msgspec import Struct, field

from workflow.base.i18n import Sentence, _

# Documents are the office's, so they speak the office's language whoever made them.
LANGUAGE = "pl"


class DocumentKind(StrEnum):
    """What a document is; each has a template."""

    MINUTES = "minutes"
    CORRECTION = "correction"
    EXTRACT = "extract"
    RESOLUTION = "resolution"
    RANKING = "ranking"
    REPORT = "report"
    AGREEMENT = "agreement"
    CERTIFICATE = "certificate"


class DocumentState(StrEnum):
    """Whether a document may still be replaced by a later version."""

    DRAFT = "draft"
    APPROVED = "approved"


class Format(StrEnum):
    """The renderings of a document, by the ending of their names."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


class Signing(StrEnum):
    """What a signature on a document means."""

    SIGNED = "signed"
    APPROVED = "approved"


KINDS: Mapping[str, Sentence] = {
    DocumentKind.MINUTES: _("Minutes"),
    DocumentKind.CORRECTION: _("Correction of the minutes"),
    DocumentKind.EXTRACT: _("Public extract of the minutes"),
    DocumentKind.RESOLUTION: _("Resolution"),
    DocumentKind.RANKING: _("Ranking list"),
    DocumentKind.REPORT: _("Report of a conference"),
    DocumentKind.AGREEMENT: _("Text of the partnership agreement"),
    DocumentKind.CERTIFICATE: _("Certificate of the partnership agreement"),
}


class DocumentFacts(Struct, frozen=True):
    """A document as guards look at it: who has opened this version, and who has signed it."""

    id: int
    kind: str
    number: int
    version: int
    state: str
    digest: str
    author_id: int | None = None
    readers: frozenset[int] = frozenset()
    # Meaning -> person.
    signatures: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_approved(self) -> bool:
        """Whether it is locked."""
        return self.state == DocumentState.APPROVED


class OpenVote(Struct, frozen=True):
    """A vote in the hall that was opened and is not counted: its question, and until when it is open."""

    id: int
    question: str
    due_at: datetime | None


class MinutesFacts(Struct, frozen=True):
    """The minutes of an ended meeting: what the rows say now, and the documents that were made of them."""

    # What minutes generated now would be made from; empty once they are approved.
    data: Mapping[str, Any]
    digest: str
    # The version generated last.
    document: DocumentFacts | None = None
    corrections: tuple[DocumentFacts, ...] = ()
    # Who presided, and whether a seated chair was absent all the time.
    presided: int | None = None
    chair_was_absent: bool = False
    # Of a conference: the votes in the hall that are not counted yet, so that their results are missing.
    uncounted: tuple[OpenVote, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether the version generated last says what the rows say now."""
        return self.document is not None and self.document.digest == self.digest

    @property
    def correction(self) -> DocumentFacts | None:
        """The correction note that waits for its approval."""
        return next((note for note in self.corrections if not note.is_approved), None)


def digest_of(value: Mapping[str, Any]) -> str:
    """SHA-256 of a value as JSON with sorted keys and without blanks."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
