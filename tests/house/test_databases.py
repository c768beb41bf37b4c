"""The databases of the tests: each test finds its own empty, and a copied world is the one that steps make."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, insert, select, text

from tests import prepared
from tests.databases import ReusedDatabase, sqlite_template
from tests.invariants import faults
from tests.postgres import CHECKOUT, kept_for
from tests.world import World
from workflow.db import schema
from workflow.db.database import Database
from workflow.db.revision import FOLDER, is_current, newest
from workflow.models import Base, Edition, StateTally
from workflow.operations import health

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
# Drawn by chance for every entry or draw, and what follows from it.
BY_CHANCE = {"salt", "hash", "prev_hash", "content_digest", "head_hash", "password_hash", "commitment", "seed"}


def test_databases_of_one_process_share_what_was_compiled(database: Database) -> None:
    # The first one of a process does not know its server before something is asked.
    with database.transaction() as tx, database.reading() as reading:
        for connection in (tx, reading):
            connection.execute(select(Edition.id))
    with closing(Database(database.url)) as second, closing(Database(database.url)) as third:
        assert second.engine._compiled_cache is third.engine._compiled_cache
        assert second.readers._compiled_cache is third.readers._compiled_cache


def test_the_template_belongs_to_this_checkout_so_that_no_other_one_deletes_it() -> None:
    assert sqlite_template().parent == kept_for(CHECKOUT)
    assert kept_for(CHECKOUT) != kept_for(CHECKOUT.parent / "beside" / CHECKOUT.name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "harm",
    [
        "DROP TRIGGER history_keeps ON history",
        "ALTER TABLE history DISABLE TRIGGER history_keeps",
        "ALTER TABLE proposal DROP COLUMN title",
        "DROP TABLE history CASCADE",
        "CREATE INDEX more ON proposal (title)",
        "UPDATE alembic_version SET version_num = '0001'",
        "DROP SCHEMA public CASCADE",
    ],
)
def test_what_a_test_did_to_its_database_is_gone_for_the_next(reused_database: ReusedDatabase, harm: str) -> None:
    with closing(Database(reused_database.empty())) as database:
        first = World(database, now=NOW).proposal_in("group_work")
        with database.transaction() as tx:
            tx.execute(text(harm))
    with closing(Database(reused_database.empty())) as database:
        with database.reading() as tx:
            assert is_current(tx)
            assert not schema.differences(tx)
            assert health.keeps_record(tx)
            assert not any(contents(tx).values())
        assert World(database, now=NOW).proposal_in("group_work") == first


@pytest.fixture
def other_database(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another empty database of the same kind."""
    if database.is_sqlite:
        path = tmp_path / "other.sqlite3"
        path.write_bytes(request.getfixturevalue("sqlite_master"))
        opened = Database(f"sqlite:///{path}")
    else:
        make: Callable[[], str] = request.getfixturevalue("other_postgres_url")
        opened = Database(make())
    yield opened
    opened.close()


def contents(tx: Connection) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, without what chance decides; of a tally of differences what they amount to."""
    found = {
        table.name: [
            {name: value for name, value in row.items() if name not in BY_CHANCE}
            for row in tx.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        ]
        for table in Base.metadata.sorted_tables
        if table.name != StateTally.__tablename__
    }
    t = StateTally
    sums = select(t.edition_id, t.state, func.sum(t.projects).label("projects"), func.sum(t.cost).label("cost"))
    grouped = sums.group_by(t.edition_id, t.state).having(func.sum(t.projects) != 0).order_by(t.edition_id, t.state)
    return found | {t.__tablename__: [dict(row) for row in tx.execute(grouped).mappings()]}


@pytest.mark.parametrize("state", ["group_work", "in_implementation"])
def test_a_copied_world_is_the_one_that_steps_make(
    database: Database, other_database: Database, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(prepared, "_copies", {})
    by_steps, copied = World(database, now=NOW), World(other_database, now=NOW)
    ref = by_steps._proposal_in(state, None, {})
    assert copied.proposal_in(state) == ref
    assert len(prepared._copies) == 1
    # Whatever comes next goes on from there, with the numbers that follow.
    for world in (by_steps, copied):
        world.wait(1)
        world.proposal_in("submitted")
    with database.snapshot() as one, other_database.snapshot() as other:
        assert contents(one) == contents(other)
        assert faults(other) == faults(one)


def test_nothing_is_copied_into_a_database_that_holds_something(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "_copies", {})
    world = World(database, now=NOW)
    row = {"key": "obca", "title": "Obca", "county": "płocki", "year": 2026, "lifecycle": "edition", "sectors": [],
           "lifecycle_version": 1, "state": "announced", "created_at": NOW, "updated_at": NOW}  # fmt: skip
    with database.transaction() as tx:
        tx.execute(insert(Edition).values(row))
    assert world.edition_of(world.proposal_in("submitted")).id == 2


def test_the_newest_migration_is_the_one_that_alembic_ends_with() -> None:
    assert newest() == ScriptDirectory(str(FOLDER)).get_current_head()
