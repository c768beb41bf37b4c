"""The rows of the clock that an older version has written become one row for each subject: nothing twice, nothing lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, func, select, text

from tests.clock import ahead
from tests.world import World
from workflow.db.database import Database
from workflow.db.schema import _config, upgrade
from workflow.models import OutboxRow
from workflow.models.base import UtcDateTime
from workflow.operations.reminders import sweep_timers
from workflow.rules.deadlines import waking
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

INSERT = text(
    "INSERT INTO timer (subject_kind, subject_id, name, state, due_at, done_at, outcome) "
    "VALUES ('proposal', :id, :name, :state, :due_at, :done_at, :outcome)"
).bindparams(bindparam("due_at", type_=UtcDateTime()), bindparam("done_at", type_=UtcDateTime()))


Waiting = dict[str, datetime]


@dataclass
class Upgraded:
    """A database that was taken back, written to as an older version did, and upgraded: once for all tests."""

    database: Database
    waiting: Ref
    left: Ref
    selected: Ref
    # What the clock had ahead before, and right after the upgrade.
    before_waiting: Waiting
    before_selected: Waiting
    after: dict[Ref, Waiting]

    def letters(self, ref: Ref) -> int:
        o = OutboxRow
        with self.database.reading() as tx:
            query = select(func.count()).where(o.subject_kind == ref.kind, o.subject_id == ref.id)
            return int(tx.execute(query).scalar_one())


def in_order(before: Waiting) -> tuple[tuple[str, datetime], list[tuple[str, datetime]]]:
    """The step that waits, and the reminders before it by their moments."""
    step, *reminders = sorted(before.items(), key=lambda due: (due[0].startswith("remind:"), due[1]))
    return step, reminders


def as_before(tx: Connection, ref: Ref, rows: list[tuple[str, str, datetime, datetime | None]]) -> None:
    for name, state, due_at, done_at in rows:
        row: dict[str, Any] = {"id": ref.id, "name": name, "state": state, "due_at": due_at, "done_at": done_at}
        tx.execute(INSERT, {**row, "outcome": "told" if done_at else ""})


@pytest.fixture(scope="module")
def upgraded(shared_database: Database) -> Upgraded:
    world = World(shared_database)
    waiting, left, selected = (world.proposal_in(state) for state in ("group_work", "submitted", "selected"))
    with shared_database.reading() as tx:
        before_waiting, before_selected = ahead(tx, waiting), ahead(tx, selected)
    world.take(selected, "name_coordinator", "staff", person=world["coordinator"].id)
    (step, at), ((first, first_at), *reminders) = in_order(before_waiting)
    with shared_database.transaction() as tx:
        command.downgrade(_config(tx), "0012")
        as_before(tx, waiting, [
            (step, "group_work", at, None), (first, "group_work", first_at, first_at + timedelta(minutes=1)),
            *((name, "group_work", moment, None) for name, moment in reminders),
            ("expire_completion", "returned", first_at, None),
        ])  # fmt: skip
        as_before(tx, left, [("expire_completion", "returned", world.at, None)])
        as_before(tx, selected, [(name, "selected", at, None) for name, at in before_selected.items()])
    upgrade(shared_database)
    with shared_database.reading() as tx:
        after = {ref: ahead(tx, ref) for ref in (waiting, left, selected)}
    return Upgraded(shared_database, waiting, left, selected, before_waiting, before_selected, after)


def test_what_waited_waits_on_and_what_was_sent_is_not_sent_again(upgraded: Upgraded) -> None:
    _step, ((sent, _at), (_next, next_at), *_rest) = in_order(upgraded.before_waiting)
    assert upgraded.after[upgraded.waiting] == {
        name: moment for name, moment in upgraded.before_waiting.items() if name != sent
    }
    before = upgraded.letters(upgraded.waiting)
    sweep_timers(upgraded.database, at=next_at - timedelta(seconds=1))
    assert upgraded.letters(upgraded.waiting) == before
    assert sweep_timers(upgraded.database, at=waking(next_at)) >= 1
    assert upgraded.letters(upgraded.waiting) == before + 1


def test_dates_of_a_state_that_was_left_are_not_carried_over(upgraded: Upgraded) -> None:
    assert upgraded.after[upgraded.left] == {}
    with upgraded.database.reading() as tx:
        mine = text("SELECT count(*) FROM timer WHERE subject_id = :id")
        assert tx.execute(mine, {"id": upgraded.left.id}).scalar_one() == 0


def test_a_date_counted_from_a_step_is_counted_from_the_same_step(upgraded: Upgraded) -> None:
    assert upgraded.before_selected
    assert upgraded.after[upgraded.selected] == upgraded.before_selected
