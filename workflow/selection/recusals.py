"""Who is recused from which project of an edition, and why."""

from sqlalchemy import Connection, select

from workflow.models import Proposal


def recusals(tx: Connection, edition_id: int) -> dict[int, dict[int, str]]:
    """Proposal -> person -> the reason in words; one statement."""
    query = select(Proposal.id, Proposal.recorded).where(Proposal.edition_id == edition_id)
    return {
        row.id: {entry["by"]: entry.get("reason") or "-" for entry in declared}
        for row in tx.execute(query)
        if (declared := row.recorded.get("declare_conflict"))
    }
