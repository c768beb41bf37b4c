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

from sqlalchemy import BigInteger, Connection, Dialect, Select, bindparam, exists, func, insert, literal, select
from sqlalchemy.exc import IntegrityError

from workflow import standing
from workflow.errors import BadInput, NotFound
from workflow.facts import Actor, Facts, Named, Other, Ref, Scope
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
from workflow.prepared import Prepared, Shape
from workflow.totals import with_totals

KINDS: dict[str, type[Any]] = {
    "proposal": Proposal,
    "edition": Edition,
    "conference": Conference,
    "agreement": Agreement,
}
# What may be there once only, by the answer that names it.
UNIQUE = {"edition": "key", "conference": "number", "agreement": "title", "proposal": "title"}
# Answers that name another proposal, a person, or a place in the group.
NAMING = frozenset({"target", "person", "member"})
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


@cache
def _shape(kind: str) -> Shape:
    return Shape(tuple(table_of(KINDS[kind]).c))


_AROUND = Shape(_EDITION)


def _reading(kind: str, lock: Lock) -> Select[Any]:
    """The one statement that reads facts: the subject, its edition, who the actor is to both."""
    table, edition = table_of(KINDS[kind]), table_of(Edition)
    alone = table is edition
    around = [] if alone else _AROUND.asked()
    source = table if alone else table.join(edition, edition.c.id == table.c.edition_id)
    proposal = table.c.id if kind == "proposal" else None
    query = (
        select(*_shape(kind).asked(), *around, *standing.columns(in_group=proposal is not None))
        .select_from(standing.joined(source, proposal))
        .order_by(table.c.id)
    )
    if lock is not Lock.NONE:
        # The order of the clauses is the order of locking: the edition first, then the subject.
        edition_lock = "" if alone else f"{lock} OF edition "
        query = query.suffix_with(f"{edition_lock}{Lock.ALONE} OF {table.name}", dialect="postgresql")
    return query


@cache
def _reading_one(kind: str, lock: Lock) -> Prepared:
    return Prepared(_reading(kind, lock).where(table_of(KINDS[kind]).c.id == bindparam("id", None, type_=BigInteger)))


@cache
def _reading_many(kind: str, lock: Lock = Lock.NONE) -> Select[Any]:
    return _reading(kind, lock).where(table_of(KINDS[kind]).c.id.in_(bindparam("ids", expanding=True)))


def _facts(kind: str, row: Sequence[Any], actor: Actor, dialect: Dialect) -> Facts:
    shape = _shape(kind)
    own = shape.row(row, 0, dialect)
    start = len(shape.names)
    edition = own if kind == "edition" else _AROUND.row(row, start, dialect)
    mine = row[start if kind == "edition" else start + len(_AROUND.names) :]
    return Facts(
        ref=Ref(kind, own["id"]), lifecycle=own["lifecycle"], lifecycle_version=own["lifecycle_version"],
        state=own["state"], version=own["version"], previous_state=own["previous_state"], due_at=own["due_at"],
        head_hash=own["head_hash"], recorded=own["recorded"], own=own, edition=edition,
        standing=standing.standing(actor, mine, edition["id"]),
    )  # fmt: skip


