"""Worlds that were made before: their rows are written again into an empty database at once, not step by step.

A step takes some milliseconds and a proposal "in implementation" needs forty of them, so what a world does first after
it was made is done by the machine once and copied from then on. Only rows are added and numbers are kept, so a
database that is not as empty as it was the first time refuses them, and the steps are taken after all.
"""

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import DBAPIError

from workflow.base.calendar import utc_now, warsaw_date
from workflow.models import Base, Person
from workflow.models.base import table_of
from workflow.rules.facts import Ref

if TYPE_CHECKING:
    from tests.programme import Programme

# Written by triggers when a proposal is.
BY_TRIGGER = frozenset({"proposal_person", "search_word", "state_tally"})
# How long a moment counts as now: no rule that a test of a shared world is about asks for less than a quarter of an hour.
RECENT_SECONDS = 600.0


@dataclass(frozen=True)
class Copy:
    """What a call added to an empty world: rows by table, what the world knew afterwards, and the answer."""

    rows: tuple[tuple[Table, tuple[dict[str, Any], ...]], ...]
    # Sets the database's own numbers to what they were, on PostgreSQL: some are used up without a row.
    restart: str
    at: datetime
    phases: dict[Ref, str]
    summaries: dict[Ref, Ref]
    made: int
    answer: Ref


_copies: dict[Hashable, Copy] = {}
_recent: list[tuple[float, datetime]] = []


def recent_now() -> datetime:
    """Now, or a moment ago that other worlds began with, so that they can share what they do first."""
    now = utc_now()
    if _recent:
        since, moment = _recent[0]
        if time.monotonic() - since < RECENT_SECONDS and warsaw_date(moment) == warsaw_date(now):
            return moment
        _forget(moment)
    _recent[:] = [(time.monotonic(), now)]
    return now


def _forget(moment: datetime) -> None:
    for key in [key for key in _copies if isinstance(key, tuple) and moment in key]:
        del _copies[key]


def first_call(world: "Programme", call: Hashable, make: Callable[[], Ref]) -> Ref:
    """The answer of a call on a world; written from a copy where it is the first one and was made before."""
    if not world.is_untouched:
        return make()
    with world.database.reading() as tx:
        people = _people(tx)
    # What is written may tell of the people, and a test may have changed them.
    key = (type(world), world.database.engine.dialect.name, world.now, call, people)
    copy = _copies.get(key)
    if copy is None:
        return _first_of_all(world, key, make)
    try:
        with world.database.transaction() as tx:
            _write(tx, copy)
    except DBAPIError:
        return make()
    world.at, world.made = copy.at, copy.made
    world.phases, world.summaries = dict(copy.phases), dict(copy.summaries)
    return copy.answer


def _first_of_all(world: "Programme", key: Hashable, make: Callable[[], Ref]) -> Ref:
    """Do it by steps, and copy what they wrote where it was alone in the database and changed nobody."""
    with world.database.reading() as tx:
        people, is_alone = _people(tx), not any(_rows(tx))
    answer = make()
    with world.database.reading() as tx:
        if is_alone and people == _people(tx):
            known = (world.at, dict(world.phases), dict(world.summaries), world.made)
            _copies[key] = Copy(tuple(_rows(tx)), _restart(tx), *known, answer)
    return answer


def _people(tx: Connection) -> tuple[tuple[Any, ...], ...]:
    columns = [column for column in table_of(Person).c if column.name != "password_hash"]
    return tuple(tuple(row) for row in tx.execute(select(*columns).order_by(Person.id)))


def _tables() -> Iterator[Table]:
    return (table for table in Base.metadata.sorted_tables if table.name not in BY_TRIGGER | {Person.__tablename__})


def _rows(tx: Connection) -> Iterator[tuple[Table, tuple[dict[str, Any], ...]]]:
    for table in _tables():
        rows = tx.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
        if rows:
            yield table, tuple(dict(row) for row in rows)


def _restart(tx: Connection) -> str:
    if tx.dialect.name != "postgresql":
        return ""
    # People may be added before and after.
    query = """
        SELECT sequencename, last_value FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> 'person_id_seq'
    """
    return "SELECT " + ", ".join(f"setval('{name}', {value})" for name, value in tx.exec_driver_sql(query))


def _write(tx: Connection, copy: Copy) -> None:
    for table, rows in copy.rows:
        tx.execute(insert(table), list(rows))
    if copy.restart:
        tx.exec_driver_sql(copy.restart)
