"""The statements that every step runs: built and compiled once, then run on the driver itself.

SQLAlchemy writes the words and knows how each value is bound and read. What it would do anew at every execution
(finding the statement, arranging its values, wrapping its rows) costs more than the statement, so here it is done once
for each dialect. Everything else in the house goes through SQLAlchemy as usual.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, Column, ColumnElement, Connection, Dialect, bindparam, cast
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Text, TypeEngine

Process = Callable[[Any], Any] | None


class Prepared:
    """One statement, safe to share: what it keeps is the same for every connection of a dialect."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._words: dict[str, tuple[str | bytes, list[tuple[str, Process, Any]]]] = {}

    def run(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """Run it in the transaction of the connection and return the driver's cursor, whose rows are raw.

        Values that are not named keep what the statement itself carries. Raises SQLAlchemy's errors.
        """
        words, binds = self._words.get(tx.dialect.name) or self._compile(tx.dialect)
        cursor = cursor_of(tx)
        try:
            cursor.execute(words, _bound(binds, values))
        except tx.dialect.loaded_dbapi.Error as error:
            raise as_known(tx, words, error) from error
        return cursor

    def run_many(self, tx: Connection, values: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each set of values; the driver sends them together."""
        words, binds = self._words.get(tx.dialect.name) or self._compile(tx.dialect)
        try:
            cursor_of(tx).executemany(words, [_bound(binds, one) for one in values])
        except tx.dialect.loaded_dbapi.Error as error:
            raise as_known(tx, words, error) from error

    def _compile(self, dialect: Dialect) -> tuple[str | bytes, list[tuple[str, Process, Any]]]:
        compiled = self._statement.compile(dialect=_positional(dialect), compile_kwargs={"render_postcompile": True})
        binds = [
            (name, _binding(compiled.binds[name].type, dialect), compiled.binds[name].value)
            for name in compiled.positiontup
        ]
        # As bytes on PostgreSQL: its driver would encode and hash the words anew each time.
        words = str(compiled) if dialect.name == "sqlite" else str(compiled).encode()
        found = self._words[dialect.name] = words, binds
        return found


def slot(name: str, column: Any) -> Any:
    """Where a statement takes a value of this column; NULL where none is given."""
    return bindparam(name, None, type_=column.type)


def _bound(binds: Sequence[tuple[str, Process, Any]], values: Mapping[str, Any]) -> list[Any]:
    get = values.get
    return [process(get(name, own)) if process else get(name, own) for name, process, own in binds]


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    if isinstance(kind, JSON):
        return _as_json
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _as_json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def cursor_of(tx: Connection) -> Any:
    """A cursor of the driver itself; on PostgreSQL one that takes $1, $2 as they are, and does not read our words."""
    connection: Any = tx.connection.driver_connection
    if tx.dialect.name == "sqlite":
        return connection.cursor()
    from psycopg import RawCursor

    return RawCursor(connection)


@cache
def _positional(dialect: Dialect) -> Dialect:
    """The dialect with numbered places for values, as the drivers understand them without translation."""
    if dialect.name == "sqlite":
        return dialect
    maker: Any = type(dialect)
    made: Dialect = maker(paramstyle="numeric_dollar")
    return made


def as_known(tx: Connection, words: str | bytes, error: Exception) -> Exception:
    """An error of the driver as the error of SQLAlchemy that everybody catches; a broken connection is given up."""
    dialect = tx.dialect
    lost = dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
    if lost:
        tx.invalidate(error)
    base = dialect.loaded_dbapi.Error
    told = words if isinstance(words, str) else words.decode()
    return DBAPIError.instance(told, None, error, base, connection_invalidated=lost, dialect=dialect)


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
        return orjson.loads
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

    def again(self) -> "Kept":
        """The same row with nothing read of it yet, so that nobody shares a value that can be changed."""
        return Kept(self._raw, self._start, self._places)

    def changed(self, new: Mapping[str, Any]) -> "Kept":
        """The row after these columns were written over."""
        raw = list(self._raw)
        for name, value in new.items():
            number, process = self._places[name]
            raw[self._start + number] = _as_json(value) if process is orjson.loads else value
        return Kept(raw, self._start, self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
