"""Databases for tests: migrated templates, and one PostgreSQL database a test process that is emptied between tests."""

import contextlib
import fcntl
import hashlib
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests import kept_connections
from tests.postgres import CHECKOUT, HALL, KEPT
from workflow.db import schema
from workflow.db.database import Database

# What shapes the tables of a database.
SOURCES = ("workflow/models", "workflow/migrations", "workflow/db/schema.py", "workflow/db/database.py")
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
# Tables that have grown; deleted rows would slow down whatever reads them.
GROWN = f"{TABLES} AND relname = ANY(%s) AND pg_relation_size(oid) > 1000000"
SEQUENCES = """
    SELECT string_agg(format('setval(%L, %s, false)', seqrelid::regclass, seqstart), ', ') FROM pg_sequence
"""
# Whoever is connected, but for ourselves and for those that are kept.
DISCONNECT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> ALL(%s)
"""
DISCONNECT_SECONDS = 10.0
# How often rows of the catalogue were written, and the version: other values as soon as a table, column, index, trigger or
# function is another one. Whoever wrote has been disconnected or reset, and thereby counted.
CHANGES = """
    SELECT concat(sum(pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)
                      + pg_stat_get_tuples_deleted(oid)), ' ', (SELECT string_agg(version_num, ' ') FROM alembic_version))
    FROM pg_class
    WHERE relnamespace = 'pg_catalog'::regnamespace
        AND relname IN ('pg_class', 'pg_attribute', 'pg_trigger', 'pg_constraint', 'pg_proc', 'pg_namespace', 'pg_index')
"""


@cache
def digest_of_schema() -> str:
    """Changes whenever something that shapes the tables does, so that an old template is never used."""
    files = [path for name in SOURCES for path in sorted((CHECKOUT / name).rglob("*.py"))]
    files += [CHECKOUT / name for name in SOURCES if name.endswith(".py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def migrate(url: str) -> None:
    """Bring a database up to date."""
    database = Database(url)
    schema.upgrade(database)
    # Closing the last connection writes SQLite's log into its file, which may then be copied.
    database.close()


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Let one test process of this machine at a time through."""
    HALL.mkdir(mode=0o755, exist_ok=True)
    with (HALL / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def named(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def plain(url: str) -> str:
    """The address as PostgreSQL's own library reads it."""
    return re.sub(r"^postgres(ql)?(\+psycopg)?:", "postgresql:", url)


class Postgres:
    """Makes databases on one server from a migrated template."""

    def __init__(self, url: str) -> None:
        self.url = plain(url).replace("postgresql:", "postgresql+psycopg:", 1)
        self.admin = psycopg.connect(plain(url), autocommit=True)

    def close(self) -> None:
        self.admin.close()

    def template(self) -> str:
        """The name of the template; the first process that asks makes it."""
        name = f"partnerstwo_template_{digest_of_schema()}"
        with exclusive("postgres-template"):
            exists = self.admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not exists:
                draft = f"partnerstwo_draft_{secrets.token_hex(6)}"
                self.create(draft)
                migrate(named(self.url, draft))
                words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                self.admin.execute(words.format(sql.Identifier(draft), sql.Identifier(name)))
        return name

    def create(self, name: str, *, template: str = "template0") -> str:
        """Make a database and return its address."""
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self.admin.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
        return named(self.url, name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @property
    def may_skip_triggers(self) -> bool:
        """Whether our account may delete what triggers protect: only a superuser may."""
        (allowed,) = self.admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() or (0,)
        return bool(allowed)


class ReusedDatabase:
    """One database for all tests of a process, one after the other; each gets it as empty as the template.

    Copying the template takes a tenth of a second and more, emptying the tables some milliseconds. A test that
    changed the tables themselves costs a new copy.
    """

    def __init__(self, server: Postgres, template: str) -> None:
        self.server, self.template = server, template
        self.name = f"partnerstwo_test_{secrets.token_hex(6)}"
        self.url = named(server.url, self.name)
        self.connection: psycopg.Connection | None = None
        self.changes = ""

    def empty(self) -> str:
        """Disconnect everybody, remove every row, start all numbers anew; returns the address."""
        if self.connection is None or not self._emptied(self.connection):
            self.drop()
            self._create()
        return self.url

    def drop(self) -> None:
        """Remove the database, if there is one."""
        kept_connections.forget()
        if self.connection:
            self.connection.close()
            self.connection = None
        self.server.drop(self.name)

    def _create(self) -> None:
        self.server.create(self.name, template=self.template)
        if not self.server.may_skip_triggers:
            return
        self.connection = connection = psycopg.connect(plain(self.url), autocommit=True)
        # Triggers and foreign keys are not asked on this connection: the history refuses DELETE, also from tests.
        connection.execute("SET session_replication_role = replica")
        self.changes = _text(connection, CHANGES)
        tables = [name for (name,) in connection.execute(TABLES)]
        self.filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        self.restart = f"SELECT {_text(connection, SEQUENCES)}"

    def _emptied(self, connection: psycopg.Connection) -> bool:
        """Whether the database is now as the template was; False where its tables are others."""
        try:
            _disconnect(connection, [connection.info.backend_pid, *kept_connections.reset_unused()])
            if _text(connection, CHANGES) != self.changes:
                return False
            filled = [name for (name,) in connection.execute(self.filled)]
            # One request, as one transaction.
            connection.execute("; ".join([*(f"DELETE FROM {name}" for name in filled), self.restart]))  # type: ignore[call-overload]
            for (name,) in connection.execute(GROWN, (filled,)).fetchall():
                connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))
        except psycopg.Error:
            # A table that is gone, or the whole database.
            with contextlib.suppress(psycopg.Error):
                connection.rollback()
            return False
        return True


def _disconnect(connection: psycopg.Connection, but: Sequence[int]) -> None:
    """End all other sessions in this database, and wait until they are gone."""
    until = time.monotonic() + DISCONNECT_SECONDS
    while connection.execute(DISCONNECT, (list(but),)).fetchone() and time.monotonic() < until:
        time.sleep(0.002)


def _text(connection: psycopg.Connection, query: str) -> str:
    (found,) = connection.execute(query).fetchone() or ("",)
    return str(found)


def sqlite_template() -> Path:
    """A migrated SQLite file to copy; the first process of this checkout that asks makes it."""
    path = KEPT / f"template-{digest_of_schema()}.sqlite3"
    with exclusive("sqlite-template"):
        if not path.exists():
            KEPT.mkdir(mode=0o755, exist_ok=True)
            for old in KEPT.glob("*.sqlite3*"):
                old.unlink(missing_ok=True)
            draft = KEPT / "draft.sqlite3"
            migrate(f"sqlite:///{draft}")
            draft.replace(path)
    return path
