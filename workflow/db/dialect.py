"""All that differs between PostgreSQL and SQLite: how an engine is made, and how the driver itself is called."""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Engine, Table, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.types import TypeEngine

from workflow.base.collation import fold
from workflow.db.folding import FOLD
from workflow.models.base import UtcDateTime, utc_moment, utc_text

# Below this version several processes on one write-ahead log may corrupt the file (sqlite.org/wal.html).
SAFE_WAL = (3, 51, 3)
BUSY_SECONDS = 5.0
# How long a connection that came back to the pool is used again without a ping.
TRUSTED_SECONDS = 1.0
UNUSED_SINCE = "unused_since"
# The option of an engine with the folder of the keys of open secret votes.
POLL_KEYS = "poll_keys"
CURSORS = "cursors"
# The option of engines whose transactions begin by our own BEGIN.
BEGINS = "begins"
# How long emptying a table for good waits for those who read it.
CLEARING_WAITS = "1s"
DEADLOCK = "40P01"
Process = Callable[[Any], Any] | None


class Bound(NamedTuple):
    """The words of a statement and its values, as the driver takes them, and whether it returns rows."""

    words: str | bytes
    values: Sequence[Any]
    returns_rows: bool


BEGIN = Bound(b"BEGIN", (), returns_rows=False)
# What the driver says of a connection that is in no transaction.
IDLE = 0


class Result(NamedTuple):
    """What one statement did: how many rows it changed, and the raw rows that it returned."""

    rowcount: int
    rows: Sequence[Sequence[Any]]


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: the one that a wheel brings, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3.dbapi2 as dbapi2
    return dbapi2  # type: ignore[no-any-return]


class Use(StrEnum):
    """What the connections of an engine are for."""

    WRITING = "writing"
    # Refuses to write; no transaction is begun.
    READING = "reading"
    # Each statement is a transaction of its own, whose commit does not wait for the disk.
    UNSYNCED = "unsynced"


# What a page asks is over before it would be compiled.
OPTIONS = {Use.READING: "-c default_transaction_read_only=on -c jit=off", Use.UNSYNCED: "-c synchronous_commit=off"}


def make_engine(url: str, use: Use = Use.WRITING) -> Engine:
    """The engine of an address for one use."""
    engine = (_sqlite if url.startswith("sqlite") else _postgresql)(url, use)
    if use is Use.WRITING:
        engine.update_execution_options(**{BEGINS: True})
        event.listen(engine, "begin", _begin_unless_begun)
    return engine


def _postgresql(url: str, use: Use) -> Engine:
    settings: dict[str, Any] = {"prepare_threshold": 2, "application_name": "partnerstwo"}
    if use in OPTIONS:
        # Added to options that the address itself names.
        settings["options"] = f"{make_url(url).query.get('options', '')} {OPTIONS[use]}"
    # Who reads begins no transaction: after a ROLLBACK the driver would forget all prepared statements. Who writes
    # sends BEGIN with the first statements, where the driver would wait for an answer to it.
    engine = create_engine(
        url, pool_size=5, max_overflow=15, pool_timeout=10, connect_args=settings, isolation_level="AUTOCOMMIT"
    )  # fmt: skip

    @event.listens_for(engine, "checkin")
    def _note_time(_connection: Any, record: Any) -> None:
        record.info["returned_at"] = record.info.pop(UNUSED_SINCE, None) or time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _proxy: Any) -> None:
        # A server that was restarted is noticed before a connection is used again; one used just now is trusted.
        if time.monotonic() - record.info.get("returned_at", 0) < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    return engine


