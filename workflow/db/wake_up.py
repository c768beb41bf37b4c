"""Wakes a waiting worker after the commit of a transaction that wrote something to be sent; decision 0045.

A wake-up message says nothing: what there is to do stands in the database, and a worker that missed one looks there by
itself some seconds later. On PostgreSQL it is a NOTIFY of its own after the commit, since a NOTIFY inside a
transaction makes all commits wait for each other's disk. On SQLite it is a byte in a named pipe beside the database.
Where commits follow each other within `QUIET` seconds, the first one's message serves for all: whoever was woken asks
the database once more `AGAIN` seconds later (decision 0091).
"""

import math
import os
import select
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, PoolProxiedConnection, make_url
from sqlalchemy.exc import SQLAlchemyError

from workflow.db import dialect

if TYPE_CHECKING:
    from workflow.db.database import Database

ASKED = "wakes_workers"
CHANNEL = "partnerstwo_outbox"
NOTIFY, LISTEN = f"NOTIFY {CHANNEL}".encode(), f"LISTEN {CHANNEL}"
# Seconds before a listener that lost its server tries again.
RECONNECT = 1.0
# Seconds after a message in which a process sends no other one, and those after which who got it asks once more.
QUIET, AGAIN = 0.05, 0.06


def after_commit(tx: Connection) -> None:
    """Ask that workers be woken when this transaction has been committed; nothing happens where it is rolled back."""
    tx.info[ASKED] = True


def was_asked(tx: Connection) -> bool:
    """Whether workers are to be woken; asked once."""
    return bool(tx.info.pop(ASKED, False))


@dataclass
class LastMessage:
    """When this process last woke the workers of a database, by `time.monotonic`, before the message was on its way."""

    sent_at: float = -math.inf


def send(database: "Database") -> None:
    """Wake the workers of this database; never waits for one and never raises: nobody may be there.

    Nothing is sent within `QUIET` seconds of a message: what was committed until then is found when it is asked again.
    """
    now, last = time.monotonic(), database.last_message
    if now - last.sent_at < QUIET:
        return
    if database.is_sqlite:
        _write_byte(pipe_of(database.url))
        last.sent_at = now
        return
    with suppress(SQLAlchemyError), database.unsynced() as connection:
        dialect.execute(connection, NOTIFY, ())
        last.sent_at = now


def pipe_of(url: str) -> Path | None:
    """The named pipe of an embedded database; None for one in memory."""
    path = make_url(url).database
    return Path(f"{path}-wake-up") if path and path != ":memory:" else None


def _write_byte(pipe: Path | None) -> None:
    # Without a reader opening fails, and a full pipe means that a worker has not even looked at the last messages.
    with suppress(OSError):
        if pipe and pipe.is_fifo():
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(descriptor, b"1")
            finally:
                os.close(descriptor)


class Listener(Protocol):
    """Waits for wake-up messages; for one thread."""

    def wait(self, seconds: float) -> bool:
        """Whether a message came within so many seconds, or may have been missed; never raises."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def listener(database: "Database") -> Listener:
    """What waits for the wake-up messages of this database."""
    return PipeListener(pipe_of(database.url)) if database.is_sqlite else NotifyListener(database)


class PipeListener:
    """Reads the named pipe of an embedded database; of several workers one gets each message."""

    def __init__(self, pipe: Path | None) -> None:
        self.pipe = pipe
        self._descriptor: int | None = None

    def wait(self, seconds: float) -> bool:
        """Whether a message came; where no pipe can be made, False after the time.

        Also True right after opening the pipe, since what was sent before went to nobody.
        """
        try:
            is_new, descriptor = self._descriptor is None, self._open()
            if is_new:
                return True
            ready, _, _ = select.select([descriptor], [], [], seconds)
            return bool(ready and os.read(descriptor, 65536))
        except OSError:
            time.sleep(seconds)
            return False

    def _open(self) -> int:
        if self.pipe is None:
            raise FileNotFoundError
        if self._descriptor is None:
            with suppress(FileExistsError):
                os.mkfifo(self.pipe, 0o600)
            # Open for writing as well, so that the pipe does not end when the last sender closes it.
            self._descriptor = os.open(self.pipe, os.O_RDWR | os.O_NONBLOCK)
        return self._descriptor

    def close(self) -> None:
        """Stop listening; the pipe stays for other workers."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None


class NotifyListener:
    """Listens on a connection of its own to PostgreSQL, and connects anew where it was lost."""

    def __init__(self, database: "Database") -> None:
        self.database = database
        self._pooled: PoolProxiedConnection | None = None
        self._driver: Any = None

    def wait(self, seconds: float) -> bool:
        """Whether a message came; also True right after connecting, since one may have been missed before."""
        try:
            if self._driver is None:
                self._connect()
                return True
            if any(True for _ in self._driver.notifies(timeout=seconds, stop_after=1)):
                return True
            # A server that has gone without a word is noticed by asking it something.
            self._driver.execute("SELECT 1")
        except (SQLAlchemyError, self.database.engine.dialect.loaded_dbapi.Error, OSError):
            self.close()
            time.sleep(min(RECONNECT, seconds))
        return False

    def _connect(self) -> None:
        self._pooled = self.database.engine.raw_connection()
        driver: Any = self._pooled.driver_connection
        # Out of the pool: it stays as long as this listener.
        self._pooled.detach()
        driver.rollback()
        driver.autocommit = True
        driver.execute(LISTEN)
        self._driver = driver

    def close(self) -> None:
        """Stop listening."""
        if self._pooled is not None:
            with suppress(SQLAlchemyError, self.database.engine.dialect.loaded_dbapi.Error):
                self._pooled.close()
        self._pooled = self._driver = None
