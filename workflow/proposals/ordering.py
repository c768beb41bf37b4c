"""The orders of a list of proposals: one index each, and a cursor that says where the next page starts."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, CompoundSelect, Select, literal_column, select, tuple_, union_all

from workflow.models import Proposal
from workflow.models.base import table_of

_P = table_of(Proposal).c
Key = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by one column and then by number; where the column is empty, a proposal comes last either way."""

    column: Column[Any]
    # Reads what a cursor says of the column; raises ValueError.
    read: Callable[[Any], Key]
    descending: bool = False

    @property
    def keys(self) -> tuple[Column[Any], ...]:
        """The columns that put every proposal in one place."""
        return (self.column, _P.id)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of the last row of a page: its value in the column of the order, and its id."""

    key: Key
    id: int


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment


# By name in the address; a minus before the name turns the order round.
SORTS: Mapping[str, Sort] = MappingProxyType(
    {
        "title": Sort(_P.sort_key, str),
        "number": Sort(_P.number, _number),
        "cost": Sort(_P.cost, _number),
        "due": Sort(_P.due_at, _moment),
        "recent": Sort(_P.updated_at, _moment, descending=True),
    }
)
FIRST = "title"


def is_sort(name: str) -> bool:
    """Whether a list can be ordered so."""
    return name.removeprefix("-") in SORTS


def sort_of(name: str) -> Sort:
    """The order of a name, the first one where there is none of this name."""
    sort = SORTS.get(name.removeprefix("-"), SORTS[FIRST])
    return replace(sort, descending=not sort.descending) if name.startswith("-") else sort


def in_order(query: Select[Any], sort: Sort, after: Cursor | None, limit: int) -> Select[Any] | CompoundSelect[Any]:
    """The rows of a query after a place, as many as the limit says, read from the index of their order.

    Rows without a value are read apart from the others: no index has them at the end on both databases.
    """
    if not sort.column.nullable:
        return rows_after(query, sort, after, limit)
    without = query.where(sort.column.is_(None))
    if after is not None and after.key is None:
        return rows_after(without, sort, after, limit)
    with_value = query.where(sort.column.is_not(None))
    parts = [rows_after(with_value, sort, after, limit), rows_after(without, sort, None, limit)]
    both = union_all(*(select(part.subquery(), literal_column(str(place)).label("part")) for place, part in
                       enumerate(parts)))  # fmt: skip
    shown = both.subquery()
    # The value that the rows are ordered by, whether the query shows it or not.
    return select(shown).order_by(shown.c.part, *_directed(sort, shown.c[sort.column.name], shown.c.id)).limit(limit)


def rows_after(query: Select[Any], sort: Sort, after: Cursor | None, limit: int) -> Select[Any]:
    """The rows of a query after a place, where none has an empty value in the column of the order."""
    if after is not None and after.key is None:
        query = query.where(_P.id < after.id if sort.descending else _P.id > after.id)
    elif after is not None:
        # A plain pair on the right takes the types of the columns.
        here, there = tuple_(*sort.keys), (after.key, after.id)
        query = query.where(here < there if sort.descending else here > there)
    return query.order_by(*_directed(sort, *sort.keys)).limit(limit)


def _directed(sort: Sort, *keys: Any) -> list[Any]:
    return [key.desc() if sort.descending else key for key in keys]


def cursor_after(row: Any, sort: Sort) -> str:
    """Where the page after this row starts; the row has the column of the order and its id."""
    return write_cursor(getattr(row, sort.column.name), row.id)


def write_cursor(key: Key, number: int) -> str:
    """The place of a row, by its value in the column of the order and its id, as an address carries it."""
    value = key.isoformat() if isinstance(key, datetime) else key
    return base64.urlsafe_b64encode(json.dumps([value, number]).encode()).decode().rstrip("=")


def read_cursor(text: str, sort: Sort) -> Cursor | None:
    """Where to go on; anything that we did not write for this order starts from the beginning."""
    try:
        key, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if key is None and not sort.column.nullable:
            return None
        return Cursor(None if key is None else sort.read(key), _number(number))
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return None
