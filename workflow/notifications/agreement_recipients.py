"""Who speaks for the partners of an agreement: contacts and signatories that messages go to."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from workflow.models import AgreementPartner
from workflow.rules.facts import Ref
from workflow.rules.states import PartnerState

PARTNER, AGREEMENT = "agreement_partner", "agreement"
# Whoever refused or left is not written to about the agreement any more.
GONE = (PartnerState.REFUSED, PartnerState.WITHDRAWN)


def speakers(connection: Connection, refs: Collection[Ref]) -> dict[Ref, frozenset[int]]:
    """Who speaks for each partner, and for all partners of each agreement among these subjects.

    Two statements, none where there is neither among them.
    """
    p, partners, agreements = AgreementPartner, _ids(refs, PARTNER), _ids(refs, AGREEMENT)
    found: dict[Ref, frozenset[int]] = {}
    if partners:
        query = select(p.id, p.contact_id, p.signatory_id).where(p.id.in_(partners))
        for row in connection.execute(query):
            found[Ref(PARTNER, row.id)] = frozenset({row.contact_id, row.signatory_id} - {None})
    if agreements:
        query = select(p.agreement_id, p.contact_id, p.signatory_id).where(
            p.agreement_id.in_(agreements), p.state.not_in(GONE)
        )
        for row in connection.execute(query):
            ref = Ref(AGREEMENT, row.agreement_id)
            found[ref] = found.get(ref, frozenset()) | ({row.contact_id, row.signatory_id} - {None})
    return found


def partners_of(ref: Ref, holders: Collection[int], speaking: Mapping[Ref, frozenset[int]]) -> frozenset[int]:
    """Who is told as a partner: holders of the role, and of an agreement whoever speaks for its partners."""
    return frozenset(holders) | (speaking.get(ref, frozenset()) if ref.kind == AGREEMENT else frozenset())


def _ids(refs: Collection[Ref], kind: str) -> set[int]:
    return {ref.id for ref in refs if ref.kind == kind}
