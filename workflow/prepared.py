"""The statements that every step runs: built and compiled once, then run on the driver itself.

SQLAlchemy writes the words and knows how each value is bound and read. What it would do anew at every execution
(finding the statement, arranging its values, wrapping its rows) costs more than the statement, so here it is done once
for each dialect. Everything else in the house goes through SQLAlchemy as usual.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Connection, Dialect, cast
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Text, TypeEngine

Process = Callable[[Any], Any] | None


class Prepared:
    """One statement, safe to share: what it keeps is the same for every connection of a dialect."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._words: dict[str, tuple[str, bool, list[tuple[str, Process, Any]]]] = {}

    def run(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """Run it in the transaction of the connection and return the driver's cursor, whose rows are raw.

        Values that are not named keep what the statement itself carries. Raises SQLAlchemy's errors.
        """
        words, given = self._given(tx.dialect, values)
        cursor = tx.connection.cursor()
        try:
            cursor.execute(words, given)
        except tx.dialect.loaded_dbapi.Error as error:
            raise as_known(tx, words, error) from error
        return cursor

    def run_many(self, tx: Connection, values: Sequence[Mapping[str, Any]]) -> Any:
        """Run it once for each set of values; the driver sends them together."""
        given = [self._given(tx.dialect, one) for one in values]
        cursor = tx.connection.cursor()
        try:
            cursor.executemany(given[0][0], [one for _, one in given])
        except tx.dialect.loaded_dbapi.Error as error:
            raise as_known(tx, given[0][0], error) from error
        return cursor

    def _given(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Any]:
        words, positional, binds = self._words.get(dialect.name) or self._compile(dialect)
        get = values.get
        if positional:
            return words, [process(get(name, own)) if process else get(name, own) for name, process, own in binds]
        return words, {name: process(get(name, own)) if process else get(name, own) for name, process, own in binds}

    def _compile(self, dialect: Dialect) -> tuple[str, bool, list[tuple[str, Process, Any]]]:
        compiled = self._statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        binds = [(name, _binding(compiled.binds[name].type, dialect), compiled.binds[name].value) for name in names]
        found = self._words[dialect.name] = str(compiled), bool(compiled.positional), binds
        return found


def as_known(tx: Connection, words: str, error: Exception) -> Exception:
    """An error of the driver as the error of SQLAlchemy that everybody catches; a broken connection is given up."""
    dialect = tx.dialect
    lost = dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
    if lost:
        tx.invalidate(error)
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(words, None, error, base, connection_invalidated=lost, dialect=dialect)


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    return kind.dialect_impl(dialect).bind_processor(dialect)


class Shape:
    """Columns of a table as they are asked for, and as they are read back: each value when somebody looks at it."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self.names = tuple(column.name for column in columns)
        self._columns = columns
        self._places: dict[str, dict[str, tuple[int, Process]]] = {}

    def asked(self) -> list[ColumnElement[Any]]:
        """The columns for a select; JSON comes as text, so that the driver does not read all of it unasked."""
        return [cast(column, Text) if isinstance(column.type, JSON) else column for column in self._columns]

    def row(self, raw: Sequence[Any], start: int, dialect: Dialect) -> "Kept":
        """The part of a raw row that begins at `start`, as a mapping by name."""
        places = self._places.get(dialect.name)
        if places is None:
            places = self._places[dialect.name] = {
                column.name: (number, _reading(column, dialect)) for number, column in enumerate(self._columns)
            }
        return Kept(raw, start, places)


def _reading(column: Column[Any], dialect: Dialect) -> Process:
    if isinstance(column.type, JSON):
        return json.loads
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


class Kept(Mapping[str, Any]):
    """What one row keeps, by the names of its columns; a value is read at the first look and then remembered."""

    __slots__ = ("_places", "_raw", "_read", "_start")

    def __init__(self, raw: Sequence[Any], start: int, places: Mapping[str, tuple[int, Process]]) -> None:
        self._raw, self._start, self._places = raw, start, places
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        number, process = self._places[name]
        value = self._raw[self._start + number]
        if process is None or value is None:
            return value
        if name not in self._read:
            self._read[name] = process(value)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
