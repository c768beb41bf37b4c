"""Worlds that were made before: their rows are written again into an empty database at once, not step by step.

A step takes some milliseconds and a proposal "in implementation" needs forty of them, so what a world does first after
it was made is done by the machine once for all test processes of a run, in an embedded database of its own, and
written into either kind of database from then on. Only rows are added and numbers are kept, so a database that is not
as empty as that one was refuses them, and the steps are taken after all.
"""

import contextlib
import copy
import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Table, insert, select

from tests.databases import sqlite_template
from tests.memory import folder_in_memory
from tests.postgres import KEPT
from workflow.base.calendar import utc_now, warsaw_date
from workflow.db.database import Database
from workflow.models import Base, Person
from workflow.models.base import table_of
from workflow.rules.facts import Ref

if TYPE_CHECKING:
    from tests.programme import Programme

# Written by triggers when a proposal is.
BY_TRIGGER = frozenset({"proposal_person", "search_word", "state_tally"})
# How long a moment counts as now: no rule that a test of a shared world is about asks for less than a quarter of an hour.
RECENT_SECONDS = 600.0
OLD_SECONDS = 3600.0


# What the test processes of one run share; nothing where there is one process.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
SHARED = KEPT / "worlds" / RUN if RUN else None
People = list[dict[str, Any]]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Rows:
    """All rows of one table, as the embedded database keeps them."""

    table: str
    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]

    def for_postgresql(self) -> str:
        """A statement with every value written out, and the one that lets numbers go on from there."""
        rows = "), (".join(", ".join(map(_written, row)) for row in self.values)
        words = f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({rows})"
        counted = Base.metadata.tables[self.table].autoincrement_column
        if counted is None:
            return words
        last = max(row[self.columns.index(counted.name)] for row in self.values)
        return f"{words}; SELECT setval(pg_get_serial_sequence('{self.table}', '{counted.name}'), {last})"


@dataclass(frozen=True)
class Copy:
    """What a call added to an empty world: its rows, what the world knew afterwards, and the answer."""

    rows: tuple[Rows, ...]
    at: datetime
    phases: dict[Ref, str]
    summaries: dict[Ref, Ref]
    made: int
    answer: Any


_copies: dict[str, Copy] = {}
_scripts: dict[str, str] = {}
_recent: list[tuple[float, datetime]] = []


def recent_now() -> datetime:
    """Now, or a moment ago that other worlds began with, so that they can share what they do first."""
    now = utc_now()
    if _recent:
        since, moment = _recent[0]
        if time.monotonic() - since < RECENT_SECONDS and warsaw_date(moment) == warsaw_date(now):
            return moment
        _copies.clear()
        _scripts.clear()
    _recent[:] = [_shared_now(now)]
    return _recent[0][1]


def _shared_now(now: datetime) -> tuple[float, datetime]:
    """The moment that another process of the run began with, unless that is too long ago, and when that was."""
    path = SHARED / "now" if SHARED else None
    if path and path.exists():
        moment = datetime.fromisoformat(path.read_text("utf-8"))
        passed = (now - moment).total_seconds()
        if 0 <= passed < RECENT_SECONDS and warsaw_date(moment) == warsaw_date(now):
            return time.monotonic() - passed, moment
    if path:
        _share(path, now.isoformat().encode())
    return time.monotonic(), now


def first_call(world: "Programme", call: Hashable, make: Callable[[Any], Answer]) -> Answer:
    """The answer of a call on a world, one or more references; written from a copy where it is the first one."""
    if not world.is_untouched:
        return make(world)
    with world.database.reading() as tx:
        people = [dict(row) for row in tx.execute(select(table_of(Person)).order_by(Person.id)).mappings()]
    prepared = _copy_of(world, call, people, make)
    try:
        with world.database.transaction() as tx:
            _write(tx, *prepared)
    except world.database.engine.dialect.loaded_dbapi.Error:
        return make(world)
    _, made = prepared
    world.at, world.made = made.at, made.made
    world.phases, world.summaries = dict(made.phases), dict(made.summaries)
    answer: Answer = made.answer
    return answer


def _copy_of(world: "Programme", call: Hashable, people: People, make: Callable[[Any], Any]) -> tuple[str, Copy]:
    """The key and the copy of a call, from this process, from another one, or made now."""
    # What is written may tell of the people, and a test may have changed them.
    known = [{name: value for name, value in person.items() if name != "password_hash"} for person in people]
    key = sha256(repr((type(world).__qualname__, world.now, call, known)).encode()).hexdigest()
    path = SHARED / key if SHARED else None
    if key not in _copies and path and path.exists():
        _copies[key] = pickle.loads(path.read_bytes())
    if key not in _copies:
        _copies[key] = _made(world, people, make)
        if path:
            _share(path, pickle.dumps(_copies[key]))
    return key, _copies[key]


def _made(world: "Programme", people: People, make: Callable[[Any], Any]) -> Copy:
    """What the steps of a call write, in a database of its own with these people."""
    with tempfile.TemporaryDirectory(dir=folder_in_memory()) as folder:
        path = Path(folder) / "world.sqlite3"
        path.write_bytes(sqlite_template().read_bytes())
        with closing(Database(f"sqlite:///{path}")) as database:
            with database.transaction() as tx:
                tx.execute(insert(table_of(Person)), people)
            twin = copy.copy(world)
            twin.database, twin.phases, twin.summaries = database, {}, {}
            answer = make(twin)
            with database.reading() as tx:
                rows = tuple(_rows(tx))
    return Copy(rows, twin.at, twin.phases, twin.summaries, twin.made, answer)


def _share(path: Path, content: bytes) -> None:
    """Let the other test processes of this run read something, all of it or nothing."""
    if not path.parent.exists():
        _remove_old_runs()
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _remove_old_runs() -> None:
    """Remove what runs of more than an hour ago shared: no process of theirs is left."""
    for folder in (KEPT / "worlds").glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > OLD_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _rows(tx: Connection) -> Iterator[Rows]:
    for table in Base.metadata.sorted_tables:
        if table.name not in BY_TRIGGER | {Person.__tablename__}:
            found = _driver(tx).execute(_query(table)).fetchall()
            if found:
                yield Rows(table.name, tuple(column.name for column in table.columns), found)


def _query(table: Table) -> str:
    columns, ordered = ([column.name for column in some] for some in (table.columns, table.primary_key.columns))
    return f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY {', '.join(ordered)}"


def _write(tx: Connection, key: str, made: Copy) -> None:
    if tx.dialect.name == "postgresql":
        if key not in _scripts:
            _scripts[key] = "; ".join(rows.for_postgresql() for rows in made.rows)
        _driver(tx).execute(_scripts[key], prepare=False)
        return
    for rows in made.rows:
        marks = ", ".join("?" for _ in rows.columns)
        _driver(tx).executemany(f"INSERT INTO {rows.table} ({', '.join(rows.columns)}) VALUES ({marks})", rows.values)


def _driver(tx: Connection) -> Any:
    return tx.connection.driver_connection


def _written(value: Any) -> str:
    """A value as a literal of PostgreSQL, which reads the texts of dates, truths and documents as the column needs them."""
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value).replace("'", "''")
    return f"'{text}'"
