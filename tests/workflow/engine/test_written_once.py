"""What is written once says so on both databases: the seed of an edition's draw, and a ballot under its number."""

import pytest
from sqlalchemy import select

from tests.workflow.selection.test_meetings import Session
from tests.world import World
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.engine.ballot_box import put_into_box
from workflow.engine.draws import commit_once
from workflow.models import BallotBox, TieDraw


def test_an_edition_gets_the_seed_of_its_draw_once(database: Database) -> None:
    world = World(database)
    edition, chair = world.edition("announced"), world["chair"].id or 0
    with database.transaction() as tx:
        assert commit_once(tx, edition.id, chair, at=world.at)
        first = tx.execute(select(TieDraw.commitment)).scalar_one()
        assert not commit_once(tx, edition.id, chair, at=world.at)
        assert tx.execute(select(TieDraw.commitment)).scalar_one() == first


def test_a_second_ballot_under_a_number_is_refused_and_the_first_stays(database: Database) -> None:
    session = Session(World(database))
    session.begin()
    poll = session.open_vote(session.move())
    with database.transaction() as tx:
        put_into_box(tx, poll, "7F3K", "first")
        with pytest.raises(NotReady) as refusal:
            put_into_box(tx, poll, "7F3K", "second")
        assert [missing.code for missing in refusal.value.missing] == ["number_taken"]
        assert tx.execute(select(BallotBox.sealed)).scalars().all() == ["first"]
