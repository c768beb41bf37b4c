"""What is known of a partnership agreement when a step of it, or of one of its partners, is decided about."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from workflow.base.i18n import Sentence, _
from workflow.rules.documents import DocumentFacts
from workflow.rules.states import AgreementState, PartnerState


class SignedBy(StrEnum):
    """How a partner signed."""

    PAPER = "paper"
    SYSTEM = "system"


class PartnerPaper(StrEnum):
    """What a file of a partner is."""

    MANDATE = "mandate"
    SCAN = "scan"


class AmendmentKind(StrEnum):
    """What changed in a concluded agreement."""

    ACCESSION = "accession"
    EXIT = "exit"
    TEXT = "text"


AMENDMENTS: Mapping[AmendmentKind, Sentence] = {
    AmendmentKind.ACCESSION: _("Accession of a partner"),
    AmendmentKind.EXIT: _("Exit of a partner"),
    AmendmentKind.TEXT: _("Change of the text"),
}
WAYS_OF_SIGNING: Mapping[SignedBy, Sentence] = {
    SignedBy.PAPER: _("on paper"),
    SignedBy.SYSTEM: _("in the service"),
}
# Organisations can be invited, and sign.
INVITING = frozenset({AgreementState.DRAFT, AgreementState.OPEN, AgreementState.CONCLUDED})
SIGNING = frozenset({AgreementState.OPEN, AgreementState.CONCLUDED})
# Partners that have not answered yet.
AWAITED = (PartnerState.INVITED, PartnerState.MANDATE_RECEIVED)


class SignedPartner(Struct, frozen=True):
    """A partner that has signed and not withdrawn, as the certificate names it."""

    number: int
    name: str
    kind: str
    sector: str
    commune: str
    signatory: str
    function: str
    signed_by: str
    signed_on: datetime | None


class InvitedOrganisation(Struct, frozen=True):
    """The organisation that a first step names, and whether it is invited already."""

    id: int
    name: str
    is_partner: bool


class AgreementFacts(Struct, frozen=True):
    """An agreement with its text, its partners and its amendments; empty where the edition has none."""

    id: int = 0
    state: str | None = None
    minimum: int = 1
    # The text written last, and the newest one that is approved.
    written: DocumentFacts | None = None
    text: DocumentFacts | None = None
    signed: tuple[SignedPartner, ...] = ()
    # Whether the text written last names the title, purpose and end that the agreement has now.
    is_current: bool = True
    # How many partners are in each state.
    counts: Mapping[str, int] = field(default_factory=dict)
    amendments: int = 0
    certificates: int = 0
    organisation: InvitedOrganisation | None = None
    # Of a partner: whether it has a scan of its signature.
    has_scan: bool = False

    @property
    def draft(self) -> DocumentFacts | None:
        """The version that waits to be approved."""
        return self.written if self.written is not None and not self.written.is_approved else None
