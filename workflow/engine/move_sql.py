"""The statements by which one move is written: constants, the same on both databases, sent together.

Only the UPDATE of the subject's row and rows of other tables depend on the move, and only by the columns that an effect
changes. No statement waits for another: what needs the number of the new history entry finds it itself.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update

from workflow.db.joined_statements import WrittenId
from workflow.db.statements import Statement, slot
from workflow.models import HistoryContent, HistoryEntry, OutboxRow
from workflow.models.base import COUNTS, table_of

Values = Mapping[str, Any]
_ENTRY, _CONTENT, _OUTBOX = (table_of(one) for one in (HistoryEntry, HistoryContent, OutboxRow))
# Columns that a move leaves to the database or to later.
_LATER = frozenset({"id", "history_id", "relayed_at", "erased_at"})


@cache
def update_row(table: Table, columns: frozenset[str]) -> Statement:
    """Write these columns of a subject if it is still in its version, and return its id.

    Values: they, `this_id` and `this_version`.
    """
    here = table.c.id == slot("this_id", table.c.id), table.c.version == slot("this_version", table.c.version)
    return Statement(update(table).where(*here).values(_slots(table, columns)).returning(table.c.id))


@cache
def insert_row(table: Table, columns: frozenset[str]) -> Statement:
    """Insert a row of another table; a number counted among the rows of one owner is worked out, see `COUNTS`."""
    values: dict[str, ColumnElement[Any]] = _slots(table, columns)
    counted = {column.name: column.info[COUNTS] for column in table.c if COUNTS in column.info}
    next_numbers = {
        name: select(func.coalesce(func.max(table.c[name]), 0) + 1).where(table.c[owner] == values[owner])
        .scalar_subquery() for name, owner in counted.items()
    }  # fmt: skip
    return Statement(insert(table).inline().values(values | next_numbers))


@cache
def update_other(table: Table, key: frozenset[str], empty: frozenset[str], columns: frozenset[str]) -> Statement:
    """Write these columns of the rows of another table that have these values of a key, each named `key_COLUMN`.

    Columns of the key that are `empty` are looked for without a value.
    """
    here = [table.c[name] == slot(f"key_{name}", table.c[name]) for name in sorted(key - empty)]
    here += [table.c[name].is_(None) for name in sorted(empty)]
    return Statement(update(table).where(*here).values(_slots(table, columns)))


@cache
def delete_rows(table: Table, key: frozenset[str]) -> Statement:
    """Delete the rows of another table that have these values of a key."""
    return Statement(delete(table).where(*(table.c[name] == slot(name, table.c[name]) for name in sorted(key))))


def _slots(table: Table, columns: frozenset[str]) -> dict[str, ColumnElement[Any]]:
    return {name: slot(name, table.c[name]) for name in sorted(columns)}


def _given(table: Table) -> dict[str, ColumnElement[Any]]:
    return _slots(table, frozenset(table.c.keys()) - _LATER)


def _this_entry() -> ColumnElement[Any]:
    e = _ENTRY.c
    mine = (e[name] == slot(f"this_{name}", e[name]) for name in ("subject_kind", "subject_id", "version"))
    return WrittenId(_ENTRY, select(e.id).where(*mine).scalar_subquery())


def _insert_with_entry(table: Table) -> Statement:
    return Statement(insert(table).inline().values(_given(table) | {"history_id": _this_entry()}))


def entry_key(entry: Values) -> dict[str, Any]:
    """The values by which the statements below find the history entry that was just inserted."""
    return {f"this_{name}": entry[name] for name in ("subject_kind", "subject_id", "version")}


INSERT_ENTRY = Statement(insert(_ENTRY).values(_given(_ENTRY)).returning(_ENTRY.c.id))
INSERT_CONTENT = _insert_with_entry(_CONTENT)
INSERT_OUTBOX = _insert_with_entry(_OUTBOX)
