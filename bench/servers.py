"""The databases that are measured: each with the settings of its name, alone on this machine."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import migrate
from tests.postgres import HALL, Launcher, find_binaries, free_port, reachable, status, stop, unprivileged
from workflow.db.database import Database

SQLITE = "SQLite, synchronous=FULL"
# The quiet of its log changes nothing that is measured.
QUIET = ("--log_min_messages=fatal",)
DURABLE, RELAXED = "PostgreSQL, durable commits", "PostgreSQL, synchronous_commit=off"
POSTGRES = {DURABLE: "on", RELAXED: "off"}


@contextmanager
def databases(only: str = "") -> Iterator[dict[str, Database]]:
    """A fresh, migrated database for each set of settings, by its name."""
    opened: dict[str, Database] = {}
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        opened[SQLITE] = sqlite(Path(folder) / "bench.sqlite3")
        with postgres() as url:
            for name, commit in POSTGRES.items():
                opened[name] = postgresql(url, commit)
            try:
                yield {name: database for name, database in opened.items() if only.lower() in name.lower()}
            finally:
                for database in opened.values():
                    database.close()


def sqlite(path: Path) -> Database:
    """The product's own settings: a commit waits for the disk."""
    migrate(f"sqlite:///{path}")
    return Database(f"sqlite:///{path}")


def postgresql(url: str, commit: str) -> Database:
    """A database of its own, whose sessions wait for the disk or do not."""
    import psycopg

    name = f"bench_{commit}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = {commit}")
    own = url.replace("/postgres", f"/{name}", 1) if url.count("/postgres") == 1 else f"{url.rpartition('/')[0]}/{name}"
    migrate(own)
    return Database(own)


@contextmanager
def postgres() -> Iterator[str]:
    """A server as it is installed, with fsync, started by the launcher of the tests and stopped at the end."""
    HALL.mkdir(mode=0o755, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=HALL))
    account = unprivileged()
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    launcher = reachable(Launcher(find_binaries(), home, account))
    data, port = home / "data", free_port()
    words = ("-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
    if launcher.popen("initdb", *words).wait() != 0:
        raise RuntimeError("initdb failed: see its message above.")
    places = (f"--port={port}", f"--unix_socket_directories={home}", "--listen_addresses=127.0.0.1", *QUIET)
    server = launcher.popen("postgres", "-D", str(data), *places)
    try:
        while "ready" not in status(data):
            if server.poll() is not None:
                raise RuntimeError("PostgreSQL ended before it was ready: see its message above.")
            time.sleep(0.05)
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        stop(server)
        shutil.rmtree(home, ignore_errors=True)
