"""Who the actor is to a subject, read in the statement that reads the subject: never older than the decision."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from workflow.facts import SYSTEM, Actor, Standing
from workflow.models import GroupMember, Person, RoleGrant
from workflow.models.base import table_of

ACTOR = bindparam("actor", None, type_=BigInteger)
_PERSON, _GRANT, _PLACE = table_of(Person), table_of(RoleGrant), table_of(GroupMember)
_THERE = _PERSON.alias("there")
# What a place in a group allows, as a part of the stamp.
_WEIGHTS, _WEIGHT = {"view": 1, "comment": 2}, 3
# Between the parts of a grant, and between grants; a name of a role or of a clause is one line without tabs.
_PART, _END = "\t", "\n"


def _grants() -> ColumnElement[Any]:
    """All roles that the actor holds, in one text: read once for a statement, however many subjects it finds."""
    g, part = _GRANT.c, literal(_PART, String)
    told = cast(g.id, String) + part + cast(g.edition_id, String) + part + g.role + part + g.clause_version
    held = and_(g.person_id == ACTOR, g.withdrawn_at.is_(None))
    return select(func.aggregate_strings(told, _END)).where(held).scalar_subquery()


def columns(*, in_group: bool) -> list[ColumnElement[Any]]:
    """What a select asks for to know the actor; its source is joined by `joined`."""
    p = _PERSON.c
    place = [_PLACE.c.role, _PLACE.c.id] if in_group else [null(), null()]
    return [p.id, p.is_admin, p.is_minor, p.guardian_consent_at, _grants(), *place]


def joined(source: FromClause, proposal_id: ColumnElement[Any] | None) -> FromClause:
    """The source with the actor's person and, for a proposal, the place in its group."""
    found = source.outerjoin(_PERSON, and_(_PERSON.c.id == ACTOR, _PERSON.c.active.is_(True)))
    if proposal_id is None:
        return found
    mine = _PLACE.c.proposal_id == proposal_id, _PLACE.c.person_id == ACTOR, _PLACE.c.left_at.is_(None)
    return found.outerjoin(_PLACE, and_(*mine))


def standing(actor: Actor, row: Sequence[Any], edition_id: int | None) -> Standing:
    """What these columns say of the actor in an edition (None: where no edition is yet)."""
    if actor is SYSTEM:
        return Standing(None, frozenset({"system"}))
    number, is_admin, is_minor, consent, grants, place, place_id = row
    if number is None:
        # A visitor, or somebody who was deactivated: whatever roles there are do not count.
        return Standing()
    roles, clause, stamp = set(), "", 1 + (_weight(place_id, place) if place_id else 0)
    for grant in grants.split(_END) if grants else ():
        grant_id, edition, role, shown = grant.split(_PART)
        stamp += int(grant_id)
        if role == "staff":
            roles.add("staff_anywhere")
        if edition_id is not None and int(edition) == edition_id:
            roles.add(role)
            clause = max(clause, shown)
    return Standing(
        number, frozenset(roles), bool(is_admin), bool(is_minor), consent is not None, place or "", clause, stamp
    )


def rights_of(actor: ColumnElement[Any], proposal_id: Any = None) -> ColumnElement[Any]:
    """`Standing.stamp` as the database tells it now: changes with roles and the place in the group, ends with the
    account. A write holds it against the one that was read.
    """
    held = _GRANT.c.person_id == _THERE.c.id, _GRANT.c.withdrawn_at.is_(None)
    roles = select(cast(func.coalesce(func.sum(_GRANT.c.id), 0), BigInteger)).where(*held).scalar_subquery()
    rights = select(roles + 1).where(_THERE.c.id == actor, _THERE.c.active.is_(True)).scalar_subquery()
    if proposal_id is None:
        return func.coalesce(rights, 0)
    here = _PLACE.c.proposal_id == proposal_id, _PLACE.c.person_id == actor, _PLACE.c.left_at.is_(None)
    place = _PLACE.c.id * 4 + case(_WEIGHTS, value=_PLACE.c.role, else_=_WEIGHT)
    return func.coalesce(rights, 0) + func.coalesce(select(place).where(*here).scalar_subquery(), 0)


def _weight(place_id: int, role: str) -> int:
    return place_id * 4 + _WEIGHTS.get(role, _WEIGHT)
