"""Who the actor is to a subject: read after the subject was locked, so never older than the decision.

Whoever takes a role away locks the editions that it holds for first (`workflow.people.roles`), so it cannot change
between this reading and the write of the step.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, select

from workflow.db.statements import Statement, run_together
from workflow.models import GroupMember, Person, RoleGrant
from workflow.models.base import table_of
from workflow.rules.facts import SYSTEM, Actor, ActorRights
from workflow.rules.roles import Role

_PERSON, _GRANT, _MEMBER = (table_of(one) for one in (Person, RoleGrant, GroupMember))
ACTOR = bindparam("actor", None, type_=BigInteger)
Rows = Sequence[Sequence[Any]]


def _rights() -> Statement:
    """A row for each role that an active person holds anywhere, with the place in the group of one proposal."""
    p, g, m = _PERSON.c, _GRANT.c, _MEMBER.c
    proposal = bindparam("id", None, type_=BigInteger)
    granted = and_(g.person_id == p.id, g.withdrawn_at.is_(None))
    in_group = and_(m.person_id == p.id, m.proposal_id == proposal, m.left_at.is_(None))
    return Statement(
        select(p.is_admin, p.is_minor, p.guardian_consent_at.is_not(None), m.role, g.edition_id, g.role,
               g.clause_version)
        .select_from(_PERSON.outerjoin(_GRANT, granted).outerjoin(_MEMBER, in_group))
        .where(p.id == ACTOR, p.active.is_(True))
    )  # fmt: skip


# Its values: `actor`, and `id` of the proposal whose group is looked at.
RIGHTS = _rights()
_GROUP_ROLES = Statement(
    select(_MEMBER.c.proposal_id, _MEMBER.c.role).where(_MEMBER.c.person_id == ACTOR, _MEMBER.c.left_at.is_(None))
)
_SYSTEM = ActorRights(None, frozenset({Role.SYSTEM}))


def rights_from(actor: Actor, rows: Rows, edition_id: int | None, *, group_role: str | None = None) -> ActorRights:
    """What the rows of RIGHTS say of the actor in an edition (None: where no edition is yet).

    A visitor, and somebody who was deactivated, has none, whatever roles and places in groups there are.
    """
    if actor is SYSTEM:
        return _SYSTEM
    if not rows:
        return ActorRights()
    is_admin, is_minor, has_consent, own_group_role, *_ = rows[0]
    here = [(role, clause) for *_, edition, role, clause in rows if edition is not None and edition == edition_id]
    roles = {role for role, _ in here}
    if any(row[5] == Role.STAFF for row in rows):
        roles.add(Role.STAFF_ANYWHERE)
    return ActorRights(
        actor.id, frozenset(roles), bool(is_admin), bool(is_minor), bool(has_consent),
        (own_group_role if group_role is None else group_role) or "", max((clause for _, clause in here), default=""),
    )  # fmt: skip


def read_rights(tx: Connection, actor: Actor) -> tuple[Rows, Mapping[int, str]]:
    """The rows of RIGHTS without a place in any group, and the actor's role in each group, by proposal."""
    if actor.id is None:
        return [], {}
    rights, groups = run_together(tx, [(RIGHTS, {"actor": actor.id}), (_GROUP_ROLES, {"actor": actor.id})])
    return rights.rows, {number: role for number, role in groups.rows}  # noqa: C416 - raw rows are sequences
