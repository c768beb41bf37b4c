"""The one write of a move: row, history entry, its words, outbox row, the clock's rows; all of them or none.

This is the fast path. On PostgreSQL all of it is one statement (data-modifying CTEs on the moved row: where it was not
there in that version, nothing else is written either); on SQLite a few, without a network between. A statement that
waits for a lock has read the roles as they were before it waited; so the write looks at them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    Text,
    Update,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from workflow.db.statements import Prepared, slot
from workflow.engine.actor_rights import told
from workflow.engine.remembered import Sight, mark_of
from workflow.engine.timer_sql import STILL, Timing, bound, in_one, keep_time
from workflow.models import (
    Edition,
    HistoryContent,
    HistoryEntry,
    OutboxRow,
    Proposal,
    UsedKey,
)
from workflow.models.base import COUNTS, table_of

Values = Mapping[str, Any]
_ENTRY, _WORDS, _TOLD, _USED, _EDITION = (
    table_of(one) for one in (HistoryEntry, HistoryContent, OutboxRow, UsedKey, Edition)
)
_PROPOSAL = table_of(Proposal)


@dataclass(frozen=True, slots=True)
class Writing:
    """All that one move writes."""

    table: Table
    number: int
    # The version that the row must still have.
    version: int
    new: Values
    entry: Values
    words: Values | None = None
    told: Values | None = None
    timing: Timing = STILL
    # Rows of other tables that belong to the step.
    rows: tuple[tuple[Table, Values], ...] = ()
    # What the database said of the actor, see `ActorRights.stamp`.
    stamp: str = ""

    @property
    def shape(self) -> "Shape":
        """What the words of its statement depend on."""
        new, words, told = (frozenset(part or ()) for part in (self.new, self.words, self.told))
        rows = tuple((table, frozenset(values)) for table, values in self.rows)
        return Shape(self.table, new, words, told, rows, self.timing.ends, bool(self.timing.ahead))


@dataclass(frozen=True, slots=True)
class Shape:
    """Moves of one shape are written by the same statement."""

    table: Table
    new: frozenset[str]
    words: frozenset[str]
    told: frozenset[str]
    rows: tuple[tuple[Table, frozenset[str]], ...]
    ends: bool
    begins: bool


def write(tx: Connection, move: Writing) -> int | None:
    """Move the row if it is still in this version, and the actor's rights are still those of the stamp.

    Returns the number of the history entry, or None and nothing is written.
    """
    if tx.dialect.name != "sqlite":
        row = _at_once(move.shape).run(tx, _values(move)).fetchone()
        return None if row is None else int(row[0])
    if moving_one(move.table, frozenset(move.new)).run(tx, of_row(move)).rowcount != 1:
        return None
    written: int = _INSERT_ENTRY.run(tx, move.entry).lastrowid
    if move.words:
        INSERT_WORDS.run(tx, {**move.words, "history_id": written})
    if move.told:
        INSERT_TOLD.run(tx, {**move.told, "history_id": written})
    for table, values in move.rows:
        _adding(table, frozenset(values)).run(tx, values)
    keep_time(tx, move.entry["subject_kind"], move.number, move.timing, state=move.entry["to_state"],
              at=move.entry["at"])  # fmt: skip
    return written


def write_alone(tx: Connection, move: Writing, seen: Sight, *, used: Values | None) -> tuple[int, str] | None:
    """The same as a transaction of its own, on PostgreSQL, for facts that were read without any lock.

    Holds the edition and the row while it writes and waits for nobody: where somebody else holds one of them, or one is
    no longer the row that was seen, it returns None and nothing is written. `used` is the row of an idempotency key,
    whose answer gets the number of the entry; IntegrityError where the key is there already. Returns the number of the
    entry and the new mark of the row.
    """
    values = {
        **_values(move), "this_edition": seen.edition["id"], "edition_mark": seen.edition_mark,
        "own_mark": seen.own_mark, **named("used", used or {}),
    }  # fmt: skip
    row = _unheld(move.shape, keyed=used is not None).run(tx, values).fetchone()
    return None if row is None else (row[0], row[1])


def _values(move: Writing) -> dict[str, Any]:
    entry = move.entry
    return {
        **of_row(move), **_of_rows(move), "this_actor": entry["actor_id"], "this_stamp": move.stamp,
        **named("entry", entry), **named("words", move.words or {}), **named("told", move.told or {}),
        **bound(entry["subject_kind"], move.number, move.timing, state=entry["to_state"], at=entry["at"]),
    }  # fmt: skip


def of_row(move: Writing) -> dict[str, Any]:
    """The values of `moving_one`."""
    return {"this_id": move.number, "this_version": move.version, **named("new", move.new)}


def _of_rows(move: Writing) -> dict[str, Any]:
    return {
        name: value
        for place, (_, values) in enumerate(move.rows)
        for name, value in named(f"row{place}", values).items()
    }


def named(prefix: str, values: Values) -> dict[str, Any]:
    """The same values under names that cannot be those of another part of the statement."""
    return dict(zip(_names(prefix, tuple(values)), values.values(), strict=True))


@lru_cache(maxsize=1024)
def _names(prefix: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}_{name}" for name in names)


def _bound(table: Table, prefix: str, names: frozenset[str]) -> dict[str, ColumnElement[Any]]:
    return {name: slot(f"{prefix}_{name}", table.c[name]) for name in sorted(names)}


def inserting(table: Table, *more: str) -> Prepared:
    """An insert of all that is given, so none may be missing; what else is given is named."""
    own = {one.name: slot(one.name, one) for one in table.c if _is_given(one) or one.name in more}
    return Prepared(insert(table).values(own))


def _is_given(column: Any) -> bool:
    """Whether a move gives a value for the column; the rest comes later, or from the database."""
    return column.name not in ("id", "relayed_at", "erased_at")


ENTRY_NAMES = frozenset(column.name for column in _ENTRY.c if _is_given(column))
_INSERT_ENTRY, INSERT_WORDS, INSERT_TOLD = (inserting(table) for table in (_ENTRY, _WORDS, _TOLD))


def _added(table: Table, columns: dict[str, ColumnElement[Any]]) -> dict[str, ColumnElement[Any]]:
    """The columns of a row, with a number counted among the rows of one owner; see `models.base.COUNTS`."""
    counted = {column.name: column.info[COUNTS] for column in table.c if COUNTS in column.info}
    return columns | {
        name: select(func.coalesce(func.max(table.c[name]), 0) + 1).where(table.c[owner] == columns[owner])
        .scalar_subquery() for name, owner in counted.items()
    }  # fmt: skip


@cache
def _adding(table: Table, names: frozenset[str]) -> Prepared:
    own: dict[str, ColumnElement[Any]] = {name: slot(name, table.c[name]) for name in sorted(names)}
    return Prepared(insert(table).values(_added(table, own)))


def _this(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The row that is moved, while it is in the version that was seen."""
    own = table.c
    return own.id == slot("this_id", own.id), own.version == slot("this_version", own.version)


