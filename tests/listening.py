"""Hears every statement that a database is asked, by readers and writers; BEGIN aside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from workflow.db import dialect
from workflow.db.database import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """The statements while this lasts, in their order; a prepared one is told by its name, values sent together once."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    cursor_of = dialect.cursor_of

    def note_prepared(tx: Any) -> Any:
        asked.append("prepared")
        return cursor_of(tx)

    engines = (database.engine, database.readers)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    dialect.cursor_of = note_prepared
    try:
        yield asked
    finally:
        dialect.cursor_of = cursor_of
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
