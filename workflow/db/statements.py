"""The statements that every step runs: built and compiled once, then run on the driver itself.

SQLAlchemy writes the words and knows how each value is bound and read. What it would do anew at every execution
(finding the statement, arranging its values, wrapping its rows) costs more than the statement, so here it is done once
for each dialect. Everything else in the house goes through SQLAlchemy as usual.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import JSON, Column, ColumnElement, Connection, Dialect, bindparam, cast
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Text, TypeEngine

from workflow.models.base import UtcDateTime, utc_moment, utc_text

Process = Callable[[Any], Any] | None


class Prepared:
    """One statement, safe to share: what it keeps is the same for every connection of a dialect."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def run(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """Run it in the transaction of the connection and return the driver's cursor, whose rows are raw.

        Values that are not named keep what the statement itself carries. Raises SQLAlchemy's errors.
        """
        made = self._made.get(tx.dialect.name) or self._compile(tx.dialect)
        cursor = cursor_of(tx)
        try:
            cursor.execute(made.words, made.bound(values))
        except tx.dialect.loaded_dbapi.Error as error:
            raise as_known(tx, made.words, error) from error
        return cursor

    def run_many(self, tx: Connection, values: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each set of values; the driver sends them together."""
        made = self._made.get(tx.dialect.name) or self._compile(tx.dialect)
        try:
            cursor_of(tx).executemany(made.words, [made.bound(one) for one in values])
        except tx.dialect.loaded_dbapi.Error as error:
            raise as_known(tx, made.words, error) from error

    def _compile(self, dialect: Dialect) -> "_Made":
        compiled = self._statement.compile(dialect=_positional(dialect), compile_kwargs={"render_postcompile": True})
        # As bytes on PostgreSQL: its driver would encode and hash the words anew each time.
        words = str(compiled) if dialect.name == "sqlite" else str(compiled).encode()
        found = self._made[dialect.name] = _Made(words, compiled, dialect)
        return found


class _Made:
    """The words of a statement for one dialect, and how its values are arranged and bound."""

    def __init__(self, words: str | bytes, compiled: Any, dialect: Dialect) -> None:
        self.words = words
        names = compiled.positiontup
        self._own = {name: compiled.binds[name].value for name in names}
        self._in_order = itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]
        processes = (_binding(compiled.binds[name].type, dialect) for name in names)
        self._processes = [(place, process) for place, process in enumerate(processes) if process]

    def bound(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """The values in the order of their places, as the driver takes them."""
        found = list(self._in_order({**self._own, **values}))
        for place, process in self._processes:
            found[place] = process(found[place])
        return found


def slot(name: str, column: Any) -> Any:
    """Where a statement takes a value of this column; NULL where none is given."""
    return bindparam(name, None, type_=column.type)


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    if isinstance(kind, JSON):
        return _as_json
    if isinstance(kind, UtcDateTime):
        return utc_text if dialect.name == "sqlite" else utc_moment
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _as_json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def cursor_of(tx: Connection) -> Any:
    """A cursor of the driver itself; on PostgreSQL one that takes $1, $2 as they are, and does not read our words.

    What it found there is to be fetched before the next statement on the connection, which uses the same cursor.
    """
    fairy: Any = tx.connection
    if tx.dialect.name == "sqlite":
        return fairy.driver_connection.cursor()
    kept = fairy.info.get("raw_cursor")
    if kept is None:
        from psycopg import RawCursor

        kept = fairy.info["raw_cursor"] = RawCursor(fairy.driver_connection)
    return kept


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
