"""Who speaks for the partners of an agreement: contacts and signatories that messages go to."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from workflow.models import AgreementPartner
from workflow.rules.facts import Ref
from workflow.rules.states import PartnerState
from workflow.rules.topics import Audience, Topic

PARTNER, AGREEMENT = "agreement_partner", "agreement"
AUDIENCES_OF_AGREEMENTS: Mapping[Topic, tuple[Audience, ...]] = {
    **dict.fromkeys((Topic.AGREEMENT_OPENED, Topic.AGREEMENT_AMENDED, Topic.AGREEMENT_EXPIRED), (Audience.PARTNERS,)),
    Topic.PARTNER_INVITED: (Audience.ORGANISATION,),
    Topic.PARTNER_REMINDED: (Audience.ORGANISATION,),
    Topic.PARTNER_SIGNED: (Audience.STAFF, Audience.ORGANISATION),
    Topic.PARTNER_REFUSED: (Audience.STAFF,),
    Topic.PARTNER_WITHDREW: (Audience.STAFF, Audience.ORGANISATION),
}
# The office that takes these steps knows of them, or the edition tells it on the same day.
SILENT_OF_AGREEMENTS = (
    Topic.AGREEMENT_DRAFTED, Topic.PARTNERSHIP_CONCLUDED, Topic.AGREEMENT_UNDONE, Topic.AGREEMENT_RECALLED,
    Topic.PARTNER_MANDATED, Topic.PARTNER_UNDONE,
)  # fmt: skip
# Whoever refused or left is not written to about the agreement any more.
GONE = (PartnerState.REFUSED, PartnerState.WITHDRAWN)


def editions_of_partners(connection: Connection, refs: Collection[Ref]) -> dict[Ref, int]:
    """The edition of each partner among these subjects; no statement where there is none."""
    p, ids = AgreementPartner, _ids(refs, PARTNER)
    rows = connection.execute(select(p.id, p.edition_id).where(p.id.in_(ids))) if ids else ()
    return {Ref(PARTNER, row.id): row.edition_id for row in rows}


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
