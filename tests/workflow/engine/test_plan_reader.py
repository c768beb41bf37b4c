"""Plans of projects: read together, whatever their number, and each with what is its own."""

from datetime import timedelta

from sqlalchemy import update

from tests.growth import copies
from tests.listening import statements_of
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.engine.plan_reader import plans_of
from workflow.models import Proposal


def test_plans_of_any_number_of_projects_take_one_round_trip_and_are_kept_apart(database: Database) -> None:
    world = World(database)
    first = world.proposal_in("in_implementation")
    world.plan_milestone(first, title="Otwarcie", after=[1], due_on=warsaw_date(world.now) + timedelta(days=90))
    with world.writing() as tx:
        (other,) = copies(tx, first, 1)
        tx.execute(update(Proposal).where(Proposal.id == other.id).values(recorded={}))
    with database.reading() as tx:
        (alone,) = plans_of(tx, [first.id]).values()
        with statements_of(database) as asked:
            both = plans_of(tx, [first.id, other.id, 0])
        assert plans_of(tx, [first.id], edition_id=0) == {}
    assert len(asked) == 1
    assert both.keys() == {first.id, other.id}
    assert both[first.id] == alone
    earlier, opening = alone.milestones
    assert (opening.title, opening.after, earlier.after) == ("Otwarcie", frozenset({earlier.id}), frozenset())
    assert (len(alone.lines), len(alone.reports)) == (1, 1)
    assert alone.started_at is not None
    assert alone.started_at.isoformat() == world.facts(first).entry("start")["at"]
    assert (both[other.id].milestones, both[other.id].lines, both[other.id].started_at) == ((), (), None)
