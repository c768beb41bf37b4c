"""Reads facts for any number of subjects in a fixed number of statements; writes one move.

What a guard reads is read here, in the transaction of the step and under lock: the subject's row for itself, the
edition's row with it, so that an edition cannot move while one of its proposals decides by it, and nothing in it
moves while a guard looks at all of it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    null,
    select,
)
from sqlalchemy.exc import IntegrityError

from workflow.errors import BadInput, NotFound
from workflow.facts import SYSTEM, Actor, Facts, Named, Other, Ref, Standing
from workflow.language import _
from workflow.lifecycle import Lifecycle
from workflow.models import (
    Agreement,
    Base,
    Conference,
    Edition,
    GroupInvitation,
    GroupMember,
    Person,
    Proposal,
    RoleGrant,
)
from workflow.models.base import table_of
from workflow.totals import with_totals
from workflow.writing import rights_of

KINDS: dict[str, type[Any]] = {
    "proposal": Proposal,
    "edition": Edition,
    "conference": Conference,
    "agreement": Agreement,
}
# What may be there once only, by the answer that names it.
UNIQUE = {"edition": "key", "conference": "number", "agreement": "title", "proposal": "title"}
# Long texts that no guard reads.
_LONG = frozenset({"rules_text", "clause_text", "facts", "source"})
_EDITION = tuple(column for column in table_of(Edition).c if column.name not in _LONG)


def register(kind: str, model: type[Base]) -> None:
    """Let another kind of subject live by a table; its model carries the columns of `Subject`."""
    KINDS[kind] = model


class Lock(StrEnum):
    """How the edition is held while something in it decides; the subject itself is always held alone."""

    NONE = ""
    # The edition cannot move meanwhile; other subjects in it can.
    SHARE = "FOR SHARE"
    # Nothing in the edition moves meanwhile: for guards that look at the whole of it.
    ALONE = "FOR NO KEY UPDATE"


# Statements are built once and kept: building one costs more than running it.
_ACTOR = bindparam("actor", type_=BigInteger)


def _standing(edition_id: Any, proposal_id: Any) -> list[Any]:
    """Columns that say who the actor is: person, roles in the edition, place in the group; `Person` is joined."""
    g, m = table_of(RoleGrant).c, table_of(GroupMember).c
    held = and_(g.person_id == _ACTOR, g.withdrawn_at.is_(None))
    roles = select(func.aggregate_strings(g.role, ",")).where(held, g.edition_id == edition_id)
    shown = select(func.max(g.clause_version)).where(held, g.edition_id == edition_id)
    place = select(m.role).where(m.proposal_id == proposal_id, m.person_id == _ACTOR, m.left_at.is_(None))
    return [
        _PERSON.c.id, _PERSON.c.is_admin, _PERSON.c.is_minor, _PERSON.c.guardian_consent_at,
        roles.scalar_subquery(), shown.scalar_subquery(),
        literal("") if proposal_id is None else place.scalar_subquery(), exists().where(held, g.role == "staff"),
        rights_of(_ACTOR, proposal_id),
    ]  # fmt: skip


def _stand(actor: Actor, row: Sequence[Any]) -> Standing:
    if actor is SYSTEM:
        return Standing(None, frozenset({"system"}))
    number, is_admin, is_minor, consent, grants, clause, place, office, stamp = row
    if number is None:
        # A visitor, or somebody who was deactivated: whatever roles there are do not count.
        return Standing()
    roles = set(grants.split(",")) if grants else set()
    if office:
        roles.add("staff_anywhere")
    return Standing(
        number,
        frozenset(roles),
        bool(is_admin),
        bool(is_minor),
        consent is not None,
        place or "",
        clause or "",
        stamp,
    )


_PERSON = table_of(Person)
_ME = and_(_PERSON.c.id == _ACTOR, _PERSON.c.active.is_(True))


@cache
def _reading(kind: str, lock: Lock) -> Select[Any]:
    """The one statement that reads facts: the subject, its edition, who the actor is to both."""
    table, edition = table_of(KINDS[kind]), table_of(Edition)
    alone = table is edition
    around: tuple[Any, ...] = () if alone else _EDITION
    edition_id = table.c.id if alone else table.c.edition_id
    source = table if alone else table.join(edition, edition.c.id == edition_id)
    query = (
        select(
            *table.c, *(c.label(f"edition__{c.name}") for c in around),
            *_standing(edition_id, table.c.id if kind == "proposal" else None),
        )
        .select_from(source.outerjoin(_PERSON, _ME))
        .where(table.c.id.in_(bindparam("ids", expanding=True)))
        .order_by(table.c.id)
    )  # fmt: skip
    if lock is not Lock.NONE:
        # The order of the clauses is the order of locking: the edition first, then the subject.
        edition_lock = "" if alone else f"{lock} OF edition "
        query = query.suffix_with(f"{edition_lock}{Lock.ALONE} OF {table.name}", dialect="postgresql")
    return query


@cache
def _names(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = tuple(column.name for column in table_of(KINDS[kind]).c)
    return own, () if kind == "edition" else tuple(column.name for column in _EDITION)


def _facts(kind: str, row: Sequence[Any], actor: Actor) -> Facts:
    names, around = _names(kind)
    start = len(names)
    own = dict(zip(names, row, strict=False))
    edition = dict(zip(around, row[start:], strict=False)) if around else own
    return Facts(
        ref=Ref(kind, own["id"]), lifecycle=own["lifecycle"], lifecycle_version=own["lifecycle_version"],
        state=own["state"], version=own["version"], previous_state=own["previous_state"], due_at=own["due_at"],
        head_hash=own["head_hash"], recorded=own["recorded"], own=own, edition=edition,
        standing=_stand(actor, row[start + len(around):]),
    )  # fmt: skip


def read_facts(
    tx: Connection, refs: Iterable[Ref], *, actor: Actor, totals: bool = False, lock: Lock = Lock.NONE
) -> dict[Ref, Facts]:
    """The facts of subjects, in the order of the numbers; unknown ones are left out.

    One statement a kind, and four more for the totals of all the editions concerned.
    """
    found: dict[Ref, Facts] = {}
    by_kind: dict[str, list[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    for kind, ids in by_kind.items():
        for row in tx.execute(_reading(kind, lock), {"ids": ids, "actor": actor.id}):
            facts = _facts(kind, row, actor)
            found[facts.ref] = facts
    return with_totals(tx, found) if totals else found


def read_one(tx: Connection, ref: Ref, *, actor: Actor, totals: bool, data: Mapping[str, Any]) -> Facts:
    """The facts of one subject under lock, with what the answers name: another proposal, a person."""
    if ref.kind not in KINDS:
        raise NotFound
    lock = Lock.ALONE if totals else Lock.SHARE
    found = read_facts(tx, [ref], actor=actor, totals=totals, lock=lock)
    if ref not in found:
        raise NotFound
    return with_named(tx, found[ref], data, lock=True)


def with_named(tx: Connection, facts: Facts, data: Mapping[str, Any], *, lock: bool = False) -> Facts:
    """Add the other proposal and the person that the answers or the subject's row name.

    Under lock the other proposal cannot move meanwhile; two that reach for each other are a deadlock, and the one that
    the database picks is tried again.
    """
    target = _number(data.get("target")) or facts.own.get("merged_into_id")
    if target is not None:
        facts = replace(facts, other=_other(tx, target, lock=lock))
    person = _number(data.get("person"))
    if person is not None:
        facts = replace(facts, named=_named(tx, facts, person))
    elif (member := _number(data.get("member"))) is not None:
        facts = replace(facts, named=_nameless(tx, facts, member))
    return facts


def _number(given: Any) -> int | None:
    """A number that a row may have, as a program or a form sends it; to refuse anything else is for the answers."""
    if isinstance(given, bool) or not re.fullmatch(r"\d{1,12}", str(given)):
        return None
    return int(given)


def _other(tx: Connection, number: int, *, lock: bool) -> Other | None:
    p = Proposal
    query = select(p.id, p.edition_id, p.state, p.title, p.leader_id, p.merged_into_id, p.recorded).where(
        p.id == number
    )
    # Alone, since a merger goes on to change the other one: two that share it could not both go on.
    row = tx.execute(query.with_for_update(key_share=True) if lock else query).one_or_none()
    return Other(*row) if row else None


def _named(tx: Connection, facts: Facts, person: int) -> Named:
    edition_id = facts.own.get("edition_id") or facts.ref.id
    roles = select(func.aggregate_strings(RoleGrant.role, ",")).where(
        RoleGrant.person_id == Person.id, RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None)
    ).scalar_subquery()  # fmt: skip
    in_group = exists().where(
        GroupMember.person_id == Person.id, GroupMember.proposal_id == facts.ref.id, GroupMember.left_at.is_(None)
    )
    fresh = select(func.max(GroupInvitation.role)).where(
        GroupInvitation.proposal_id == facts.ref.id, GroupInvitation.accepted_by_id == Person.id,
        GroupInvitation.is_fresh.is_(True),
    ).scalar_subquery()  # fmt: skip
    query = select(roles, in_group, fresh).where(Person.id == person, Person.active.is_(True))
    held, there, invited_as = tx.execute(query).one_or_none() or ("", False, "")
    return Named(person, bool(held), bool(there), frozenset(held.split(",") if held else ()), invited_as or "")


def _nameless(tx: Connection, facts: Facts, member: int) -> Named:
    m = GroupMember
    query = select(m.id).where(
        m.id == member, m.proposal_id == facts.ref.id, m.person_id.is_(None), m.left_at.is_(None)
    )
    return Named(0, of_edition=False, in_group=tx.execute(query).first() is not None, member=member)


def around(tx: Connection, kind: str, *, edition_id: int | None, actor: Actor) -> Facts:
    """The facts before a subject exists: its edition, under lock, and who the actor is there.

    A new proposal takes the edition's next number, so its edition is locked against other new ones from the start.
    """
    table = table_of(Edition)
    edition: dict[str, Any] = {}
    if edition_id is None:
        query = select(*_standing(null(), None)).select_from(select(literal(1)).subquery().outerjoin(_PERSON, _ME))
        row: Sequence[Any] = tx.execute(query, {"actor": actor.id}).one()
    else:
        columns = select(*_EDITION, *_standing(table.c.id, None)).select_from(table.outerjoin(_PERSON, _ME))
        lock = Lock.ALONE if kind == "proposal" else Lock.SHARE
        query = columns.where(table.c.id == edition_id).suffix_with(f"{lock} OF edition", dialect="postgresql")
        found = tx.execute(query, {"actor": actor.id}).one_or_none()
        if found is None:
            raise NotFound
        edition = dict(zip((c.name for c in _EDITION), found, strict=False))
        row = found[len(_EDITION) :]
    return Facts(
        ref=Ref(kind, 0), lifecycle="", lifecycle_version=0, state=None, version=0, previous_state=None, due_at=None,
        head_hash="", recorded={}, own={}, edition=edition, standing=_stand(actor, row),
    )  # fmt: skip


def born(
    tx: Connection, kind: str, lifecycle: Lifecycle, state: str, edition_id: int | None, columns: Mapping[str, Any],
    actor: Actor, at: datetime,
) -> Facts:  # fmt: skip
    """Put the row of a new subject, in version 0 and still without a past; its first step follows at once."""
    values = dict(columns) | {
        "lifecycle": lifecycle.name, "lifecycle_version": lifecycle.version, "state": state, "version": 0,
        "created_at": at, "updated_at": at,
    }  # fmt: skip
    if edition_id is not None:
        values["edition_id"] = edition_id
    if kind == "proposal" and edition_id is not None:
        values["number"] = next_number(tx, edition_id)
    model = KINDS[kind]
    try:
        ref = Ref(kind, int(tx.execute(insert(model).values(**values).returning(model.id)).scalar_one()))
    except IntegrityError:
        field = UNIQUE[kind]
        raise BadInput({field: _("There is one of this already; choose another.")}) from None
    return replace(read_facts(tx, [ref], actor=actor)[ref], state=None)


def next_number(tx: Connection, edition_id: int) -> int:
    """The next number of a proposal in an edition; `around` has locked the edition, so numbers are never doubled."""
    last = tx.execute(select(func.max(Proposal.number)).where(Proposal.edition_id == edition_id)).scalar()
    return int(last or 0) + 1


def with_running_term(tx: Connection, edition_id: int) -> list[Ref]:
    """The proposals of an edition that a term is running for, in the order in which they are locked."""
    p = Proposal
    ids = select(p.id).where(p.edition_id == edition_id, p.due_at.is_not(None)).order_by(p.id)
    return [Ref("proposal", one) for one in tx.execute(ids).scalars()]
