"""The rows of the clock that an older version has written become one row for each subject: nothing twice, nothing lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, text

from tests.clock import ahead
from tests.world import World
from workflow.db.database import Database
from workflow.db.schema import _config, upgrade
from workflow.models.base import UtcDateTime
from workflow.operations.reminders import sweep_timers
from workflow.rules.deadlines import waking
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

INSERT = text(
    "INSERT INTO timer (subject_kind, subject_id, name, state, due_at, done_at, outcome) "
    "VALUES ('proposal', :id, :name, :state, :due_at, :done_at, :outcome)"
).bindparams(bindparam("due_at", type_=UtcDateTime()), bindparam("done_at", type_=UtcDateTime()))


def as_before(tx: Connection, ref: Ref, rows: list[tuple[str, str, datetime, datetime | None]]) -> None:
    command.downgrade(_config(tx), "0012")
    for name, state, due_at, done_at in rows:
        row: dict[str, Any] = {"id": ref.id, "name": name, "state": state, "due_at": due_at, "done_at": done_at}
        tx.execute(INSERT, {**row, "outcome": "told" if done_at else ""})


def test_what_waited_waits_on_and_what_was_sent_is_not_sent_again(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("group_work")
    with database.reading() as tx:
        before = ahead(tx, ref)
    (step, at), *reminders = sorted(before.items(), key=lambda due: (due[0].startswith("remind:"), due[1]))
    (first, first_at), *waiting = reminders
    sent_at = first_at + timedelta(minutes=1)
    with database.transaction() as tx:
        rows = [(step, "group_work", at, None), (first, "group_work", first_at, sent_at),
                *((name, "group_work", moment, None) for name, moment in waiting),
                ("expire_completion", "returned", first_at, None)]  # fmt: skip
        as_before(tx, ref, rows)
    upgrade(database)
    with database.reading() as tx:
        assert ahead(tx, ref) == {name: moment for name, moment in before.items() if name != first}
    assert sweep_timers(database, at=waiting[0][1] - timedelta(seconds=1)) == 0
    assert sweep_timers(database, at=waking(waiting[0][1])) == 1


def test_dates_of_a_state_that_was_left_are_not_carried_over(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    with database.transaction() as tx:
        as_before(tx, ref, [("expire_completion", "returned", world.at, None)])
    upgrade(database)
    with database.reading() as tx:
        assert ahead(tx, ref) == {}
        assert tx.execute(text("SELECT count(*) FROM timer")).scalar_one() == 0


def test_a_date_counted_from_a_step_is_counted_from_the_same_step(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("selected")
    with database.reading() as tx:
        before = ahead(tx, ref)
    assert before
    world.take(ref, "name_coordinator", "staff", person=world["coordinator"].id)
    with database.transaction() as tx:
        as_before(tx, ref, [(name, "selected", at, None) for name, at in before.items()])
    upgrade(database)
    with database.reading() as tx:
        assert ahead(tx, ref) == before
