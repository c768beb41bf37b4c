"""Many rows as one value of a statement, whose words stay the same for any number of them: on both databases.

Bound one by one, the values of some hundred rows cost several times the statement itself.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Dialect, Subquery, column, text

from workflow.db import dialect as driver


def given_rows(connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[Mapping[str, Any]]) -> Subquery:
    """The rows as a table to select from, with these columns, by whose names and types the values are given.

    No JSON, bytes or decimals among them.
    """
    processes = [(one.name, driver.binding(one.type, connection.dialect)) for one in columns]
    plain = [{name: process(row[name]) if process else row[name] for name, process in processes} for row in rows]
    words = text(_words(connection.dialect, tuple(columns))).bindparams(given=orjson.dumps(plain).decode())
    return words.columns(*(column(one.name, one.type) for one in columns)).subquery("given_rows")


@lru_cache(maxsize=32)
def _words(dialect: Dialect, columns: tuple[Column[Any], ...]) -> str:
    # Names and types are those of our own tables; what was given is bound.
    if dialect.name == "sqlite":
        names = ", ".join(f"json_extract(value, '$.{one.name}') AS {one.name}" for one in columns)
        return f"SELECT {names} FROM json_each(:given)"  # noqa: S608
    kinds = ", ".join(f"{one.name} {one.type.compile(dialect)}" for one in columns)
    return f"SELECT * FROM json_to_recordset(CAST(:given AS json)) AS each_row({kinds})"  # noqa: S608
