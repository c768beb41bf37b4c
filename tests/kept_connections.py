"""Connections to the PostgreSQL database of this test process that outlive a test.

A new connection is a new process of the server, which reads the catalogue again before it answers: more than what a
small test asks. One that a test gives back is kept as it was when it was made, and handed to the next that asks.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus

# The databases whose connections are kept: those of `tests.databases.ReusedDatabase`.
PREFIX = "partnerstwo_test_"
# Settings, locks, channels and plans of whoever had it before: a plan made for empty tables reads thousands of rows again
# and again. What was counted is written, so that `CHANGES` sees it.
RESET = b"RESET ALL; UNLISTEN *; DISCARD PLANS; SELECT pg_advisory_unlock_all(), pg_stat_force_next_flush()"
Key = tuple[object, ...]
_unused: dict[Key, list["KeptConnection"]] = {}


class KeptConnection(psycopg.Connection[Any]):
    """A connection that is kept where it would be closed, unless it is broken or within a transaction."""

    key: Key = ()
    is_unused = False

    def close(self) -> None:
        """Give it back for the next test."""
        if self.is_unused:
            return
        if self.pgconn.transaction_status != TransactionStatus.IDLE or self.key[:1] != (os.getpid(),):
            super().close()
            return
        self.autocommit, self.isolation_level, self.read_only, self.deferrable = False, None, None, None
        self._notice_handlers.clear()
        self.is_unused = True
        _unused.setdefault(self.key, []).append(self)

    def end(self) -> None:
        """Close it for good."""
        super().close()

    def asks(self, words: bytes) -> bool:
        """Whether the server answers."""
        return self.pgconn.exec_(words).status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK, ExecStatus.EMPTY_QUERY)


def connect(_dialect: Any, _record: Any, _arguments: Any, settings: Mapping[str, Any]) -> KeptConnection | None:
    """A connection with these settings; None for a database whose connections are not kept. SQLAlchemy's `do_connect`."""
    if not str(settings.get("dbname", "")).startswith(PREFIX):
        return None
    # The adapters of all our engines are alike.
    key = (os.getpid(), *sorted((name, str(value)) for name, value in settings.items() if name != "context"))
    while unused := _unused.get(key):
        connection = unused.pop()
        if connection.asks(b""):
            connection.is_unused = False
            return connection
        connection.end()
    connection = KeptConnection.connect(**settings)
    connection.key = key
    return connection


def reset_unused() -> Iterable[int]:
    """Bring all that are kept to where they began; the numbers of their processes."""
    for connections in _unused.values():
        for connection in list(connections):
            if not connection.asks(RESET):
                connections.remove(connection)
                connection.end()
    return [connection.info.backend_pid for connections in _unused.values() for connection in connections]


def forget() -> None:
    """Close all, before their database is removed."""
    for connections in _unused.values():
        while connections:
            connections.pop().end()
