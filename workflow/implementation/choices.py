"""What forms about a plan offer to choose from."""

from sqlalchemy import Connection, select

from workflow.base.collation import sort_key
from workflow.models import Organisation, Promise, ProposalFile, Risk
from workflow.rules.facts import Facts
from workflow.rules.states import RiskState

Choice = tuple[int, str]
LIMIT = 500


def milestones(facts: Facts) -> list[Choice]:
    """The milestones that are open, by number; of a milestone those beside itself."""
    planned = facts.plan.milestones if facts.plan is not None else ()
    return [(milestone.number, f"{milestone.number}. {milestone.title}") for milestone in planned
            if milestone.is_open and (facts.ref.kind != "milestone" or milestone.id != facts.ref.id)]  # fmt: skip


def lines(facts: Facts) -> list[Choice]:
    """The lines of the budget, by number."""
    return [(line.number, f"{line.number}. {line.label}") for line in (facts.plan.lines if facts.plan else ())]


def organisations(tx: Connection) -> list[Choice]:
    """The organisations that people know of, in Polish order."""
    rows = tx.execute(select(Organisation.id, Organisation.name).limit(LIMIT))
    return sorted(((row.id, row.name) for row in rows), key=lambda choice: sort_key(choice[1]))


def open_risks(tx: Connection, facts: Facts) -> list[Choice]:
    """The risks of a project of which nothing has become yet, by number."""
    query = select(Risk.number, Risk.title).where(Risk.proposal_id == facts.ref.id, Risk.state == RiskState.OPEN)
    return [(row.number, f"{row.number}. {row.title}") for row in tx.execute(query.order_by(Risk.number))]


def promises(tx: Connection, facts: Facts) -> list[Choice]:
    """The promises of partners of a project."""
    query = select(Promise.id, Promise.partner, Promise.text).where(Promise.proposal_id == facts.ref.id)
    return [(row.id, f"{row.partner}: {row.text}"[:160]) for row in tx.execute(query.order_by(Promise.id))]


def pictures(tx: Connection, facts: Facts) -> list[Choice]:
    """The pictures among the files of a project that were not taken away."""
    f = ProposalFile
    there = f.proposal_id == facts.ref.id, f.has_small.is_(True), f.removed_at.is_(None)
    return [(row.id, row.name) for row in tx.execute(select(f.id, f.name).where(*there).order_by(f.id))]


def files(tx: Connection, project: int) -> list[Choice]:
    """The files of a project that were not taken away."""
    f = ProposalFile
    rows = tx.execute(select(f.id, f.name).where(f.proposal_id == project, f.removed_at.is_(None)).order_by(f.id))
    return [(row.id, row.name) for row in rows]
