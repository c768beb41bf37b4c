"""A list turned page by page shows every proposal once, in one order, whatever it is ordered by."""

from datetime import timedelta

import pytest

from tests.web.many import add_many
from tests.world import World
from workflow.db.database import Database
from workflow.proposals.lists import Wanted, every_proposal, list_proposals
from workflow.proposals.ordering import SORTS
from workflow.rules.facts import Ref

ORDERS = [name for sort in SORTS for name in (sort, f"-{sort}")]
MANY = 70


@pytest.fixture(scope="module")
def edition(shared_database: Database) -> Ref:
    world = World(shared_database)
    edition = world.edition("announced")
    with shared_database.transaction() as tx:
        add_many(tx, edition, MANY)
        # The date that is shown of these is not the one that they are ordered by.
        longer = world.at + timedelta(days=5)
        add_many(tx, edition, MANY, state="group_work", due_at=None, submission_until=longer)
        # No two of them differ in anything but their number.
        add_many(tx, edition, MANY, due_at=world.at, updated_at=world.at, cost=1_000, sort_key="swietlica")
    return edition


@pytest.mark.parametrize("order", ORDERS)
def test_every_proposal_is_on_one_page(shared_database: Database, edition: Ref, order: str) -> None:
    wanted, shown, cursor = Wanted(edition.id, sort=order), [], ""
    with shared_database.reading() as tx:
        while True:
            page = list_proposals(tx, wanted, cursor=cursor)
            shown += [line.id for line in page.lines]
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
        everything = [row.id for row in every_proposal(tx, wanted)]
    assert len(set(shown)) == len(shown) == 3 * MANY
    assert shown == everything
