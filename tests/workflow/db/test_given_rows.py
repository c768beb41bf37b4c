"""Many rows handed to one statement, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import insert, select, true, update

from workflow.db.database import Database
from workflow.db.given_rows import given_rows
from workflow.models import Switch
from workflow.models.base import table_of

SWITCH = table_of(Switch)
COLUMNS = (SWITCH.c.name, SWITCH.c.value, SWITCH.c.changed_at, SWITCH.c.changed_by_id)
NOW = datetime(2026, 9, 14, 8, 0, 0, 123_456, tzinfo=UTC)
HOSTILE = "'); DROP TABLE switch; --"
ROWS = [
    {"name": "a", "value": "żółć „x” \\ \n", "changed_at": NOW, "changed_by_id": None},
    {"name": "b", "value": HOSTILE, "changed_at": NOW.astimezone(timezone(timedelta(hours=2))), "changed_by_id": 7},
]


def test_rows_are_written_and_read_as_they_were_given(database: Database) -> None:
    with database.transaction() as tx:
        given = given_rows(tx, COLUMNS, ROWS)
        tx.execute(insert(SWITCH).from_select([column.name for column in COLUMNS], select(given).where(true())))
        rows = [dict(row._mapping) for row in tx.execute(select(SWITCH).order_by(SWITCH.c.name))]
    assert rows == [ROWS[0], {**ROWS[1], "changed_at": NOW}]


def test_each_row_changes_its_own(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(insert(SWITCH), ROWS)
        given = given_rows(tx, COLUMNS[:2], [{"name": "a", "value": "1"}, {"name": "c", "value": "3"}])
        changed = update(SWITCH).where(SWITCH.c.name == given.c.name).values(value=given.c.value)
        assert tx.execute(changed).rowcount == 1
        assert {row.name: row.value for row in tx.execute(select(SWITCH))} == {"a": "1", "b": HOSTILE}


def test_no_rows_are_no_rows(database: Database) -> None:
    with database.reading() as connection:
        assert connection.execute(select(given_rows(connection, COLUMNS, []))).all() == []
