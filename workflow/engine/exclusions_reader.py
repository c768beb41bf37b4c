"""Reads which projects of an edition exclude each other."""

from sqlalchemy import Connection, select

from workflow.models import ExclusiveProject, Proposal
from workflow.rules.later_decisions import Exclusive


def exclusive_projects(tx: Connection, edition_id: int) -> tuple[Exclusive, ...]:
    """The projects of all groups of mutually exclusive ones, by group and number; one statement."""
    x, p = ExclusiveProject, Proposal
    query = select(x.proposal_id, p.number, p.title, x.number.label("group"), x.reason)
    query = query.join(p, p.id == x.proposal_id).where(x.edition_id == edition_id, x.removed_at.is_(None))
    return tuple(Exclusive(*row) for row in tx.execute(query.order_by(x.number, p.number)))
