"""Reads the decisions of an edition that take places and money, announced or not."""

from sqlalchemy import Connection, func, or_, select

from workflow.models import Decision, Proposal
from workflow.rules.session import ActiveDecision
from workflow.rules.states import ProposalState


def effective_decisions(tx: Connection, edition_id: int) -> tuple[ActiveDecision, ...]:
    """The effective decisions of an edition, by project; one statement, nothing is locked.

    One that is not announced counts only while its project waits for it: whoever withdrew before the announcement
    takes neither a place nor money. The cost is in grosze.
    """
    d = Decision
    query = select(d.proposal_id, d.outcome, d.position, func.coalesce(Proposal.cost, 0), d.announced_at.is_not(None))
    query = query.join(Proposal, Proposal.id == d.proposal_id).where(d.edition_id == edition_id, d.active.is_(True))
    query = query.where(or_(d.announced_at.is_not(None), Proposal.state == ProposalState.PRESENTED))
    return tuple(ActiveDecision(*row) for row in tx.execute(query.order_by(d.proposal_id)))
