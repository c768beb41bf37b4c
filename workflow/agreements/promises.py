"""What the partners of an agreement promised in projects of the edition, and how they keep it."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from workflow.models import AgreementPartner, Promise, Proposal
from workflow.rules.states import FUNDED, PartnerState, PromiseState


class PromiseLine(Struct, frozen=True):
    """One promise of a partner in one project."""

    proposal_id: int
    number: int
    title: str
    text: str
    state: str
    note: str


class PromiseCount(Struct, frozen=True):
    """How many promises a partner made, and how many of them it kept, in full or in part."""

    made: int = 0
    kept: int = 0
    partly: int = 0
    not_kept: int = 0

    @property
    def open(self) -> int:
        """Promises that nobody has judged yet."""
        return self.made - self.kept - self.partly - self.not_kept


def _of_partner() -> ColumnElement[bool]:
    """A promise is the partner's where the project says so, or names it as the organisation is called."""
    a, m = AgreementPartner, Promise
    by_name = and_(m.organisation_id.is_(None), func.lower(m.partner) == func.lower(a.name))
    return or_(m.organisation_id == a.organisation_id, by_name)


def promises_of(tx: Connection, partner_id: int) -> list[PromiseLine]:
    """The promises of a partner in the projects of its edition that take a place, by project; one statement."""
    a, m, p = AgreementPartner, Promise, Proposal
    query = (
        select(p.id, p.number, p.title, m.text, m.state, m.note).select_from(a).join(m, _of_partner())
        .join(p, and_(p.id == m.proposal_id, p.edition_id == a.edition_id))
        .where(a.id == partner_id, p.state.in_(FUNDED)).order_by(p.number, m.id)
    )  # fmt: skip
    return [PromiseLine(*row) for row in tx.execute(query)]


def counts_of(tx: Connection, agreement_id: int) -> Mapping[str, PromiseCount]:
    """The promises of all partners that have signed, counted by the name of the partner; one statement."""
    a, m, p = AgreementPartner, Promise, Proposal
    query = (
        select(a.name, m.state, func.count()).select_from(a).join(m, _of_partner())
        .join(p, and_(p.id == m.proposal_id, p.edition_id == a.edition_id))
        .where(a.agreement_id == agreement_id, a.state == PartnerState.SIGNED, p.state.in_(FUNDED))
        .group_by(a.name, m.state)
    )  # fmt: skip
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, state, number in tx.execute(query):
        found[name][state] = number
    return {name: _counted(states) for name, states in found.items()}


def _counted(states: Counter[str]) -> PromiseCount:
    kept, partly, not_kept = (states[one] for one in (PromiseState.KEPT, PromiseState.PARTLY, PromiseState.NOT_KEPT))
    return PromiseCount(states.total(), kept, partly, not_kept)
