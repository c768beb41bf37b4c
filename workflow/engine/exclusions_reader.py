"""Reads which projects of an edition exclude each other."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from workflow.models import ExclusiveProject, Person, Proposal
from workflow.rules.later_decisions import Exclusive


@dataclass(frozen=True, slots=True)
class EndedGroup:
    """A group that was taken back: when, why and by whom, with its projects by number and title."""

    number: int
    ended_at: datetime | None
    reason: str
    ended_by: str
    projects: tuple[str, ...]


def exclusive_projects(tx: Connection, edition_id: int) -> tuple[Exclusive, ...]:
    """The projects of all groups of mutually exclusive ones, by group and number; one statement."""
    x, p = ExclusiveProject, Proposal
    query = select(x.proposal_id, p.number, p.title, x.number.label("group"), x.reason)
    query = query.join(p, p.id == x.proposal_id).where(x.edition_id == edition_id, x.removed_at.is_(None))
    return tuple(Exclusive(*row) for row in tx.execute(query.order_by(x.number, p.number)))


def ended_groups(tx: Connection, edition_id: int) -> tuple[EndedGroup, ...]:
    """The groups of an edition whose projects were admitted together again, the last one first; one statement."""
    x, p = ExclusiveProject, Proposal
    query = select(x.number, x.removed_at, x.removal_reason, Person.name, p.number, p.title)
    query = query.join(p, p.id == x.proposal_id).outerjoin(Person, Person.id == x.removed_by_id)
    rows = tx.execute(
        query.where(x.edition_id == edition_id, x.removed_at.is_not(None)).order_by(x.number.desc(), p.number)
    )
    groups: dict[int, EndedGroup] = {}
    for number, at, reason, name, project, title in rows:
        group = groups.get(number) or EndedGroup(number, at, reason, name or "", ())
        groups[number] = replace(group, projects=(*group.projects, f"{project}. {title}"))
    return tuple(groups.values())
