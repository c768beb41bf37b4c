"""The orders of a list of proposals, and a cursor that says where the next page starts.

By title, by number and by date each page is read from an index, however many proposals an edition has. By cost and by
the latest change all rows of the edition are put in order: an index for each would be written by every step.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Column, CompoundSelect, Select, literal_column, select, tuple_, union_all

from workflow.models import Proposal
from workflow.models.base import table_of

_P = table_of(Proposal).c
Key = str | int | datetime | None


class Sort(Struct, frozen=True):
    """An order by columns and then by number; where the first is empty, a proposal comes last either way."""

    columns: tuple[Column[Any], ...]
    # Read what a cursor says of each column; raise ValueError.
    read: tuple[Callable[[Any], Key], ...]
    descending: bool = False

    @property
    def keys(self) -> tuple[Column[Any], ...]:
        """The columns that put every proposal in one place."""
        return (*self.columns, _P.id)

    @property
    def nullable(self) -> bool:
        """Whether the first column may be empty."""
        return bool(self.columns[0].nullable)


# The columns of `in_order` from which the place of a row is read.
KEYS = ("key_0", "key_1", "key_2")
# The place of the last row of a page: its values in the columns of the order, and its id.
Cursor = tuple[Key, ...]


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
SORTS: Mapping[str, Sort] = {
    "title": Sort((_P.sort_key,), (str,)),
    "number": Sort((_P.number,), (_number,)),
    "cost": Sort((_P.cost,), (_number,)),
    "due": Sort((_P.due_at, _P.updated_at), (_moment, _moment)),
    "recent": Sort((_P.updated_at,), (_moment,), descending=True),
}
FIRST = "title"


def is_sort(name: str) -> bool:
    """Whether a list can be ordered so."""
    return name.removeprefix("-") in SORTS


def sort_of(name: str) -> Sort:
    """The order of a name, the first one where there is none of this name."""
    sort = SORTS.get(name.removeprefix("-"), SORTS[FIRST])
    return replace(sort, descending=not sort.descending) if name.startswith("-") else sort


def in_order(query: Select[Any], sort: Sort, after: Cursor | None, limit: int) -> Select[Any] | CompoundSelect[Any]:
    """The rows of a query after a place, as many as the limit says, with their places as further columns.

    Rows without a value are read apart from the others: no index has them at the end on both databases.
    """
    query = query.add_columns(*(key.label(name) for key, name in zip(sort.keys, KEYS, strict=False)))
    if not sort.nullable:
        return rows_after(query, sort, after, limit)
    first = sort.columns[0]
    without = query.where(first.is_(None))
    if after is not None and after[0] is None:
        return rows_after(without, sort, after, limit)
    parts = [rows_after(query.where(first.is_not(None)), sort, after, limit), rows_after(without, sort, None, limit)]
    both = union_all(*(select(part.subquery(), literal_column(str(place)).label("part")) for place, part in
                       enumerate(parts)))  # fmt: skip
    shown = both.subquery()
    places = (shown.c[name] for _, name in zip(sort.keys, KEYS, strict=False))
    return select(shown).order_by(shown.c.part, *_directed(sort, *places)).limit(limit)


def rows_after(query: Select[Any], sort: Sort, after: Cursor | None, limit: int) -> Select[Any]:
    """The rows of a query after a place, where all or none have an empty value in the first column of the order."""
    if after is not None:
        # A plain tuple on the right takes the types of the columns.
        start = 1 if after[0] is None else 0
        here, there = tuple_(*sort.keys[start:]), after[start:]
        query = query.where(here < there if sort.descending else here > there)
    # With the first column even where it is empty: PostgreSQL does not see that the others alone are in order then.
    return query.order_by(*_directed(sort, *sort.keys)).limit(limit)


def _directed(sort: Sort, *keys: Any) -> list[Any]:
    return [key.desc() if sort.descending else key for key in keys]


def cursor_after(row: Any, sort: Sort) -> str:
    """Where the page after this row of `in_order` starts."""
    return write_cursor(tuple(getattr(row, name) for _, name in zip(sort.keys, KEYS, strict=False)))


def write_cursor(cursor: Cursor) -> str:
    """The place of a row, as an address carries it."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in cursor]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_cursor(text: str, sort: Sort) -> Cursor | None:
    """Where to go on; anything that we did not write for this order starts from the beginning."""
    try:
        first, *others, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if first is None and not sort.nullable:
            return None
        read_first, *read_others = sort.read
        rest = (read(value) for read, value in zip(read_others, others, strict=True))
        return (None if first is None else read_first(first), *rest, _number(number))
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return None
