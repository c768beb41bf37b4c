import pytest
from sqlalchemy import text

from tests.invariants import faults
from tests.world import World
from workflow.db.database import Database


@pytest.fixture
def world(database: Database) -> World:
    """A programme in which steps were taken and everything was told to everybody."""
    made = World(database)
    made.proposal_in("submitted")
    with database.transaction() as tx:
        tx.execute(text("UPDATE outbox SET relayed_at = at"))
    return made


def test_sound_database_has_no_faults(world: World) -> None:
    with world.database.snapshot() as tx:
        assert faults(tx) == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE proposal SET state = 'admitted'", "row says admitted/"),
        ("UPDATE proposal SET version = version + 1", "history says submitted/"),
        ("UPDATE proposal SET head_hash = 'x'", "chain broken"),
        ("DELETE FROM outbox WHERE topic = 'proposal.submitted'", "(submit) has no outbox row for proposal.submitted"),
        ("UPDATE outbox SET history_id = 0 WHERE topic = 'proposal.submitted'", "told of a step that is not there"),
        ("UPDATE outbox SET relayed_at = NULL WHERE topic = 'proposal.submitted'", "was never relayed"),
    ],
)
def test_each_kind_of_damage_is_named(world: World, damage: str, fault: str) -> None:
    with world.database.transaction() as tx:
        tx.execute(text(damage))
        assert [words for words in faults(tx) if fault in words]
