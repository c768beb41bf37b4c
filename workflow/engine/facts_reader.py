"""Reads facts of subjects in a fixed number of statements: without a lock for pages, under lock for a step.

What a guard looks at is read here, in the transaction of the step. The order of locks is always the same: first the
edition, so that it cannot move while one of its proposals decides by it, then the subject. Rights are read after both.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from msgspec.structs import replace
from sqlalchemy import BigInteger, ColumnElement, Connection, Dialect, Select, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from workflow.base.errors import BadInput, NotFound, found
from workflow.base.i18n import _
from workflow.db.statements import RowType, Statement, run_together, slot
from workflow.engine.actor_rights import RIGHTS, read_rights, rights_from
from workflow.engine.edition_totals import with_totals
from workflow.engine.references import with_references
from workflow.lifecycle.definition import Lifecycle
from workflow.models import (
    Agreement,
    AgreementPartner,
    Base,
    ChangeRequest,
    Conference,
    Edition,
    HallPoll,
    Meeting,
    Milestone,
    Poll,
    Presence,
    Proposal,
)
from workflow.models.base import table_of
from workflow.rules.facts import SYSTEM, Actor, ActorRights, Facts, Ref
from workflow.rules.totals import Scope

KINDS: dict[str, type[Any]] = {
    "proposal": Proposal,
    "edition": Edition,
    "conference": Conference,
    "agreement": Agreement,
    "meeting": Meeting,
    "poll": Poll,
    "hall_poll": HallPoll,
    "agreement_partner": AgreementPartner,
    "milestone": Milestone,
    "change_request": ChangeRequest,
}
# What may be there once only, by the answer that names it.
UNIQUE = {"edition": "key", "conference": "number", "agreement": "title", "proposal": "title", "meeting": "body",
          "poll": "motion", "hall_poll": "conference", "agreement_partner": "organisation",
          "milestone": "project", "change_request": "project"}  # fmt: skip
# Kinds whose subjects are numbered within an edition.
Numbered = type[Proposal] | type[Meeting] | type[AgreementPartner]
NUMBERED: dict[str, Numbered] = {
    "proposal": Proposal, "meeting": Meeting, "agreement_partner": AgreementPartner,
}  # fmt: skip
# Long texts that no guard reads.
_LONG = frozenset({"rules_text", "clause_text", "facts", "source"})
_EDITION = RowType(tuple(column for column in table_of(Edition).c if column.name not in _LONG))


def register(kind: str, model: type[Base]) -> None:
    """Let another kind of subject live by a table; its model carries the columns of `Subject`."""
    KINDS[kind] = model


class Lock(StrEnum):
    """How the edition is locked while something in it decides; the subject itself is always locked exclusively."""

    NONE = ""
    # The edition cannot move before the transaction ends; other subjects in it can.
    SHARED = "FOR SHARE"
    # Nothing in the edition moves before the transaction ends: for guards that look at the whole of it.
    EXCLUSIVE = "FOR NO KEY UPDATE"


@cache
def _row_type(kind: str) -> RowType:
    return RowType(tuple(table_of(KINDS[kind]).c))


@cache
def _besides(kind: str) -> tuple[ColumnElement[Any], ...]:
    """What is read with a subject of this kind beside its columns and those of its edition."""
    if kind != Conference.__tablename__:
        return ()
    there = select(func.count()).where(Presence.conference_id == Conference.id)
    return (there.scalar_subquery().label("present"),)


def _reading(kind: str, lock: Lock) -> Select[Any]:
    """The one statement that reads a subject and its edition."""
    table, edition = table_of(KINDS[kind]), table_of(Edition)
    if table is edition:
        query = select(*_row_type(kind).columns()).order_by(table.c.id)
    else:
        source = table.join(edition, edition.c.id == table.c.edition_id)
        columns = (*_row_type(kind).columns(), *_EDITION.columns(), *_besides(kind))
        query = select(*columns).select_from(source).order_by(table.c.id)
    if lock is not Lock.NONE:
        # The order of the clauses is the order of locking: the edition first, then the subject.
        edition_lock = "" if table is edition else f"{lock} OF edition "
        query = query.suffix_with(f"{edition_lock}{Lock.EXCLUSIVE} OF {table.name}", dialect="postgresql")
    return query


@cache
def _reading_one(kind: str, lock: Lock) -> Statement:
    return Statement(_reading(kind, lock).where(table_of(KINDS[kind]).c.id == bindparam("id", None, type_=BigInteger)))


@cache
def _reading_edition(lock: Lock) -> Statement:
    table = table_of(Edition)
    query = select(*_EDITION.columns()).where(table.c.id == bindparam("id", None, type_=BigInteger))
    return Statement(query if lock is Lock.NONE else query.suffix_with(f"{lock} OF edition", dialect="postgresql"))


@cache
def _reading_many(kind: str) -> Select[Any]:
    return _reading(kind, Lock.NONE).where(table_of(KINDS[kind]).c.id.in_(bindparam("ids", expanding=True)))


def _facts(kind: str, raw: Sequence[Any], dialect: Dialect) -> Facts:
    """The facts of a row, still without rights."""
    row_type = _row_type(kind)
    own = row_type.row(raw, 0, dialect)
    edition = own if kind == "edition" else _EDITION.row(raw, len(row_type.names), dialect)
    facts = facts_from(Ref(kind, own["id"]), own, edition)
    return replace(facts, present=raw[-1]) if _besides(kind) else facts


def facts_from(ref: Ref, own: Mapping[str, Any], edition: Mapping[str, Any]) -> Facts:
    """The facts that the columns of a subject and of its edition amount to, for nobody in particular."""
    return Facts(
        ref=ref, lifecycle=own["lifecycle"], lifecycle_version=own["lifecycle_version"], state=own["state"],
        version=own["version"], previous_state=own["previous_state"], due_at=own["due_at"], head_hash=own["head_hash"],
        recorded=own["recorded"], own=own, edition=edition, rights=ActorRights(),
    )  # fmt: skip


def read_facts(tx: Connection, refs: Iterable[Ref], *, actor: Actor, totals: bool = False) -> dict[Ref, Facts]:
    """The facts of subjects without any lock, in the order of their numbers; unknown ones are left out.

    One statement a kind and one round trip for the rights, and four more for the totals of all the editions concerned.
    """
    by_kind: dict[str, list[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    if [len(ids) for ids in by_kind.values()] == [1]:
        # The page of one subject, as nearly always.
        ((kind, (number,)),) = by_kind.items()
        only = _read_one(tx, Ref(kind, number), actor, Lock.NONE)
        read = {} if only is None else {only.ref: only}
    else:
        read = _read_many(tx, by_kind, actor)
    return with_totals(tx, read) if totals else read


def _read_one(tx: Connection, ref: Ref, actor: Actor, lock: Lock) -> Facts | None:
    subject = (_reading_one(ref.kind, lock), {"id": ref.id})
    # Rights last: whatever the lock was waited for has been committed when they are read.
    rights = (
        [] if actor is SYSTEM else [(RIGHTS, {"actor": actor.id, "id": ref.id if ref.kind == "proposal" else None})]
    )
    found, *others = run_together(tx, [subject, *rights])
    if not found.rows:
        return None
    facts = _facts(ref.kind, found.rows[0], tx.dialect)
    return replace(facts, rights=rights_from(actor, others[0].rows if others else (), facts.edition["id"]))


def _read_many(tx: Connection, by_kind: Mapping[str, Sequence[int]], actor: Actor) -> dict[Ref, Facts]:
    found: dict[Ref, Facts] = {}
    for kind, ids in by_kind.items():
        for raw in tx.execute(_reading_many(kind), {"ids": ids}).all():
            facts = _facts(kind, raw, tx.dialect)
            found[facts.ref] = facts
    rows, group_roles = read_rights(tx, actor)
    return {
        ref: replace(facts, rights=rights_from(
            actor, rows, facts.edition["id"],
            group_role=group_roles.get(ref.id, "") if ref.kind == "proposal" else "",
        ))
        for ref, facts in found.items()
    }  # fmt: skip


def lock_subject(tx: Connection, ref: Ref, *, actor: Actor, scope: Scope | None, data: Mapping[str, Any]) -> Facts:
    """The facts of one subject, locked until the transaction ends, with what the answers name: a proposal, a person.

    With a scope the edition is locked exclusively, and so much of what it amounts to is read. Raises NotFound.
    """
    if ref.kind not in KINDS:
        raise NotFound
    facts = found(_read_one(tx, ref, actor, Lock.SHARED if scope is None else Lock.EXCLUSIVE))
    return with_references(tx, facts if scope is None else with_totals(tx, {ref: facts}, scope)[ref], data, lock=True)


def facts_before_creation(
    tx: Connection, kind: str, *, edition_id: int | None, actor: Actor, lock: bool
) -> Facts:  # fmt: skip
    """The facts before a subject exists: its edition and who the actor is there. Raises NotFound.

    A new subject of a numbered kind takes the edition's next number, so with `lock` its edition is locked exclusively;
    that of any other kind is shared.
    """
    edition: Mapping[str, Any] = {}
    if edition_id is None:
        rows = RIGHTS.run(tx, {"actor": actor.id}).fetchall()
    else:
        chosen = Lock.NONE if not lock else Lock.EXCLUSIVE if kind in NUMBERED else Lock.SHARED
        editions, rights = run_together(
            tx, [(_reading_edition(chosen), {"id": edition_id}), (RIGHTS, {"actor": actor.id})]
        )
        if not editions.rows:
            raise NotFound
        edition, rows = _EDITION.row(editions.rows[0], 0, tx.dialect), rights.rows
    return Facts(
        ref=Ref(kind, 0), lifecycle="", lifecycle_version=0, state=None, version=0, previous_state=None, due_at=None,
        head_hash="", recorded={}, own={}, edition=edition,
        rights=rights_from(actor, rows, edition_id),
    )  # fmt: skip


def insert_subject(
    tx: Connection, kind: str, lifecycle: Lifecycle, state: str, edition_id: int | None, columns: Mapping[str, Any],
    actor: Actor, at: datetime,
) -> Facts:  # fmt: skip
    """Insert the row of a new subject, in version 0 and still without a history; its first step follows at once.

    Raises BadInput where something of this subject is unique and taken.
    """
    values = dict(columns) | {
        "lifecycle": lifecycle.name, "lifecycle_version": lifecycle.version, "state": state, "version": 0,
        "created_at": at, "updated_at": at,
    }  # fmt: skip
    if edition_id is not None:
        values["edition_id"] = edition_id
    if kind in NUMBERED and edition_id is not None:
        values["number"] = next_number(tx, NUMBERED[kind], edition_id)
    try:
        ((number,),) = _inserting(kind, frozenset(values)).run(tx, values).fetchall()
    except IntegrityError:
        field = UNIQUE[kind]
        raise BadInput({field: _("There is one of this already; choose another.")}) from None
    ref = Ref(kind, number)
    return replace(read_facts(tx, [ref], actor=actor)[ref], state=None)


@cache
def _inserting(kind: str, columns: frozenset[str]) -> Statement:
    table = table_of(KINDS[kind])
    values = {name: slot(name, table.c[name]) for name in sorted(columns)}
    return Statement(insert(table).values(values).returning(table.c.id))


def next_number(tx: Connection, model: Numbered, edition_id: int) -> int:
    """The next number of its kind in an edition, which is locked exclusively, so numbers are never doubled."""
    last = tx.execute(select(func.max(model.number)).where(model.edition_id == edition_id)).scalar()
    return int(last or 0) + 1


def with_running_term(tx: Connection, edition_id: int) -> list[Ref]:
    """The proposals of an edition that a term is running for, in the order in which they are locked."""
    p = Proposal
    ids = select(p.id).where(p.edition_id == edition_id, p.due_at.is_not(None)).order_by(p.id)
    return [Ref("proposal", one) for one in tx.execute(ids).scalars()]