def read_facts(tx: Connection, refs: Iterable[Ref], *, actor: Actor, totals: bool = False) -> dict[Ref, Facts]:
    """The facts of subjects, in the order of the numbers; unknown ones are left out.

    One statement a kind, and four more for the totals of all the editions concerned.
    """
    found: dict[Ref, Facts] = {}
    by_kind: dict[str, list[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    for kind, ids in by_kind.items():
        for row in tx.execute(_reading_many(kind), {"ids": ids, "actor": actor.id}):
            facts = _facts(kind, row, actor, tx.dialect)
            found[facts.ref] = facts
    return with_totals(tx, found) if totals else found


def look(tx: Connection, ref: Ref, *, actor: Actor) -> Facts | None:
    """The facts of one subject without any lock; None where there is no such subject."""
    if ref.kind not in KINDS:
        return None
    row = _reading_one(ref.kind, Lock.NONE).run(tx, {"id": ref.id, "actor": actor.id}).fetchone()
    return None if row is None else _facts(ref.kind, row, actor, tx.dialect)


def names_others(facts: Facts, data: Mapping[str, Any]) -> bool:
    """Whether the answers or the subject's row name another proposal or a person, so that more has to be read."""
    return not NAMING.isdisjoint(data) or facts.own.get("merged_into_id") is not None


def read_together(tx: Connection, refs: Sequence[Ref], *, actor: Actor, alone: bool) -> dict[Ref, Facts]:
    """The facts of proposals under lock, their edition held alone or in share mode; unknown ones are left out."""
    lock = Lock.ALONE if alone else Lock.SHARE
    rows = tx.execute(_reading_many("proposal", lock), {"ids": [ref.id for ref in refs], "actor": actor.id})
    found = (_facts("proposal", row, actor, tx.dialect) for row in rows)
    return {facts.ref: facts for facts in found}


def read_one(tx: Connection, ref: Ref, *, actor: Actor, scope: Scope | None, data: Mapping[str, Any]) -> Facts:
    """The facts of one subject under lock, with what the answers name: another proposal, a person.

    With a scope the edition is held alone, and so much of what it amounts to is read with them.
    """
    if ref.kind not in KINDS:
        raise NotFound
    lock = Lock.SHARE if scope is None else Lock.ALONE
    row = _reading_one(ref.kind, lock).run(tx, {"id": ref.id, "actor": actor.id}).fetchone()
    if row is None:
        raise NotFound
    facts = _facts(ref.kind, row, actor, tx.dialect)
    return with_named(tx, facts if scope is None else with_totals(tx, {ref: facts}, scope)[ref], data, lock=True)


def with_named(tx: Connection, facts: Facts, data: Mapping[str, Any], *, lock: bool = False) -> Facts:
    """Add the other proposal and the person that the answers or the subject's row name.

    Under lock the other proposal cannot move meanwhile; two that reach for each other are a deadlock, and the one that
    the database picks is tried again.
    """
    if not names_others(facts, data):
        return facts
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
    edition_id = facts.edition.get("id")
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
    query = select(roles, in_group, fresh, Person.is_minor, Person.guardian_consent_at)
    row = tx.execute(query.where(Person.id == person, Person.active.is_(True))).one_or_none()
    held, there, invited_as, minor, consent = row or ("", False, "", False, None)
    return Named(
        person, bool(held), bool(there), frozenset(held.split(",") if held else ()), invited_as or "",
        is_minor=bool(minor), has_consent=consent is not None,
    )  # fmt: skip


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
    edition: Mapping[str, Any] = {}
    mine = standing.columns(in_group=False)
    if edition_id is None:
        query = select(*mine).select_from(standing.joined(select(literal(1)).subquery(), None))
        row: Sequence[Any] = tx.execute(query, {"actor": actor.id}).one()
    else:
        table = table_of(Edition)
        lock = Lock.ALONE if kind == "proposal" else Lock.SHARE
        query = (
            select(*_AROUND.asked(), *mine).select_from(standing.joined(table, None)).where(table.c.id == edition_id)
            .suffix_with(f"{lock} OF edition", dialect="postgresql")
        )  # fmt: skip
        found = tx.execute(query, {"actor": actor.id}).one_or_none()
        if found is None:
            raise NotFound
        edition = _AROUND.row(found, 0, tx.dialect)
        row = found[len(_AROUND.names) :]
    return Facts(
        ref=Ref(kind, 0), lifecycle="", lifecycle_version=0, state=None, version=0, previous_state=None, due_at=None,
        head_hash="", recorded={}, own={}, edition=edition, standing=standing.standing(actor, row, edition_id),
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
