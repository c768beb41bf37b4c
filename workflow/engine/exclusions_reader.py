"""Reads which projects of an edition exclude each other."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import BigInteger, Connection, bindparam, select

from workflow.db.statements import Query
from workflow.models import ExclusiveProject, Person, Proposal
from workflow.rules.later_decisions import Exclusive


class EndedGroup(Struct, frozen=True):
    """A group that was taken back: when, why and by whom, with its projects by number and title."""

    number: int
    ended_at: datetime | None
    reason: str
    ended_by: str
    projects: tuple[str, ...]


_X, _P = ExclusiveProject, Proposal
_HERE = _X.edition_id == bindparam("edition", None, BigInteger)
EXCLUSIVE = Query(
    select(_X.proposal_id, _P.number, _P.title, _X.number, _X.reason).join(_P, _P.id == _X.proposal_id)
    .where(_HERE, _X.removed_at.is_(None)).order_by(_X.number, _P.number)
)  # fmt: skip
_ENDED = (
    select(_X.number, _X.removed_at, _X.removal_reason, Person.name, _P.number, _P.title)
    .join(_P, _P.id == _X.proposal_id).outerjoin(Person, Person.id == _X.removed_by_id)
    .where(_HERE, _X.removed_at.is_not(None)).order_by(_X.number.desc(), _P.number)
)  # fmt: skip


def exclusive_projects(tx: Connection, edition_id: int) -> tuple[Exclusive, ...]:
    """The projects of all groups of mutually exclusive ones, by group and number; one statement."""
    return tuple(Exclusive(*row) for row in EXCLUSIVE.all(tx, {"edition": edition_id}))


def ended_groups(tx: Connection, edition_id: int) -> tuple[EndedGroup, ...]:
    """The groups of an edition whose projects were admitted together again, the last one first; one statement."""
    groups: dict[int, EndedGroup] = {}
    for number, at, reason, name, project, title in tx.execute(_ENDED, {"edition": edition_id}):
        group = groups.get(number) or EndedGroup(number, at, reason, name or "", ())
        groups[number] = replace(group, projects=(*group.projects, f"{project}. {title}"))
    return tuple(groups.values())
