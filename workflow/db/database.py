"""The database: one engine, and the only commit in the house."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError

from workflow.db.statements import as_known
from workflow.engine.remembered import Remembered

# Below this version several processes on one write-ahead log may corrupt the file (sqlite.org/wal.html).
SAFE_WAL = (3, 51, 3)
BUSY_SECONDS = 5.0
# How long a connection that came back is trusted without asking.
TRUSTED_SECONDS = 1.0
LAY_SINCE = "lay_since"
DEADLOCK = "40P01"
Result = TypeVar("Result")


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: the one that a wheel brings, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3.dbapi2 as dbapi2
    return dbapi2  # type: ignore[no-any-return]


class Lender:
    """Lends connections that it keeps open between two loans, since opening one costs as much as a step.

    At most so many lie here unused; each was given back after its transaction ended, so it holds nothing.
    """

    def __init__(self, connect: Callable[[], Connection], *, kept: int) -> None:
        self._connect, self._kept = connect, kept
        self._free: list[tuple[float, Connection]] = []

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """A connection for one transaction; one that failed is not lent again."""
        connection = self._take()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if len(self._free) < self._kept and not (connection.invalidated or connection.in_transaction()):
            self._free.append((time.monotonic(), connection))
        else:
            connection.close()

    def _take(self) -> Connection:
        try:
            rested_at, connection = self._free.pop()
        except IndexError:
            return self._connect()
        if time.monotonic() - rested_at < TRUSTED_SECONDS:
            return connection
        # Back through the pool, which notices a server that was restarted while it lay here.
        connection.info[LAY_SINCE] = rested_at
        connection.close()
        return self._take()

    def close(self) -> None:
        """Give back what lies here."""
        while self._free:
            self._free.pop()[1].close()


class Database:
    """Connections to one database; safe to share between threads, to be made anew after a fork."""

    def __init__(self, url: str) -> None:
        self.url = url
        make = _sqlite if url.startswith("sqlite") else _postgresql
        self.engine = make(url)
        # Its connections refuse to write, and each of their statements stands alone: no BEGIN, and no ROLLBACK, after
        # which PostgreSQL's driver would forget all prepared statements.
        self.readers = make(url, reads=True)
        self.remembered = Remembered()
        self._writers = Lender(lambda: self.engine.connect(), kept=2)
        self._alone = Lender(lambda: self.engine.connect().execution_options(isolation_level="AUTOCOMMIT"), kept=2)
        self._reading = Lender(lambda: self.readers.connect(), kept=8)

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing: commits at the end, rolls back on any error. On SQLite the one writer at a time."""
        with self._writers.lent() as connection:
            if self.is_sqlite:
                # A writer takes the lock at once; otherwise two readers that both turn writers would block each other.
                _begin(connection, "BEGIN IMMEDIATE")
            yield connection
            # Where nothing went through SQLAlchemy, it has nothing to put in order and would only take its time.
            if connection.in_transaction():
                connection.commit()
            else:
                _commit(connection)

    def alone(self) -> AbstractContextManager[Connection]:
        """A connection on which every statement is a transaction of its own; PostgreSQL only."""
        return self._alone.lent()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading, which refuses to write; each statement sees what is there when it begins."""
        with self._reading.lent() as connection:
            try:
                yield connection
            finally:
                connection.rollback()

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
        for lender in (self._writers, self._alone, self._reading):
            lender.close()
        self.engine.dispose()
        self.readers.dispose()


def _postgresql(url: str, *, reads: bool = False) -> Engine:
    settings: dict[str, Any] = {"prepare_threshold": 2, "application_name": "partnerstwo"}
    own: dict[str, Any] = {}
    if reads:
        # Added to options that the address itself names. What a page asks is over before it would be compiled.
        named = make_url(url).query.get("options", "")
        settings["options"] = f"{named} -c default_transaction_read_only=on -c jit=off"
        own["isolation_level"] = "AUTOCOMMIT"
    engine = create_engine(url, pool_size=5, max_overflow=15, pool_timeout=10, connect_args=settings, **own)

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info["rested_at"] = record.info.pop(LAY_SINCE, None) or time.monotonic()

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


def _sqlite(url: str, *, reads: bool = False) -> Engine:
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
            "wal_autocheckpoint=4000",
            f"query_only={'ON' if reads else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    if reads:
        return engine

    @event.listens_for(engine, "begin")
    def _begin_reading(connection: Connection) -> None:
        if not _driver(connection).in_transaction:
            _begin(connection, "BEGIN")

    return engine


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _begin(connection: Connection, words: str) -> None:
    try:
        _driver(connection).execute(words)
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_known(connection, words, error) from error


def _commit(connection: Connection) -> None:
    try:
        _driver(connection).commit()
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_known(connection, "COMMIT", error) from error
