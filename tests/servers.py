"""The real servers that tests talk to: databases made from a migrated template, and a private broker."""

import fcntl
import hashlib
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.postgres import CHECKOUT, HALL
from web.ops.embedded_broker import choose_broker
from web.ops.orphan_reaper import OrphanReaper
from workflow.db import schema
from workflow.db.database import Database

KEPT = ("workflow/models", "workflow/migrations", "workflow/db/schema.py", "workflow/db/database.py")


class NoServerError(Exception):
    """Says which server is missing and how to bring it."""


def digest_of_schema() -> str:
    """Changes whenever something that shapes the database does, so that an old template is never used."""
    files = [path for name in KEPT for path in sorted((CHECKOUT / name).rglob("*.py"))]
    files += [CHECKOUT / name for name in KEPT if name.endswith(".py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def migrate(url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    # Closing the last connection folds SQLite's log into its file, which may then be copied.
    database.close()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one test process at a time through."""
    HALL.mkdir(mode=0o755, exist_ok=True)
    with (HALL / f"{name}.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def named(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def plain(url: str) -> str:
    """The address as PostgreSQL's own library reads it."""
    return re.sub(r"^postgres(ql)?(\+psycopg)?:", "postgresql:", url)


def numbered(url: str, number: int) -> str:
    """The address of another database number on the same Redis."""
    parts = urlsplit(url)
    part = {"query": f"db={number}"} if parts.scheme == "unix" else {"path": f"/{number}"}
    return parts._replace(**part).geturl()


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
        with alone("postgres-template"):
            found = self.admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not found:
                draft = f"partnerstwo_draft_{secrets.token_hex(6)}"
                self.create(draft)
                migrate(named(self.url, draft))
                words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                self.admin.execute(words.format(sql.Identifier(draft), sql.Identifier(name)))
        return name

    def create(self, name: str, *, template: str = "template0") -> str:
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self.admin.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
        return named(self.url, name)

    def drop(self, name: str) -> None:
        self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def sqlite_template() -> Path:
    """A migrated SQLite file to copy; the first process that asks makes it."""
    path = HALL / f"template-{digest_of_schema()}.sqlite3"
    with alone("sqlite-template"):
        if not path.exists():
            for old in HALL.glob("*.sqlite3*"):
                old.unlink(missing_ok=True)
            draft = HALL / "draft.sqlite3"
            migrate(f"sqlite:///{draft}")
            draft.replace(path)
    return path


class PrivateRedis:
    """A broker of one's own, which a test may stop, kill, flush and start again on the same address."""

    def __init__(self, data: Path) -> None:
        self.broker = choose_broker(None, data=data)
        if not self.broker.command:
            raise NoServerError("no Valkey or Redis for the tests: run ./run test, or set TEST_REDIS_URL.")
        self.reaper = OrphanReaper()
        self.log = (data / "broker.log").open("ab")
        self.start()

    @property
    def url(self) -> str:
        return self.broker.url

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.broker.command,
            stdout=self.log,
            stderr=self.log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.reaper.watch(self.process.pid)
        deadline = time.monotonic() + 20
        while not self.broker.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NoServerError(f"{self.broker.command[0]} did not start: see {self.log.name}.")
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.terminate()
        self._gone()

    def kill(self) -> None:
        self.process.kill()
        self._gone()

    def silence(self) -> None:
        """From now on it takes connections and requests and answers nothing, as a machine that hangs."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process.poll() is None:
            self.resume()
            self.stop()
        self.reaper.close()
        self.log.close()
        self.broker.remove()

    def _gone(self) -> None:
        self.process.wait()
        self.reaper.forget(self.process.pid)
