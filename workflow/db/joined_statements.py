"""Statements that PostgreSQL is sent as one, by data-modifying CTEs: what every step writes.

Each statement costs its own cursor, message, plan and result, on both sides: with the kept cursors and the BEGIN of
`dialect.execute_together` this buys an eighth to a sixth of a step with eight clients (decision 90). SQLite, which
knows no such statements, runs them in turn.
"""

import re
from collections.abc import Sequence
from functools import cache, partial
from itertools import accumulate
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, ScalarSelect, Table
from sqlalchemy.ext.compiler import compiles

from workflow.db import dialect as driver
from workflow.db.statements import Statement, Values

PLACE = re.compile(r"\$(\d+)")
Write = tuple[Statement, Values]
Work = Sequence[Write]


class WrittenId(ColumnElement[int]):
    """The id of the row that another of the joined statements writes into a table; `looked_up` finds it on SQLite."""

    inherit_cache = False
    type = BigInteger()

    def __init__(self, table: Table, looked_up: ScalarSelect[int]) -> None:
        self.table, self.looked_up = table, looked_up


@compiles(WrittenId)
def _by_key(element: WrittenId, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.looked_up, **options))


@compiles(WrittenId, "postgresql")
def _refer(element: WrittenId, _compiler: Any, **_options: Any) -> str:
    return _id_of(element.table)


def run_joined(tx: Connection, joined: Work, others: Work) -> Sequence[int | None]:
    """Run the joined statements, each of which writes one row of a table of its own, then the others, in their order.

    Returns the ids that those of the joined return which say RETURNING id; None where no row was written. On PostgreSQL
    the joined see nothing of each other but a `WrittenId`. Raises SQLAlchemy's errors; the transaction has to be rolled
    back then.
    """
    bounds = [statement.bound(tx.dialect, values) for statement, values in [*joined, *others]]
    mine, rest = bounds[: len(joined)], bounds[len(joined) :]
    if driver.is_sqlite(tx):
        results = driver.execute_together(tx, bounds)
        returning = (result for one, result in zip(mine, results, strict=False) if one.returns_rows)
        return [result.rows[0][0] if result.rows else None for result in returning]
    texts = [(statement.table, one.words, one.returns_rows) for (statement, _), one in zip(joined, mine, strict=True)]
    words = _as_one(tuple(texts), tuple(len(one.values) for one in mine))
    whole = driver.Bound(words, [value for one in mine for value in one.values], returns_rows=True)
    return driver.execute_together(tx, [whole, *rest])[0].rows[0]


@cache
def _as_one(texts: Sequence[tuple[Table, bytes, bool]], places: Sequence[int]) -> bytes:
    """One statement of several, whose numbered places follow each other."""
    written, returned = [], []
    for (table, words, returns), before in zip(texts, accumulate(places, initial=0), strict=False):
        moved = PLACE.sub(partial(_moved, before), words.decode())
        written.append(f"{_name(table)} AS ({moved})")
        if returns:
            returned.append(_id_of(table))
    return f"WITH {', '.join(written)} SELECT {', '.join(returned)}".encode()


def _moved(by: int, place: re.Match[str]) -> str:
    return f"${int(place[1]) + by}"


def _name(table: Table) -> str:
    return f"written_{table.name}"


def _id_of(table: Table) -> str:
    return f"(SELECT id FROM {_name(table)})"  # noqa: S608 - words of our own
