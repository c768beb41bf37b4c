"""The one write of a move: row, history entry, its words, outbox row; all of them or none.

This is the fast path. On PostgreSQL the four are one statement (data-modifying CTEs on the moved row: where it was not
there in that version, nothing else is written either); on SQLite they are four statements without a network between.
A statement that waits for a lock has read the roles as they were before it waited; so the write looks at them again.
Statements are built once for each shape and kept.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Executable,
    Table,
    Update,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)

from workflow.models import GroupMember, HistoryContent, HistoryEntry, OutboxRow, Person, Proposal, RoleGrant
from workflow.models.base import table_of

Values = Mapping[str, Any]
_ENTRY, _WORDS, _TOLD = table_of(HistoryEntry), table_of(HistoryContent), table_of(OutboxRow)
_GRANT, _PLACE, _PROPOSAL = table_of(RoleGrant), table_of(GroupMember), table_of(Proposal)
_THERE = table_of(Person).alias("there")


def rights_of(actor: ColumnElement[Any], proposal_id: Any = None) -> ColumnElement[Any]:
    """A number that changes with the roles of the actor and the place in this group, and when the account ends.

    It is read into `Standing.stamp`.
    """
    held = _GRANT.c.person_id == _THERE.c.id, _GRANT.c.withdrawn_at.is_(None)
    roles = select(cast(func.coalesce(func.sum(_GRANT.c.id), 0), BigInteger)).where(*held).scalar_subquery()
    rights = select(roles + 1).where(_THERE.c.id == actor, _THERE.c.active.is_(True)).scalar_subquery()
    if proposal_id is None:
        return func.coalesce(rights, 0)
    here = _PLACE.c.proposal_id == proposal_id, _PLACE.c.person_id == actor, _PLACE.c.left_at.is_(None)
    place = _PLACE.c.id * 4 + case({"view": 1, "comment": 2}, value=_PLACE.c.role, else_=3)
    return func.coalesce(rights, 0) + func.coalesce(select(place).where(*here).scalar_subquery(), 0)


def write(
    tx: Connection, table: Table, number: int, version: int, new: Values, entry: Values, words: Values | None,
    told: Values | None, *, stamp: int = 0,
) -> int | None:  # fmt: skip
    """Move the row if it is still in this version, and the actor's rights are still those of the stamp.

    Returns the number of the history entry, or None and nothing is written.
    """
    values = {"this_id": number, "this_version": version, **_named("new", new)}
    if tx.dialect.name != "sqlite":
        values |= {"this_actor": entry["actor_id"], "this_stamp": stamp}
        statement = _at_once(table, frozenset(new), frozenset(entry), frozenset(words or ()), frozenset(told or ()))
        rest = _named("entry", entry) | _named("words", words or {}) | _named("told", told or {})
        found: int | None = tx.execute(statement, values | rest).scalar_one_or_none()
        return found
    if tx.execute(_moving(table, frozenset(new)), values).rowcount != 1:
        return None
    written = int(tx.execute(_INSERT_ENTRY, entry).scalar_one())
    if words:
        tx.execute(_INSERT_WORDS, {**words, "history_id": written})
    if told:
        tx.execute(_INSERT_TOLD, {**told, "history_id": written})
    return written


_INSERT_ENTRY = insert(_ENTRY).returning(_ENTRY.c.id)
_INSERT_WORDS = insert(_WORDS)
_INSERT_TOLD = insert(_TOLD)


def _named(prefix: str, values: Values) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in values.items()}


def _bound(table: Table, prefix: str, names: frozenset[str]) -> dict[str, ColumnElement[Any]]:
    return {name: bindparam(f"{prefix}_{name}", type_=table.c[name].type) for name in sorted(names)}


@cache
def _moving(table: Table, columns: frozenset[str]) -> Update:
    mine = and_(table.c.id == bindparam("this_id"), table.c.version == bindparam("this_version"))
    return update(table).where(mine).values(_bound(table, "new", columns))


def _still_may(table: Table) -> ColumnElement[bool]:
    rights = rights_of(bindparam("this_actor", type_=BigInteger), table.c.id if table is _PROPOSAL else None)
    return rights == bindparam("this_stamp", type_=BigInteger)


@cache
def _at_once(
    table: Table, new: frozenset[str], entry: frozenset[str], words: frozenset[str], told: frozenset[str]
) -> Executable:
    moved = _moving(table, new).where(_still_may(table)).returning(table.c.id).cte("moved")
    bound = _bound(_ENTRY, "entry", entry)
    written = (
        insert(_ENTRY)
        .from_select(list(bound), select(*bound.values()).select_from(moved))
        .returning(_ENTRY.c.id)
        .cte("written")
    )
    result = select(written.c.id)
    for name, target, names in (("words", _WORDS, words), ("told", _TOLD, told)):
        if names:
            more = _bound(target, name, names)
            source = select(written.c.id, *more.values())
            added = insert(target).from_select(["history_id", *more], source).returning(literal_column("1")).cte(name)
            result = result.add_cte(added)
    return result