def _moving(table: Table, columns: frozenset[str]) -> Update:
    return update(table).where(*_this(table)).values(_bound(table, "new", columns))


@cache
def moving_one(table: Table, columns: frozenset[str]) -> Prepared:
    """Move one row if it is still in its version."""
    return Prepared(_moving(table, columns))


def _still_may(table: Table) -> ColumnElement[bool]:
    now = told(bindparam("this_actor", None, BigInteger), table.c.id if table is _PROPOSAL else None)
    return now == bindparam("this_stamp", None, Text)


@cache
def _at_once(shape: Shape) -> Prepared:
    return _rest(shape, _moving(shape.table, shape.new).where(_still_may(shape.table)))


@cache
def _unheld(shape: Shape, *, keyed: bool) -> Prepared:
    table, e = shape.table, _EDITION.c
    edition = select(e.id).where(e.id == slot("this_edition", e.id), _is_marked(_EDITION, "edition_mark"))
    held = edition.with_for_update(read=True, skip_locked=True).cte("held")
    seen = (*_this(table), _is_marked(table, "own_mark"), select(held).exists())
    own = select(table.c.id).where(*seen).with_for_update(key_share=True, skip_locked=True)
    moving = _moving(table, shape.new).where(table.c.id == own.cte("own").c.id, _still_may(table))
    return _rest(shape, moving, keyed=keyed)


def _is_marked(table: Table, name: str) -> ColumnElement[bool]:
    return mark_of(table) == bindparam(name, None, Text)


def _rest(shape: Shape, moving: Update, *, keyed: bool = False) -> Prepared:
    """The whole statement: everything else is written for the row that was moved, if it was."""
    moved = moving.returning(shape.table.c.id, mark_of(shape.table).label("mark")).cte("moved")
    entry = _bound(_ENTRY, "entry", ENTRY_NAMES)
    written = _insert_into(_ENTRY, entry, moved).returning(_ENTRY.c.id).cte("written")
    result = select(written.c.id, moved.c.mark)
    for name, target, names in (("words", _WORDS, shape.words), ("told", _TOLD, shape.told)):
        if names:
            more = {"history_id": written.c.id, **_bound(target, name, names)}
            result = result.add_cte(_insert_into(target, more, written).returning(literal_column("1")).cte(name))
    for place, (table, names) in enumerate(shape.rows):
        row = _insert_into(table, _added(table, _bound(table, f"row{place}", names)), written)
        result = result.add_cte(row.returning(literal_column("1")).cte(f"row{place}"))
    if keyed:
        used = _bound(_USED, "used", frozenset(_USED.c.keys()))
        numbered = func.jsonb_build_object(literal_column("'history_id'"), written.c.id)
        used["answer"] = used["answer"].op("||")(numbered)
        result = result.add_cte(_insert_into(_USED, used, written).returning(literal_column("1")).cte("used"))
    return Prepared(result.add_cte(*in_one(moved, ends=shape.ends, begins=shape.begins)))


def _insert_into(table: Table, columns: Mapping[str, Any], source: CTE) -> Any:
    return insert(table).from_select(list(columns), select(*columns.values()).select_from(source))
