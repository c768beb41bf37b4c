"""Statements that are compiled once and run on the driver: alone or together, with SQLAlchemy's errors."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.world import World
from workflow.db.database import Database
from workflow.db.number_lists import in_list
from workflow.db.statements import Query, RowType, Statement, among, query_together, run_together, slot
from workflow.models import Edition, Person, Seat, Switch
from workflow.models.base import table_of

SWITCH = table_of(Switch)
NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
ADD = Statement(insert(SWITCH).values({column.name: slot(column.name, column) for column in SWITCH.c}))
READ = Statement(select(*RowType(tuple(SWITCH.c)).columns()).order_by(SWITCH.c.name))
SET = Statement(update(SWITCH).where(SWITCH.c.name == bindparam("which")).values(value=slot("value", SWITCH.c.value)))


def switch(name: str, value: str = "on") -> dict[str, object]:
    return {"name": name, "value": value, "changed_at": NOW}


def test_each_of_several_sees_what_those_before_it_did(database: Database) -> None:
    with database.transaction() as tx:
        added, read, changed, again = run_together(
            tx, [(ADD, switch("a")), (READ, {}), (SET, {"which": "a", "value": "off"}), (READ, {})]
        )
    assert added.rowcount == changed.rowcount == 1
    assert [row[1] for row in read.rows] == ["on"]
    assert [row[1] for row in again.rows] == ["off"]


def test_a_row_reads_its_values_in_their_types(database: Database) -> None:
    kind = RowType(tuple(SWITCH.c))
    with database.transaction() as tx:
        ADD.run(tx, switch("a"))
        row = kind.row(READ.run(tx, {}).fetchone(), 0, tx.dialect)
    assert dict(row) == {"name": "a", "value": "on", "changed_at": NOW, "changed_by_id": None}


SEAT = table_of(Seat)
FIRST = date(2026, 9, 1)


def test_a_query_answers_as_sqlalchemy_does_by_name_and_in_the_same_types(world: World) -> None:
    edition = world.edition("conferences")
    is_first = (SEAT.c.number == 1).label("is_first")
    query = (
        select(SEAT.c.number, is_first, SEAT.c.from_on, SEAT.c.to_on, Edition.settings, Edition.created_at,
               func.coalesce(SEAT.c.to_on, SEAT.c.from_on))
        .join(Edition, Edition.id == SEAT.c.edition_id)
        .where(SEAT.c.edition_id == slot("edition", SEAT.c.edition_id)).order_by(SEAT.c.number)
    )  # fmt: skip
    asked = Query(query)
    with world.database.transaction() as tx:
        seat = {"edition_id": edition.id, "body": "committee", "function": "member", "from_on": FIRST}
        tx.execute(insert(SEAT), [{**seat, "number": number} for number in (1, 2)])
        rows = asked.all(tx, {"edition": edition.id})
        assert [tuple(row) for row in rows] == [tuple(row) for row in tx.execute(query, {"edition": edition.id})]
        assert [(row.number, row.is_first, row.from_on, row.to_on) for row in rows] == [
            (1, True, FIRST, None), (2, False, FIRST, None)]  # fmt: skip
        assert [type(value) for value in rows[0][:3]] == [int, bool, date]
        assert isinstance(rows[0].settings, dict)
        assert rows[0].created_at.tzinfo is UTC
        assert asked.first(tx, {"edition": edition.id}) == rows[0]
        assert asked.first(tx, {"edition": 0}) is None


def test_queries_asked_together_answer_in_their_order(world: World) -> None:
    edition = world.edition("conferences")
    keys = Query(select(Edition.id, Edition.key).where(in_list(Edition.id, "editions")))
    people = Query(select(Person.id).where(among(Person.email, ("chair@example.org", "nobody@example.org"))))
    with world.database.reading() as tx:
        asked = [(keys, {"editions": [edition.id, 0]}), (people, {}), (keys, {"editions": []})]
        found, chair, none = query_together(tx, asked)
    assert [row.id for row in found] == [edition.id]
    assert [row.id for row in chair] == [world["chair"].id]
    assert none == []


def test_one_that_fails_among_several_raises_the_known_error_and_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as tx:
        run_together(tx, [(ADD, switch("a")), (ADD, switch("b")), (ADD, switch("a")), (ADD, switch("c"))])
    with database.transaction() as tx:
        (read,) = run_together(tx, [(READ, {})])
    assert not read.rows


def test_a_savepoint_takes_back_what_ran_together_and_nothing_before_it(database: Database) -> None:
    with database.engine.connect() as tx:
        outer = tx.begin()
        run_together(tx, [(ADD, switch("a")), (SET, {"which": "a", "value": "first"})])
        point = tx.begin_nested()
        run_together(tx, [(SET, {"which": "a", "value": "second"}), (ADD, switch("b"))])
        point.rollback()
        (read,) = run_together(tx, [(READ, {})])
        outer.rollback()
    assert [tuple(row[:2]) for row in read.rows] == [("a", "first")]


def test_a_connection_that_the_server_closed_is_given_up(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)
    with pytest.raises(DBAPIError) as caught, database.transaction() as tx:
        pid = tx.execute(text("SELECT pg_backend_pid()")).scalar()
        with other.transaction() as killer:
            killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        run_together(tx, [(READ, {}), (READ, {})])
    assert caught.value.connection_invalidated
    with database.transaction() as tx:
        assert run_together(tx, [(READ, {}), (READ, {})])
    database.close()
    other.close()


@pytest.mark.parametrize(
    "first",
    [
        lambda tx: run_together(tx, [(ADD, switch("a"))]),
        lambda tx: run_together(tx, [(ADD, switch("a")), (READ, {})]),
        lambda tx: ADD.run(tx, switch("a")),
        lambda tx: tx.execute(insert(SWITCH).values(switch("a"))),
        lambda tx: tx.exec_driver_sql(f"INSERT INTO switch (name, value, changed_at) VALUES ('a', 'on', '{NOW}')"),
    ],
    ids=["together alone", "together", "compiled", "by SQLAlchemy", "as text"],
)
def test_whatever_a_writer_asks_first_is_undone_with_the_rest(
    database: Database, first: Callable[[Any], object]
) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        first(tx)
        ADD.run(tx, switch("b"))
        raise ZeroDivisionError
    with database.transaction() as tx:
        first(tx)
        with tx.begin_nested() as point:
            ADD.run(tx, switch("b"))
            point.rollback()
    with database.reading() as tx:
        assert tx.execute(select(SWITCH.c.name)).scalars().all() == ["a"]


def test_a_snapshot_sees_one_moment(database: Database) -> None:
    with database.snapshot() as look:
        assert look.execute(select(SWITCH.c.name)).all() == []
        with database.transaction() as tx:
            ADD.run(tx, switch("a"))
        assert look.execute(select(SWITCH.c.name)).all() == []
    with database.transaction() as tx:
        assert tx.execute(select(SWITCH.c.name)).scalars().all() == ["a"]
