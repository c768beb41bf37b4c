"""Reads the decisions that are effective in an edition, and what they amount to for motions, lists and what-if."""

from sqlalchemy import Connection, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from workflow.models import Decision, Proposal
from workflow.rules.later_decisions import AnnouncedProject
from workflow.rules.session import ActiveDecision, Outcome
from workflow.rules.states import FUNDED, ProposalState


def effective_decisions(tx: Connection, edition_id: int) -> tuple[ActiveDecision, ...]:
    """Effective decisions, announced or not, and places that are offered to the reserve list; one statement.

    Of projects that are still there: who has left takes neither place nor money.
    """
    d, p = Decision, Proposal
    query = select(d.proposal_id, d.outcome, d.position, func.coalesce(p.cost, 0), d.announced_at.is_not(None))
    is_there = case(
        (d.announced_at.is_(None), p.state == ProposalState.PRESENTED),
        (d.outcome == Outcome.SELECT, p.state.in_(FUNDED)), else_=True,
    )  # fmt: skip
    is_offered = and_(d.pending.is_(True), d.outcome == Outcome.SELECT, p.state == ProposalState.RESERVE,
                      p.due_at.is_not(None))  # fmt: skip
    query = query.join(p, p.id == d.proposal_id).where(
        d.edition_id == edition_id, or_(and_(d.active.is_(True), is_there), is_offered)
    )
    return tuple(ActiveDecision(*row) for row in tx.execute(query.order_by(d.proposal_id)))


def projects_of(tx: Connection, edition_id: int) -> tuple[dict[int, int], dict[int, AnnouncedProject]]:
    """Presented projects of an edition by number, and those whose effective decision was announced; one statement."""
    d, p, q = Decision, Proposal, aliased(Decision)
    waits = exists().where(q.proposal_id == p.id, q.pending.is_(True))
    announced = and_(d.proposal_id == p.id, d.active.is_(True), d.announced_at.is_not(None))
    query = select(p.number, p.id, p.title, p.state, d.outcome, p.reserve_position, waits.label("waits"))
    query = query.outerjoin(d, announced).where(
        p.edition_id == edition_id, or_(p.state == ProposalState.PRESENTED, d.proposal_id.is_not(None))
    )
    rows = tx.execute(query.order_by(p.number)).all()
    presented = {row.number: row.id for row in rows if row.state == ProposalState.PRESENTED}
    return presented, {
        row.number: AnnouncedProject(row.id, row.title, row.state, row.outcome, row.reserve_position, row.waits)
        for row in rows if row.outcome is not None
    }  # fmt: skip
