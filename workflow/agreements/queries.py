"""Reads a partnership agreement for its pages: partners with their answers, whom to invite, versions, amendments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, exists, func, literal, or_, select, union

from workflow.base.collation import sort_key
from workflow.base.grouping import grouped
from workflow.documents.store import Stored
from workflow.engine.agreement_reader import AGREEMENT, PARTNER
from workflow.engine.membership import holds_here
from workflow.models import (
    Affiliation,
    Agreement,
    AgreementAmendment,
    AgreementPartner,
    AgreementPartnerFile,
    Conference,
    Delivery,
    Document,
    Organisation,
    OutboxRow,
    Person,
    Registration,
    RoleGrant,
    Seat,
)
from workflow.rules.agreement import PartnerPaper, SignedBy
from workflow.rules.documents import DocumentKind, DocumentState
from workflow.rules.states import AgreementState, PartnerState


class PartnerRow(Struct, frozen=True):
    """A partner as the office sees it."""

    id: int
    number: int
    name: str
    kind: str
    sector: str
    commune: str
    lifecycle: str
    lifecycle_version: int
    state: str
    version: int
    contact: str
    has_address: bool
    signatory: str
    function: str
    signed_by: str
    signed_on: datetime | None
    reason: str
    due_at: datetime | None
    invited_at: datetime
    # When a letter about it was sent last; None where none was.
    last_letter: datetime | None
    has_scan: bool

    @property
    def lacks_scan(self) -> bool:
        """Whether it signed on paper and nobody attached the scan."""
        return self.state == PartnerState.SIGNED and self.signed_by == SignedBy.PAPER and not self.has_scan


class PublicPartner(Struct, frozen=True):
    """A partner as everybody sees it: no person is named."""

    name: str
    kind: str
    sector: str
    commune: str


class AmendmentLine(Struct, frozen=True):
    """One numbered amendment of a concluded agreement."""

    number: int
    kind: str
    partner: str
    text_version: int | None
    reason: str
    at: datetime


class TextVersion(Struct, frozen=True):
    """A version of the text or of the certificate."""

    id: int
    version: int
    state: str
    generated_at: datetime
    author: str

    @property
    def is_approved(self) -> bool:
        """Whether it is locked."""
        return self.state == DocumentState.APPROVED


def partners_of(tx: Connection, agreement_id: int, *, states: Sequence[str] = ()) -> list[PartnerRow]:
    """The partners of an agreement by their place in the list, of these states alone if any; one statement."""
    p, o, f = AgreementPartner, Organisation, AgreementPartnerFile
    scan = exists().where(f.partner_id == p.id, f.paper == PartnerPaper.SCAN)
    query = select(
        p.id, p.number, p.name, o.kind, o.sector, o.commune, p.lifecycle, p.lifecycle_version, p.state, p.version,
        func.coalesce(Person.name, ""), func.coalesce(Person.email, "") != "", p.signatory_name, p.signatory_function,
        p.signed_by, p.signed_on, p.reason, p.due_at, p.created_at, _last_letter(), scan,
    )  # fmt: skip
    query = query.join(o, o.id == p.organisation_id).outerjoin(Person, Person.id == p.contact_id)
    query = query.where(p.agreement_id == agreement_id)
    if states:
        query = query.where(p.state.in_(states))
    return [PartnerRow(*tuple(row)) for row in tx.execute(query.order_by(p.number))]


def _last_letter() -> Any:
    """When something was last sent to somebody about the partner."""
    d = Delivery
    query = select(func.max(OutboxRow.at)).join(d, d.outbox_id == OutboxRow.id)
    mine = OutboxRow.subject_kind == PARTNER, OutboxRow.subject_id == AgreementPartner.id
    return query.where(*mine).correlate(AgreementPartner).scalar_subquery()


def public_partners(tx: Connection, agreement_id: int) -> list[PublicPartner]:
    """The partners of a concluded agreement in Polish order, before that nobody; whoever only was invited is left out.

    One statement.
    """
    p, o, a = AgreementPartner, Organisation, Agreement
    query = (
        select(p.name, o.kind, o.sector, o.commune).join(o, o.id == p.organisation_id).join(a, a.id == p.agreement_id)
        .where(p.agreement_id == agreement_id, p.state == PartnerState.SIGNED)
        .where(a.state.in_((AgreementState.CONCLUDED, AgreementState.EXPIRED)))
    )  # fmt: skip
    return sorted((PublicPartner(*row) for row in tx.execute(query)), key=lambda partner: sort_key(partner.name))


def amendments_of(tx: Connection, agreement_id: int) -> list[AmendmentLine]:
    """The amendments of an agreement by number; one statement."""
    m, p, d = AgreementAmendment, AgreementPartner, Document
    query = select(m.number, m.kind, func.coalesce(p.name, ""), d.version, m.reason, m.at)
    query = query.outerjoin(p, p.id == m.partner_id).outerjoin(d, d.id == m.document_id)
    return [AmendmentLine(*row) for row in tx.execute(query.where(m.agreement_id == agreement_id).order_by(m.number))]


def versions_of(tx: Connection, agreement_id: int, kind: DocumentKind) -> list[TextVersion]:
    """The versions of the text or of the certificate, newest first; one statement."""
    d = Document
    query = select(d.id, d.version, d.state, d.generated_at, func.coalesce(Person.name, ""))
    query = query.outerjoin(Person, Person.id == d.author_id)
    mine = query.where(d.kind == kind, d.subject_kind == AGREEMENT, d.subject_id == agreement_id)
    return [TextVersion(*row) for row in tx.execute(mine.order_by(d.version.desc()))]


def stored_text(tx: Connection, document_id: int) -> Stored | None:
    """A version of the text as it is shown, without who opened it; one statement."""
    d = Document
    query = select(d.id, d.edition_id, d.kind, d.number, d.version, d.state, d.data, d.data_digest, literal(""),
                   d.generated_at)  # fmt: skip
    row = tx.execute(query.where(d.id == document_id)).one_or_none()
    return Stored(*(*row, (), ())) if row else None


def text_data(tx: Connection, agreement_id: int) -> dict[str, Any]:
    """What the text written last was made from; empty where nothing was written."""
    d = Document
    query = select(d.data).where(
        d.kind == DocumentKind.AGREEMENT, d.subject_kind == AGREEMENT, d.subject_id == agreement_id
    )
    return dict(tx.execute(query.order_by(d.version.desc()).limit(1)).scalar() or {})


def invitable(tx: Connection, edition_id: int) -> list[tuple[int, str]]:
    """The organisations of an edition that are not invited yet, in Polish order; one statement.

    They are those that its people belong to, came to its conferences for, or have a seat for.
    """
    o, p = Organisation, AgreementPartner
    invited = select(p.organisation_id).where(p.edition_id == edition_id)
    query = select(o.id, o.name).where(
        o.merged_into_id.is_(None), o.id.in_(_of_edition(edition_id)), o.id.not_in(invited)
    )
    rows = [(row.id, row.name) for row in tx.execute(query)]
    return sorted(rows, key=lambda organisation: sort_key(organisation[1]))


def _of_edition(edition_id: int) -> Select[Any]:
    a, g, r, c, s = Affiliation, RoleGrant, Registration, Conference, Seat
    belonging = select(a.organisation_id).join(g, g.person_id == a.person_id).where(
        g.edition_id == edition_id, g.withdrawn_at.is_(None), a.to_on.is_(None)
    )  # fmt: skip
    registered = select(r.organisation_id).join(c, c.id == r.conference_id).where(
        c.edition_id == edition_id, r.organisation_id.is_not(None)
    )  # fmt: skip
    seated = select(s.organisation_id).where(s.edition_id == edition_id, s.organisation_id.is_not(None))
    return select(union(belonging, registered, seated).subquery().c[0])


def contacts_of(tx: Connection, organisations: Sequence[int], edition_id: int) -> dict[int, int]:
    """Whom to write to for each organisation: an adult of it who can get letters, of the edition if there is one."""
    a, of_edition = Affiliation, holds_here(edition_id)
    query = (
        select(a.organisation_id, Person.id, of_edition).join(Person, Person.id == a.person_id)
        .where(a.organisation_id.in_(organisations), a.to_on.is_(None), Person.active.is_(True))
        .where(Person.is_minor.is_(False), or_(Person.email.is_not(None), of_edition))
        .order_by(of_edition.desc(), a.id)
    )  # fmt: skip
    rows = tx.execute(query) if organisations else ()
    return {organisation: people[0] for organisation, people in grouped((row[0], row[1]) for row in rows).items()}


def own_partners(tx: Connection, person_id: int, agreement_id: int) -> list[tuple[int, str, str, bool]]:
    """The partners of an agreement that a person speaks for: id, name, state, and whether they sign; one statement."""
    p = AgreementPartner
    query = select(p.id, p.name, p.state, p.signatory_id).where(
        p.agreement_id == agreement_id, or_(p.contact_id == person_id, p.signatory_id == person_id)
    )
    rows = tx.execute(query.order_by(p.number))
    return [(row.id, row.name, row.state, row.signatory_id == person_id) for row in rows]
