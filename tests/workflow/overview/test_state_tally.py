"""What is in each state is known from a few rows, exactly, whoever writes a proposal."""

import random

import pytest
from sqlalchemy import func, select, update

from tests.web.many import add_many
from tests.world import World
from workflow.db.database import Database
from workflow.models import Proposal, StateTally
from workflow.rules.facts import Ref
from workflow.rules.states import ProposalState


def counted(database: Database, edition: Ref) -> dict[str, tuple[int, int]]:
    p = Proposal
    query = select(p.state, func.count(), func.coalesce(func.sum(p.cost), 0)).where(p.edition_id == edition.id)
    with database.reading() as tx:
        return {state: (count, int(cost)) for state, count, cost in tx.execute(query.group_by(p.state))}


def tallied(database: Database, edition: Ref) -> dict[str, tuple[int, int]]:
    t = StateTally
    query = select(t.state, func.sum(t.projects), func.sum(t.cost)).where(t.edition_id == edition.id).group_by(t.state)
    with database.reading() as tx:
        return {state: (int(count), int(cost)) for state, count, cost in tx.execute(query) if count}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_tally_is_what_counting_gives_and_stays_short(world: World, seed: int) -> None:
    chance, database = random.Random(seed), world.database
    edition = world.edition("conferences")
    world.lead(world.idea(edition), "submitted")
    with database.transaction() as tx:
        add_many(tx, edition, 300)
    for _ in range(60):
        with database.transaction() as tx:
            some = Proposal.id % chance.randrange(2, 40) == 0
            values = {
                "state": chance.choice(tuple(ProposalState)),
                "cost": chance.choice([None, chance.randrange(10**8)]),
            }
            tx.execute(update(Proposal).where(some).values(**values))
    assert tallied(database, edition) == counted(database, edition)
    with database.reading() as tx:
        assert tx.execute(select(func.count()).select_from(StateTally)).scalar_one() < 64 + 2 * len(ProposalState)


def test_what_is_rolled_back_is_not_tallied(world: World) -> None:
    edition = world.edition("conferences")
    world.idea(edition)
    before = tallied(world.database, edition)
    with pytest.raises(ZeroDivisionError), world.database.transaction() as tx:
        add_many(tx, edition, 200)
        raise ZeroDivisionError
    assert tallied(world.database, edition) == before == counted(world.database, edition)
