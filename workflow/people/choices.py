"""Whom and what a form may offer to choose from: people of an edition or a group, proposals of an edition."""

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from workflow.base.collation import sort_key
from workflow.models import GroupMember, Person, Proposal, RoleGrant
from workflow.rules.facts import Facts
from workflow.rules.roles import NAMES_MINORS

Choice = tuple[int, str]
LIMIT = 500


def people_of_edition(tx: Connection, edition_id: int, *, facts: Facts, role: str = "") -> list[Choice]:
    """Everybody with a role, or with this one, in Polish order; pupils of other groups for the office alone."""
    granted = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None),
        *([RoleGrant.role == role] if role else []),
    )  # fmt: skip
    if facts.rights.is_admin or facts.rights.roles & NAMES_MINORS:
        return _people(tx, granted)
    return _people(tx, and_(granted, or_(Person.is_minor.is_(False), _in_group(facts.ref.id))))


def _in_group(proposal_id: int) -> ColumnElement[bool]:
    return exists().where(
        GroupMember.person_id == Person.id, GroupMember.proposal_id == proposal_id, GroupMember.left_at.is_(None)
    )


def people_of_group(tx: Connection, proposal_id: int) -> list[Choice]:
    """Everybody with an account who works in the group."""
    return _people(tx, _in_group(proposal_id))


def names_of_group(tx: Connection, proposal_id: int) -> list[Choice]:
    """The places in the group that have only a name, by their numbers."""
    m = GroupMember
    query = select(m.id, m.name).where(m.proposal_id == proposal_id, m.person_id.is_(None), m.left_at.is_(None))
    return sorted(((row[0], row[1]) for row in tx.execute(query.limit(LIMIT))), key=lambda person: sort_key(person[1]))


def _people(tx: Connection, where: object) -> list[Choice]:
    query = select(Person.id, Person.name, Person.organisation).where(where, Person.active.is_(True))  # type: ignore[arg-type]
    rows = sorted(tx.execute(query.limit(LIMIT)), key=lambda row: sort_key(row[1]))
    return [(row[0], f"{row[1]} ({row[2]})" if row[2] else row[1]) for row in rows]


def proposals_of_edition(tx: Connection, edition_id: int, *, but: int) -> list[Choice]:
    """The other proposals of an edition, by number."""
    query = (
        select(Proposal.id, Proposal.number, Proposal.title)
        .where(Proposal.edition_id == edition_id, Proposal.id != but)
        .order_by(Proposal.number)
    )
    return [(row[0], f"{row[1]}. {row[2]}") for row in tx.execute(query.limit(LIMIT))]
