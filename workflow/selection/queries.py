"""Reads the proposals that the committee has before it; one statement for their numbers, the facts beside it."""

from sqlalchemy import Connection, select

from workflow.models import Proposal
from workflow.rules.facts import Ref
from workflow.rules.states import ProposalState

LIMIT = 300


def presented(tx: Connection, edition_id: int) -> list[Ref]:
    """The presented proposals of an edition, by number."""
    p = Proposal
    query = (
        select(p.id)
        .where(p.edition_id == edition_id, p.state == ProposalState.PRESENTED)
        .order_by(p.number)
        .limit(LIMIT)
    )
    return [Ref("proposal", number) for number in tx.execute(query).scalars()]
