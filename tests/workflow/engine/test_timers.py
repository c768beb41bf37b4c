"""The rows of the clock follow a proposal from state to state, on both databases."""

from datetime import datetime

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.db.database import Database
from workflow.models import Timer
from workflow.rules.facts import Ref


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def waiting(world: World, ref: Ref) -> set[tuple[str, str, datetime]]:
    mine = Timer.subject_kind == ref.kind, Timer.subject_id == ref.id, Timer.done_at.is_(None)
    with world.database.reading() as tx:
        rows = tx.execute(select(Timer.name, Timer.state, Timer.due_at).where(*mine)).all()
    return {(row.name, row.state, row.due_at) for row in rows if row.state == world.state(ref)}


def ends_of(rows: set[tuple[str, str, datetime]]) -> list[datetime]:
    return [due_at for name, _state, due_at in rows if name == "expire_completion"]


def test_dates_of_an_earlier_stay_in_a_state_do_not_count_in_the_next(world: World) -> None:
    ref = world.proposal_in("submitted")
    world.send_back(ref)
    (first,) = ends_of(waiting(world, ref))
    world.take(ref, "resubmit", "leader", explanation="Uzupełnione.")
    assert waiting(world, ref) == set()
    world.wait(days=3)
    world.send_back(ref)
    (second,) = ends_of(waiting(world, ref))
    assert first < second


def test_the_same_dates_wait_on_when_a_state_is_entered_again(world: World) -> None:
    ref = world.proposal_in("submitted")
    world.send_back(ref)
    first = waiting(world, ref)
    world.take(ref, "resubmit", "leader", explanation="Uzupełnione.")
    world.send_back(ref)
    assert waiting(world, ref) == first
