"""Who the actor is to a subject, read in the statement that reads the subject: never older than the decision.

The database says it in one text, which a write holds against the same text at its own moment: whatever changed of the
person, the roles or the place in the group, the step is not written.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, and_, bindparam, case, cast, func, literal, select

from workflow.models import GroupMember, Person, RoleGrant
from workflow.models.base import table_of
from workflow.rules.facts import HERE, SYSTEM, Actor, ActorRights

ACTOR = bindparam("actor", None, type_=BigInteger)
_PERSON, _GRANT, _PLACE = (table_of(one) for one in (Person, RoleGrant, GroupMember))
# Between the parts of a grant and between lines; a name of a role or of a clause has neither of them, nor HERE.
_PART, _END = "\t", "\n"
_ACTIVE, _ADMIN, _MINOR, _CONSENT = "p", "a", "m", "c"


def told(actor: ColumnElement[Any], proposal_id: Any = None) -> ColumnElement[Any]:
    """The text: a line of letters for the person, a line for each role held anywhere, the place in the group.

    Nothing of a person stands there for a visitor, for the system, and for somebody whose account has ended.
    """
    p = _PERSON.c
    flags = literal(_ACTIVE, String) + _letter(_ADMIN, p.is_admin) + _letter(_MINOR, p.is_minor)
    person = flags + _letter(_CONSENT, p.guardian_consent_at.is_not(None))
    known = select(person + func.coalesce(_grants(actor), "")).where(p.id == actor, p.active.is_(True))
    who = func.coalesce(known.scalar_subquery(), "")
    return who if proposal_id is None else who + func.coalesce(_place(actor, proposal_id).scalar_subquery(), "")


def _letter(letter: str, holds: ColumnElement[bool]) -> ColumnElement[str]:
    return case((holds, letter), else_="")


def _grants(actor: ColumnElement[Any]) -> ColumnElement[Any]:
    """All roles that the actor holds: read once for a statement, however many subjects it finds.

    In the order of an index, so that whichever way a statement takes the same roles make the same text.
    """
    held = and_(_GRANT.c.person_id == actor, _GRANT.c.withdrawn_at.is_(None))
    sorted_ = select(_GRANT).where(held).order_by(_GRANT.c.edition_id, _GRANT.c.role).subquery("held_role")
    g, part = sorted_.c, literal(_PART, String)
    one = literal(_END, String) + cast(g.edition_id, String) + part + g.role + part + g.clause_version
    return select(func.aggregate_strings(one, "")).scalar_subquery()


def _place(actor: ColumnElement[Any], proposal_id: Any) -> Select[Any]:
    place = _PLACE.c
    mine = place.proposal_id == proposal_id, place.person_id == actor, place.left_at.is_(None)
    return select(literal(HERE, String) + place.role).where(*mine)


def rights(actor: Actor, text: str, edition_id: int | None) -> ActorRights:
    """What the text says of the actor in an edition (None: where no edition is yet)."""
    return _SYSTEM if actor is SYSTEM else _rights(actor.id, text, edition_id)


_SYSTEM = ActorRights(None, frozenset({"system"}))


@lru_cache(maxsize=1024)
def _rights(number: int | None, text: str, edition_id: int | None) -> ActorRights:
    who, _, place = text.partition(HERE)
    letters, *grants = who.split(_END)
    if not letters or number is None:
        # A visitor, or somebody who was deactivated: whatever roles and places there are do not count.
        return ActorRights(stamp=text)
    roles, clause = set(), ""
    for grant in grants:
        edition, role, shown = grant.split(_PART)
        if role == "staff":
            roles.add("staff_anywhere")
        if edition_id is not None and int(edition) == edition_id:
            roles.add(role)
            clause = max(clause, shown)
    return ActorRights(
        number, frozenset(roles), _ADMIN in letters, _MINOR in letters, _CONSENT in letters, place, clause, text
    )