def _sqlite(url: str, use: Use) -> Engine:
    module = sqlite_module()
    engine = create_engine(url, module=module, connect_args={"timeout": BUSY_SECONDS})
    journal = "WAL" if module.sqlite_version_info >= SAFE_WAL else "DELETE"

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off: BEGIN is ours, see `begin_writing`.
        connection.isolation_level = None
        connection.create_function(FOLD, 1, lambda text: text and fold(text), deterministic=True)
        for pragma in (
            f"journal_mode={journal}",
            f"synchronous={'NORMAL' if use is Use.UNSYNCED else 'FULL'}",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={int(BUSY_SECONDS * 1000)}",
            "temp_store=MEMORY",
            "wal_autocheckpoint=4000",
            f"query_only={'ON' if use is Use.READING else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def is_sqlite(connection: Connection | Engine) -> bool:
    """True on the embedded database."""
    return connection.dialect.name == "sqlite"


def begin_writing(connection: Connection) -> None:
    """Begin a transaction that writes; on SQLite it takes the one lock of writers at once.

    Otherwise two readers that both turn writers would block each other. PostgreSQL begins with the first statement.
    """
    if is_sqlite(connection):
        _begin(connection, "BEGIN IMMEDIATE")


def commit(connection: Connection) -> None:
    """Commit, also where SQLAlchemy has seen nothing of the transaction because all of it ran on the driver."""
    if connection.in_transaction():
        connection.commit()
        return
    try:
        _driver(connection).commit()
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(connection, "COMMIT", error) from error


def clear_traces(connection: Connection, table: Table) -> bool:
    """Let what was deleted from a table be gone from disk, outside a transaction; False where that has to wait.

    On PostgreSQL an empty table is truncated; one with rows is left as it is, and nobody is waited for longer than a
    second. On SQLite deleted rows are overwritten at once, and here the log is emptied.
    """
    if is_sqlite(connection):
        _busy, pages, done = _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return bool(pages == done)
    with connection.begin():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{CLEARING_WAITS}'")
        connection.exec_driver_sql(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE")
        is_empty = connection.execute(select(table).limit(1)).first() is None
        if is_empty:
            connection.exec_driver_sql(f"TRUNCATE {table.name}")
    return is_empty


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _has_to_begin(connection: Connection) -> bool:
    """Whether BEGIN is still to be sent before what a writer asks next."""
    if not connection.get_execution_options().get(BEGINS):
        return False
    driver = _driver(connection)
    if is_sqlite(connection):
        return not driver.in_transaction
    # A snapshot has a level of isolation of its own, with which the driver begins.
    return bool(driver.autocommit and driver.pgconn.transaction_status == IDLE)


def _begin_unless_begun(connection: Connection) -> None:
    if _has_to_begin(connection):
        _begin(connection, "BEGIN")


def _begin(connection: Connection, words: str) -> None:
    try:
        _driver(connection).execute(words)
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(connection, words, error) from error


def cursor_of(connection: Connection) -> Any:
    """A cursor of the driver itself; on PostgreSQL one that takes $1, $2 as they are."""
    driver = _driver(connection)
    if is_sqlite(connection):
        return driver.cursor()
    from psycopg import RawCursor

    return RawCursor(driver)


def execute(connection: Connection, words: str | bytes, values: Sequence[Any]) -> Any:
    """Run one statement on the driver and return its cursor. Raises SQLAlchemy's errors."""
    _begin_unless_begun(connection)
    cursor = cursor_of(connection)
    try:
        cursor.execute(words, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(connection, words, error) from error
    return cursor


def execute_together(connection: Connection, statements: Sequence[Bound]) -> list[Result]:
    """Run statements in their order and return their results; on PostgreSQL they are sent in one round trip.

    Each sees what those before it did, and on PostgreSQL what others committed until it began. Raises SQLAlchemy's
    errors; the transaction has to be rolled back then. One round trip saves an eighth of a step on one machine.
    """
    if is_sqlite(connection):
        # Each is fetched before the next: SQLite must not have one unfinished while a savepoint is set.
        return [_result(execute(connection, one.words, one.values), one) for one in statements]
    before = [BEGIN] if _has_to_begin(connection) else []
    sent = [*before, *statements]
    cursors = _cursors(connection, len(sent))
    try:
        with _driver(connection).pipeline() if len(sent) > 1 else nullcontext():
            for cursor, one in zip(cursors, sent, strict=True):
                cursor.execute(one.words, one.values)
    except connection.dialect.loaded_dbapi.Error as error:
        connection.info.pop(CURSORS, None)
        raise translated(connection, statements[0].words, error) from error
    return [_result(cursor, one) for cursor, one in zip(cursors, sent, strict=True)][len(before) :]


def _cursors(connection: Connection, count: int) -> list[Any]:
    # They stay with their connection: a new one looks up anew how each type is read.
    cursors: list[Any] = connection.info.setdefault(CURSORS, [])
    cursors.extend(cursor_of(connection) for _ in range(count - len(cursors)))
    return cursors[:count]


def _result(cursor: Any, statement: Bound) -> Result:
    return Result(cursor.rowcount, cursor.fetchall() if statement.returns_rows else ())


def translated(connection: Connection, words: str | bytes, error: Exception) -> Exception:
    """An error of the driver as the error of SQLAlchemy that everybody catches; a broken connection is given up."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    text = words if isinstance(words, str) else words.decode()
    return DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    )


@cache
def with_numbered_values(dialect: Dialect) -> Dialect:
    """The dialect with numbered places for values, as the drivers understand them without translation."""
    maker: Any = type(dialect)
    numbered: Dialect = dialect if dialect.name == "sqlite" else maker(paramstyle="numeric_dollar")
    return numbered


def words_for_driver(text: str, dialect: Dialect) -> str | bytes:
    """The text of a statement; as bytes on PostgreSQL, whose driver would encode and hash it anew each time."""
    return text if dialect.name == "sqlite" else text.encode()


def binding(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    """How a value of this type is given to the driver; None where as it is."""
    if isinstance(kind, UtcDateTime):
        return utc_text if dialect.name == "sqlite" else utc_moment
    return kind.dialect_impl(dialect).bind_processor(dialect)


def upsert(connection: Connection) -> Any:
    """The INSERT with ON CONFLICT of this database: SQLAlchemy has one for each, which differ in nothing we use."""
    return sqlite.insert if is_sqlite(connection) else postgresql.insert
