"""Reads what the steps of a partnership agreement and of its partners look at: text, partners, amendments."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import BigInteger, Connection, Select, String, bindparam, cast, exists, func, select

from workflow.db.statements import Query
from workflow.engine.references import row_number
from workflow.models import (
    Agreement,
    AgreementAmendment,
    AgreementPartner,
    AgreementPartnerFile,
    Document,
    DocumentReading,
    Organisation,
)
from workflow.rules.agreement import AgreementFacts, InvitedOrganisation, PartnerPaper, SignedPartner
from workflow.rules.documents import DocumentFacts, DocumentKind, DocumentState
from workflow.rules.effects.agreements import text_terms
from workflow.rules.facts import Facts
from workflow.rules.states import PartnerState

AGREEMENT, PARTNER = "agreement", "agreement_partner"
_A, _M, _D, _R, _F = Agreement, AgreementAmendment, Document, DocumentReading, AgreementPartnerFile
_AMENDED = select(func.coalesce(func.max(_M.number), 0)).where(_M.agreement_id == _A.id).scalar_subquery()
_CERTIFIED = (
    select(func.coalesce(func.max(_D.version), 0))
    .where(_D.kind == DocumentKind.CERTIFICATE, _D.subject_kind == AGREEMENT, _D.subject_id == _A.id)
    .scalar_subquery()
)
_HAS_SCAN = exists().where(_F.partner_id == bindparam("partner", None, BigInteger), _F.paper == PartnerPaper.SCAN)
# Constants, because each step of an agreement and of its partners asks them.
_AGREEMENT = Query(select(_A.id, _A.state, _A.minimum_signatures, _AMENDED, _CERTIFIED, _HAS_SCAN).where(
    _A.edition_id == bindparam("edition", None, BigInteger)
))  # fmt: skip
_OPENED = select(func.aggregate_strings(cast(_R.person_id, String), ",")).where(_R.document_id == _D.id)
_TEXTS = Query(
    select(
        _D.id, _D.kind, _D.number, _D.version, _D.state, _D.data_digest, _D.author_id, _D.data,
        _OPENED.scalar_subquery().label("opened"),
    )
    .where(_D.kind == DocumentKind.AGREEMENT, _D.subject_kind == AGREEMENT,
           _D.subject_id == bindparam("agreement_id", None, BigInteger))
    .order_by(_D.version.desc())
)  # fmt: skip


def with_agreement(tx: Connection, facts: Facts, answers: Mapping[str, Any]) -> Facts:
    """The facts of an agreement or of one of its partners with what guards and effects look at; of others as they are.

    Takes no lock. At most four statements, none where it was read before.
    """
    is_read = facts.agreement is not None and "organisation" not in answers
    if facts.ref.kind not in {AGREEMENT, PARTNER} or not facts.edition or is_read:
        return facts
    partner = facts.ref.id if facts.ref.kind == PARTNER else 0
    row = _AGREEMENT.first(tx, {"edition": facts.edition["id"], "partner": partner})
    if row is None:
        return replace(facts, agreement=AgreementFacts())
    minimum = max(row.minimum_signatures or facts.edition["minimum_signatures"], 1)
    agreement = replace(
        _with_texts(tx, AgreementFacts(row.id, row.state, minimum), facts), amendments=row[3], certificates=row[4],
        has_scan=bool(row[5]),
    )  # fmt: skip
    if facts.ref.kind == AGREEMENT:
        agreement = replace(agreement, signed=signed_partners(tx, row.id), counts=counts_of(tx, row.id))
    elif not facts.ref.id:
        agreement = replace(agreement, organisation=_invited(tx, row.id, answers.get("organisation")))
    return replace(facts, agreement=agreement)


def _with_texts(tx: Connection, agreement: AgreementFacts, facts: Facts) -> AgreementFacts:
    """With the text written last and the one approved last, each with its readers; one statement."""
    rows = _TEXTS.all(tx, {"agreement_id": agreement.id})
    approved = [row for row in rows if row.state == DocumentState.APPROVED]
    return replace(
        agreement, written=_text(rows[0]) if rows else None, text=_text(approved[0]) if approved else None,
        is_current=not rows or _is_current(rows[0].data, facts),
    )  # fmt: skip


def _text(row: Any) -> DocumentFacts:
    readers = frozenset(map(int, row.opened.split(","))) if row.opened else frozenset[int]()
    return DocumentFacts(
        row.id, row.kind, row.number, row.version, row.state, row.data_digest, row.author_id, readers
    )  # fmt: skip


def _is_current(data: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a text names what the row of the agreement says now."""
    if facts.ref.kind != AGREEMENT or facts.state is None:
        return True
    return all(data.get(name) == said for name, said in text_terms(facts.edition, facts.own).items())


def counts_of(tx: Connection, agreement_id: int) -> dict[str, int]:
    """How many partners of an agreement are in each state; one statement."""
    p = AgreementPartner
    query = select(p.state, func.count()).where(p.agreement_id == agreement_id).group_by(p.state)
    return {row[0]: row[1] for row in tx.execute(query)}


def signed_partners(tx: Connection, agreement_id: int) -> tuple[SignedPartner, ...]:
    """The partners that have signed, by their place in the list; one statement."""
    p, o = AgreementPartner, Organisation
    query = select(
        p.number, p.name, o.kind, o.sector, o.commune, p.signatory_name, p.signatory_function, p.signed_by, p.signed_on
    )
    query = query.join(o, o.id == p.organisation_id)
    mine = query.where(p.agreement_id == agreement_id, p.state == PartnerState.SIGNED)
    return tuple(SignedPartner(*row) for row in tx.execute(mine.order_by(p.number)))


def _invited(tx: Connection, agreement_id: int, given: Any) -> InvitedOrganisation | None:
    """The organisation that is to be invited, where there is one of this number that was not merged into another."""
    if (number := row_number(given)) is None:
        return None
    o, p = Organisation, AgreementPartner
    there: Select[Any] = select(p.id).where(p.agreement_id == agreement_id, p.organisation_id == o.id)
    query = select(o.id, o.name, there.exists()).where(o.id == number, o.merged_into_id.is_(None))
    row = tx.execute(query).one_or_none()
    return InvitedOrganisation(row[0], row[1], bool(row[2])) if row else None
