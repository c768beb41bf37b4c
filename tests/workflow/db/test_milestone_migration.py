"""Milestones of case files become rows, whose beginning is compared with the case file that the history determines."""

import pytest
from alembic import command
from sqlalchemy import select, update

from tests.world import World
from workflow.base.calendar import end_of_day, warsaw_date
from workflow.db.database import Database
from workflow.db.schema import _config, differences, upgrade
from workflow.engine import audit
from workflow.models import Milestone
from workflow.rules import registry


@pytest.fixture
def database(sqlite_url: str) -> Database:
    return Database(sqlite_url)


@pytest.mark.slow
def test_milestones_of_case_files_are_carried_over_and_the_record_holds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(database)
    project = world.proposal_in("selected")
    day = warsaw_date(world.now)
    newest = registry.newest_version
    with monkeypatch.context() as patched:
        patched.setattr(registry, "newest_version",
                        lambda name: registry.tables()[name, 4] if name == "local_partnership" else newest(name))  # fmt: skip
        world.take(project, "plan_milestone", "staff", milestone="Remont", milestone_due=day)
        world.take(project, "plan_milestone", "staff", milestone="Otwarcie")
    with database.transaction() as tx:
        command.downgrade(_config(tx), "0054")
    upgrade(database)
    upgrade(database)

    m = Milestone
    with database.reading() as tx:
        rows = tx.execute(select(m.number, m.title, m.state, m.due_at).order_by(m.number)).all()
        assert differences(tx) == []
    assert [tuple(row) for row in rows] == [(1, "Remont", "planned", end_of_day(day)), (2, "Otwarcie", "planned", None)]
    first, second = world.milestones(project)
    world.take(second, "waive", "staff", reason="Nie ma potrzeby.")
    with database.snapshot() as connection:
        assert audit.verify(connection).broken is None
    with database.transaction() as tx:
        tx.execute(update(m).where(m.id == first.id).values(title="Inny"))
    with database.snapshot() as connection:
        assert str(first) in str(audit.verify(connection).broken)
    database.close()
