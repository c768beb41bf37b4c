"""Reads facts for any number of subjects in a fixed number of statements; writes one move.

What a guard reads is read here, in the transaction of the step and under lock: the subject's row for itself, the
edition's row with it, so that an edition cannot move while one of its proposals decides by it, and nothing in it
moves while a guard looks at all of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Dialect, Select, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.db.statements import Kept, Prepared, Shape
from workflow.engine import actor_rights
from workflow.engine.edition_totals import with_totals
from workflow.engine.references import with_named
from workflow.engine.remembered import Sight, mark_of
from workflow.lifecycle.definition import Lifecycle
from workflow.models import (
    Agreement,
    Base,
    Conference,
    Edition,
    Proposal,
)
from workflow.models.base import table_of
from workflow.rules.facts import Actor, Facts, Ref, Scope

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
        select(*_shape(kind).asked(), *around, actor_rights.told(actor_rights.ACTOR, proposal))
        .select_from(source)
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
    edition = own if kind == "edition" else _AROUND.row(row, len(shape.names), dialect)
    return _facts_of(kind, own, edition, actor, row[-1])


def _facts_of(kind: str, own: Kept, edition: Kept, actor: Actor, stamp: str) -> Facts:
    return Facts(
        ref=Ref(kind, own["id"]), lifecycle=own["lifecycle"], lifecycle_version=own["lifecycle_version"],
        state=own["state"], version=own["version"], previous_state=own["previous_state"], due_at=own["due_at"],
        head_hash=own["head_hash"], recorded=own["recorded"], own=own, edition=edition,
        rights=actor_rights.rights(actor, stamp, edition["id"]),
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
        if len(ids) == 1:
            # The page of one subject, as nearly always.
            rows = _reading_one(kind, Lock.NONE).run(tx, {"id": ids[0], "actor": actor.id}).fetchall()
        else:
            rows = tx.execute(_reading_many(kind), {"ids": ids, "actor": actor.id}).all()
        for row in rows:
            facts = _facts(kind, row, actor, tx.dialect)
            found[facts.ref] = facts
    return with_totals(tx, found) if totals else found


@cache
def _looking(kind: str) -> Prepared:
    marks = (mark_of(table) for table in (table_of(KINDS[kind]), table_of(Edition)))
    query = _reading(kind, Lock.NONE).add_columns(*marks)
    return Prepared(query.where(table_of(KINDS[kind]).c.id == bindparam("id", None, type_=BigInteger)))


def look(tx: Connection, ref: Ref, *, actor: Actor) -> Sight | None:
    """One subject of an edition without any lock, on PostgreSQL; None where there is no such subject."""
    if ref.kind not in KINDS:
        return None
    row = _looking(ref.kind).run(tx, {"id": ref.id, "actor": actor.id}).fetchone()
    if row is None:
        return None
    shape = _shape(ref.kind)
    stamp, own_mark, edition_mark = row[-3:]
    edition = _AROUND.row(row, len(shape.names), tx.dialect)
    return Sight(shape.row(row, 0, tx.dialect), own_mark, edition, edition_mark, stamp)


def facts_of(ref: Ref, seen: Sight, *, actor: Actor) -> Facts:
    """The facts that a sight amounts to."""
    return _facts_of(ref.kind, seen.own, seen.edition, actor, seen.stamp)


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


def around(tx: Connection, kind: str, *, edition_id: int | None, actor: Actor, begins: bool) -> Facts:
    """The facts before a subject exists: its edition, under lock where one begins, and who the actor is there.

    A new proposal takes the edition's next number, so its edition is locked against other new ones from the start.
    """
    edition: Mapping[str, Any] = {}
    mine = actor_rights.told(actor_rights.ACTOR)
    if edition_id is None:
        text = tx.execute(select(mine), {"actor": actor.id}).scalar_one()
    else:
        table = table_of(Edition)
        query = select(*_AROUND.asked(), mine).where(table.c.id == edition_id)
        if begins:
            lock = Lock.ALONE if kind == "proposal" else Lock.SHARE
            query = query.suffix_with(f"{lock} OF edition", dialect="postgresql")
        found = tx.execute(query, {"actor": actor.id}).one_or_none()
        if found is None:
            raise NotFound
        edition = _AROUND.row(found, 0, tx.dialect)
        text = found[-1]
    return Facts(
        ref=Ref(kind, 0), lifecycle="", lifecycle_version=0, state=None, version=0, previous_state=None, due_at=None,
        head_hash="", recorded={}, own={}, edition=edition, rights=actor_rights.rights(actor, text, edition_id),
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
