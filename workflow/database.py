"""The database: one engine, and the only commit in the house."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError

# Below this version several processes on one write-ahead log may corrupt the file (sqlite.org/wal.html).
SAFE_WAL = (3, 51, 3)
BUSY_SECONDS = 5.0
# How long a connection that came back is trusted without asking.
TRUSTED_SECONDS = 1.0
DEADLOCK = "40P01"
Result = TypeVar("Result")


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: the one that a wheel brings, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3.dbapi2 as dbapi2
    return dbapi2  # type: ignore[no-any-return]


class Database:
    """Connections to one database; safe to share between threads, to be made anew after a fork."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing: commits at the end, rolls back on any error. On SQLite the one writer at a time."""
        with self.engine.connect() as connection:
            connection.info["writes"] = True
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.info["writes"] = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading; whatever was written on it is rolled back."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees the database as it was at its first question, however long it reads."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    def in_transaction(self, work: Callable[[Connection], Result]) -> Result:
        """Do the work in a transaction, and once or twice again where the database chose it as a deadlock's victim."""
        for last in (False, False, True):
            try:
                with self.transaction() as tx:
                    return work(tx)
            except DBAPIError as error:
                if last or getattr(error.orig, "sqlstate", None) != DEADLOCK:
                    raise
                time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - a pause, not a secret
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _postgresql(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=5,
        max_overflow=15,
        pool_timeout=10,
        connect_args={"prepare_threshold": 2, "application_name": "partnerstwo"},
    )

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info["rested_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _wake(connection: Any, record: Any, _proxy: Any) -> None:
        # A server that was restarted is noticed before a connection is used again; one used just now is trusted.
        if time.monotonic() - record.info.get("rested_at", 0) < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    return engine


def _sqlite(url: str) -> Engine:
    module = sqlite_module()
    engine = create_engine(url, module=module, connect_args={"timeout": BUSY_SECONDS})
    journal = "WAL" if module.sqlite_version_info >= SAFE_WAL else "DELETE"

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off: BEGIN is ours, see below.
        connection.isolation_level = None
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(BUSY_SECONDS * 1000)}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the lock at once; otherwise two readers that both turn writers would block each other.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.info.get("writes") else "BEGIN")

    return engine
