"""A counted vote of a meeting that two people annul before it became a resolution."""

import pytest
from sqlalchemy import select

from tests.workflow.selection.test_meetings import Session, adopt_first, codes
from tests.world import World
from workflow.base.errors import NotAllowed, NotFound, NotReady
from workflow.db.database import Database
from workflow.documents.minutes import blocks
from workflow.engine import audit
from workflow.models import Ballot


@pytest.fixture
def session(database: Database) -> Session:
    return Session(World(database))


def test_a_counted_vote_is_annulled_by_a_second_person_and_its_motion_is_voted_on_anew(session: Session) -> None:
    world, reason = session.world, "Zły numer projektu na ekranie."
    session.begin()
    first = session.open_vote(session.move())
    session.vote(first, chair="for", committee1="for", committee2="against")
    world.take(first, "count", "chair")
    with pytest.raises(NotReady) as refused:
        world.take(first, "annul", "chair", reason=reason)
    assert codes(refused.value) == {"not_proposed"}
    world.take(first, "propose_annulment", "chair", reason=reason)
    with pytest.raises(NotReady) as refused:
        world.take(first, "annul", "chair", reason=reason)
    assert codes(refused.value) == {"same_person"}
    for nobody in ("committee1", "leader"):
        with pytest.raises((NotAllowed, NotFound)):
            world.take(first, "annul", nobody, reason=reason)
    counted = world.facts(first, "chair").own["result"]
    world.take(first, "annul", "secretary", reason=reason)
    assert (session.outcome(), world.facts(first, "chair").own["result"]) == ("open", counted)
    second = session.open_vote()
    session.vote(second, chair="against", committee1="against", committee2="against")
    world.take(second, "count", "chair")
    assert session.outcome() == "lost"
    world.take(session.meeting, "end", "chair")
    world.take(session.meeting, "generate_minutes", "secretary")
    with world.database.transaction() as tx:
        ballots = tx.execute(select(Ballot.choice).where(Ballot.poll_id == first.id)).scalars().all()
        assert sorted(ballots) == ["against", "for", "for"]
        minutes = world.facts(session.meeting, "chair").session
        assert audit.verify(tx).broken is None
    assert minutes is not None
    assert minutes.minutes is not None
    said = " ".join(str(block) for block in blocks(minutes.minutes.data))
    assert "policzono (za: 2, przeciw: 1, wstrzymało się: 0) i unieważniono" in said
    assert reason in said


def test_a_carried_vote_that_cannot_be_adopted_any_more_is_annulled_so_that_the_meeting_ends(
    session: Session,
) -> None:
    """Whoever withdraws between the vote and its adoption would leave a meeting that can never end."""
    world = session.world
    session.begin()
    poll = session.open_vote(session.move())
    session.vote(poll, chair="for", committee1="for", committee2="for")
    world.take(poll, "count", "chair")
    world.take(session.project, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    with pytest.raises(NotReady) as refused:
        world.take(session.meeting, "adopt", "chair", motion=1)
    assert "item_changed" in codes(refused.value)
    world.take(poll, "propose_annulment", "secretary", reason="Projekt wycofano.")
    world.take(poll, "annul", "chair", reason="Projekt wycofano.")
    world.take(session.meeting, "withdraw_motion", "chair", motion=1)
    world.take(session.meeting, "end", "chair")


def test_what_a_resolution_decided_is_annulled_by_a_motion_and_not_by_its_vote(session: Session) -> None:
    poll = adopt_first(session)
    with pytest.raises(NotReady) as refused:
        session.world.take(poll, "propose_annulment", "secretary", reason="Pomyłka.")
    assert codes(refused.value) == {"vote_adopted"}
