"""Hears what a database is asked, by readers and writers; BEGIN aside."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from workflow.db import dialect
from workflow.db.database import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """The statements while this lasts, in their order; those that are sent together are heard once."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    execute, together = dialect.execute, dialect.execute_together

    def note_one(tx: Any, words: str | bytes, values: Sequence[Any]) -> Any:
        asked.append("compiled")
        return execute(tx, words, values)

    def note_together(tx: Any, statements: Sequence[dialect.Bound]) -> Any:
        before = len(asked)
        results = together(tx, statements)
        asked[before:] = [f"{len(statements)} together"]
        return results

    engines = (database.engine, database.readers)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    dialect.execute, dialect.execute_together = note_one, note_together
    try:
        yield asked
    finally:
        dialect.execute, dialect.execute_together = execute, together
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
