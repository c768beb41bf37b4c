"""Reads the projects that a motion of a kind may be about, to be chosen from a list."""

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import Proposal
from workflow.rules.guards.motion_items import eligible
from workflow.rules.session import Session


class MotionProject(Struct, frozen=True):
    """A project as a motion names it; the cost is in grosze."""

    number: int
    title: str
    cost: int
    lifecycle: str
    lifecycle_version: int
    state: str


def projects_for(tx: Connection, edition_id: int, session: Session, kind: str) -> tuple[MotionProject, ...]:
    """The projects that a motion of this kind may be about now, by number; one statement, none where there are none."""
    numbers = eligible(session, kind)
    if not numbers:
        return ()
    p = Proposal
    query = select(p.number, p.title, p.cost, p.lifecycle, p.lifecycle_version, p.state)
    rows = tx.execute(query.where(p.edition_id == edition_id, p.number.in_(numbers)).order_by(p.number))
    return tuple(MotionProject(row.number, row.title, row.cost or 0, *row[3:]) for row in rows)
