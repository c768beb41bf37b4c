"""The database: connections for writing and for reading, and the only commit in the house."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError

from workflow.db import after_commit, dialect, wake_up
from workflow.db.writer_queue import WriterQueue

Result = TypeVar("Result")


class OpenConnections:
    """Connections that stay open between two transactions, since taking one from the pool costs as much as a step.

    At most so many are kept unused; each was returned after its transaction ended, so it locks nothing.
    """

    def __init__(self, connect: Callable[[], Connection], *, maximum: int) -> None:
        self._connect, self._maximum = connect, maximum
        self._unused: list[tuple[float, Connection]] = []

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for one transaction; one that failed is closed."""
        connection = self._take()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if len(self._unused) < self._maximum and not (connection.invalidated or connection.in_transaction()):
            self._unused.append((time.monotonic(), connection))
        else:
            connection.close()

    def _take(self) -> Connection:
        try:
            since, connection = self._unused.pop()
        except IndexError:
            return self._connect()
        if time.monotonic() - since < dialect.TRUSTED_SECONDS:
            return connection
        # Back through the pool, which notices a server that was restarted since.
        connection.info[dialect.UNUSED_SINCE] = since
        connection.close()
        return self._take()

    def close(self) -> None:
        """Give back what is kept here."""
        while self._unused:
            self._unused.pop()[1].close()


class Database:
    """Connections to one database; safe to share between threads, to be made anew after a fork.

    `poll_keys` is the folder of the keys of open secret votes, which must not be in the database; beside an embedded
    database unless another one is named.
    """

    def __init__(self, url: str, *, poll_keys: Path | None = None) -> None:
        self.url = url
        self.engine = dialect.make_engine(url)
        self.readers = dialect.make_engine(url, dialect.Use.READING)
        self._unsynced_engine = dialect.make_engine(url, dialect.Use.UNSYNCED)
        file = _file_of(url)
        self.poll_keys = poll_keys or (file.parent / "polls" if file else None)
        self._queue = WriterQueue(file.with_name(f"{file.name}.queue")) if file else None
        for engine in (self.engine, self.readers):
            engine.update_execution_options(**{dialect.POLL_KEYS: self.poll_keys})
        self._writing = OpenConnections(lambda: self.engine.connect(), maximum=2)
        self._reading = OpenConnections(lambda: self.readers.connect(), maximum=8)
        self._unsynced = OpenConnections(lambda: self._unsynced_engine.connect(), maximum=2)
        self._first: Callable[[Connection], None] | None = None
        self.last_message = wake_up.LastMessage()

    def beginning_with(self, first: Callable[[Connection], None]) -> "Database":
        """The same database and connections; each of its transactions for writing begins with `first`."""
        same = copy(self)
        same._first = first
        return same

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded database."""
        return dialect.is_sqlite(self.engine)

    @contextmanager
    def transaction(self, *, queued: bool = False) -> Iterator[Connection]:
        """All or nothing: commits at the end, rolls back on any error. On SQLite the one writer at a time.

        With `queued` a writer waits there for those who came before, where many write at once for a moment: ballots.
        What was handed to `after_commit` in it is done once it is committed, and then workers are woken where
        the transaction asked for it (`wake_up.after_commit`).
        """
        turn = self._queue.turn() if queued and self._queue else nullcontext()
        with turn, self._writing.connection() as connection:
            # What a transaction asked for that was rolled back on this connection is forgotten.
            after_commit.forget(connection)
            wake_up.was_asked(connection)
            dialect.begin_writing(connection)
            if self._first:
                self._first(connection)
            yield connection
            dialect.commit(connection)
            wakes = wake_up.was_asked(connection)
            after_commit.carry_out(connection)
        if wakes:
            wake_up.send(self)

    @contextmanager
    def unsynced(self) -> Iterator[Connection]:
        """A connection on which each statement commits by itself without waiting for the disk.

        What was written survives a killed process; a power cut within the next second may lose it.
        """
        with self._unsynced.connection() as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading, which refuses to write; each statement sees what is there when it begins."""
        with self._reading.connection() as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees the database as it was at its first statement, however long it reads."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    def in_transaction(self, work: Callable[[Connection], Result], *, queued: bool = False) -> Result:
        """Do the work in a transaction, and once or twice again where the database chose it as a deadlock's victim."""
        for last in (False, False, True):
            try:
                with self.transaction(queued=queued) as tx:
                    return work(tx)
            except DBAPIError as error:
                if last or getattr(error.orig, "sqlstate", None) != dialect.DEADLOCK:
                    raise
                time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - a pause, not a secret
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Give all connections back."""
        for connections in (self._writing, self._reading, self._unsynced):
            connections.close()
        for engine in (self.engine, self.readers, self._unsynced_engine):
            engine.dispose()


def _file_of(url: str) -> Path | None:
    """The file of an embedded database."""
    path = make_url(url).database if url.startswith("sqlite") else None
    return Path(path) if path and path != ":memory:" else None
