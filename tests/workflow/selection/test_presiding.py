"""Who presides: the chair, or a deputy where the chair is absent or has a conflict; a substitute only votes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.workflow.selection.test_meetings import MEMBERS, Session
from tests.world import SECTORS, World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotAllowed
from workflow.db.database import Database
from workflow.models import Edition, HistoryEntry
from workflow.rules.facts import Ref
from workflow.selection.announcement import announce_all, plan
from workflow.selection.seats import add_holder, fill_seat

DEPUTY = "participant"


class WithDeputy(Session):
    """A committee of four, the fourth its deputy chair; the chair's seat has a substitute."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        since = warsaw_date(world.at - timedelta(days=20))
        given: dict[str, Any] = {
            "body": "committee", "function": "deputy", "sector": SECTORS[0], "organisation": "", "to_on": None,
            "person": world[DEPUTY].id, "appointed_by": "2/2026", "from_on": since,
        }  # fmt: skip
        chair = self.seats["chair"]
        with world.database.transaction() as tx:
            fill_seat(tx, self.edition.id, given, actor=world["staff"], at=world.at)
            substitute = {"person": world["animator"].id, "capacity": "substitute", "from_on": since, "to_on": None}
            add_holder(tx, self.edition.id, chair, substitute, actor=world["staff"], at=world.at)

    @property
    def seats(self) -> dict[str, int]:
        session = self.world.facts(self.meeting, "secretary").session
        assert session is not None
        return {name: seat.id for name in (*MEMBERS, DEPUTY) for seat in session.seats
                if seat.holder == self.world[name].id}  # fmt: skip

    def arrive_by(self, who: str, *names: str) -> None:
        for name in names:
            seat = self.seats[name]
            self.world.take(self.meeting, "note_arrival", who, seat=seat, person=self.world[name].id)


@pytest.fixture
def session(sqlite_url: str) -> WithDeputy:
    return WithDeputy(World(Database(sqlite_url)))


def vote_by(session: WithDeputy, who: str) -> Ref:
    poll = session.world.create("poll", "prepare_poll", who, edition=session.edition, meeting=session.meeting.id,
                                motion=1)  # fmt: skip
    session.world.take(poll, "open", who)
    return poll


def put(session: WithDeputy, who: str) -> None:
    row = {"project": session.world.facts(session.project)["number"], "outcome": "select", "justification": "Tak."}
    session.world.take(session.meeting, "put_motion", who, motion_kind="decide", wording="Wybrać.", decisions=[row])


def test_a_deputy_conducts_a_whole_meeting_from_which_the_chair_is_absent(session: WithDeputy) -> None:
    """Hostile case 14."""
    session.arrive_by(DEPUTY, "committee1", "committee2", DEPUTY)
    session.world.take(session.meeting, "begin", DEPUTY)
    put(session, DEPUTY)
    poll = vote_by(session, DEPUTY)
    session.vote(poll, committee1="for", committee2="for", **{DEPUTY: "for"})
    session.world.take(poll, "count", DEPUTY)
    session.world.take(session.meeting, "adopt", DEPUTY, motion=1)
    session.world.take(session.meeting, "end", DEPUTY)
    assert session.adopted() == [(1, session.project.id, "select")]


def open_selection(session: WithDeputy) -> None:
    """The edition waits for its results, and does not ask for minutes."""
    with session.world.database.transaction() as tx:
        tx.execute(update(Edition).values(state="selection", settings={"minutes_before_announcing": False}))


def decided_by(session: WithDeputy, who: str, *others: str) -> None:
    """A meeting begun and conducted by somebody selects the project."""
    session.arrive_by(who, who, *others)
    session.world.take(session.meeting, "begin", who)
    put(session, who)
    poll = vote_by(session, who)
    session.vote(poll, **dict.fromkeys((who, *others), "for"))
    session.world.take(poll, "count", who)
    session.world.take(session.meeting, "adopt", who, motion=1)
    session.world.take(session.meeting, "end", who)
    open_selection(session)


def announce_as(session: WithDeputy, who: str) -> list[str]:
    """What stands in the way of an announcement by somebody; announced where that is nothing."""
    world = session.world
    with world.database.transaction() as tx:
        seen = plan(tx, session.edition.id, actor=world[who], at=world.at)
        if not seen.missing:
            announce_all(tx, session.edition.id, seen.digest, actor=world[who], at=world.at)
        return [missing.code for missing in seen.missing]


def test_a_deputy_announces_what_was_decided_while_the_chair_was_away(session: WithDeputy) -> None:
    decided_by(session, DEPUTY, "committee1", "committee2")
    with pytest.raises(NotAllowed):
        announce_as(session, "committee1")
    assert announce_as(session, DEPUTY) == []
    assert session.world.state(session.project) == "selected"
    with session.world.database.reading() as tx:
        roles = tx.execute(select(HistoryEntry.role).where(HistoryEntry.step == "select")).scalars().all()
    assert roles == ["announcing_deputy"]


def test_a_deputy_announces_nothing_that_the_chair_presided_over(session: WithDeputy) -> None:
    decided_by(session, "chair", "committee1", "committee2")
    with pytest.raises(NotAllowed):
        announce_as(session, DEPUTY)
    assert announce_as(session, "chair") == []


def test_a_deputy_announces_what_was_decided_while_the_chair_was_recused(session: WithDeputy) -> None:
    session.world.declare_conflict(session.project, "chair", "Prowadzę tę organizację.")
    session.arrive_by("chair", "chair", "committee1", "committee2", DEPUTY)
    session.world.take(session.meeting, "begin", "chair")
    put(session, "chair")
    poll = vote_by(session, DEPUTY)
    session.vote(poll, committee1="for", committee2="for", **{DEPUTY: "for"})
    session.world.take(poll, "count", DEPUTY)
    session.world.take(session.meeting, "adopt", DEPUTY, motion=1)
    session.world.take(session.meeting, "end", "chair")
    open_selection(session)
    assert announce_as(session, DEPUTY) == []


def test_a_deputy_conducts_nothing_while_the_chair_is_present(session: WithDeputy) -> None:
    session.arrive_by("chair", "chair", "committee1", "committee2", DEPUTY)
    session.world.take(session.meeting, "begin", "chair")
    for step, data in (("put_motion", {"motion_kind": "procedural", "wording": "Przerwa."}), ("end", {})):
        with pytest.raises(NotAllowed):
            session.world.take(session.meeting, step, DEPUTY, **data)


def test_a_deputy_presides_over_the_motion_from_which_the_chair_is_recused_and_over_no_other(
    session: WithDeputy,
) -> None:
    """Hostile case 14."""
    session.world.declare_conflict(session.project, "chair", "Prowadzę tę organizację.")
    session.arrive_by("chair", "chair", "committee1", "committee2", DEPUTY)
    session.world.take(session.meeting, "begin", "chair")
    put(session, "chair")
    session.world.take(session.meeting, "put_motion", "chair", motion_kind="procedural", wording="Przerwa.")
    poll = vote_by(session, DEPUTY)
    session.vote(poll, committee1="for", committee2="for", **{DEPUTY: "for"})
    session.world.take(poll, "count", DEPUTY)
    session.world.take(session.meeting, "adopt", DEPUTY, motion=1)
    with pytest.raises(NotAllowed):
        session.world.take(session.meeting, "withdraw_motion", DEPUTY, motion=2)


def test_a_substitute_of_the_chair_votes_and_does_not_preside(session: WithDeputy) -> None:
    seat, world = session.seats["chair"], session.world
    world.take(session.meeting, "note_arrival", "secretary", seat=seat, person=world["animator"].id)
    session.arrive_by("secretary", "committee1", "committee2", DEPUTY)
    with pytest.raises(NotAllowed):
        world.take(session.meeting, "begin", "animator")
    world.take(session.meeting, "begin", DEPUTY)
    put(session, DEPUTY)
    poll = vote_by(session, DEPUTY)
    session.vote(poll, animator="for")
    assert world.facts(session.meeting)["chair_seat_id"] == session.seats[DEPUTY]


def test_a_deputy_who_came_is_not_asked_once_the_chair_arrives(session: WithDeputy) -> None:
    session.arrive_by(DEPUTY, "committee1", "committee2", DEPUTY)
    session.world.take(session.meeting, "begin", DEPUTY)
    session.arrive_by(DEPUTY, "chair")
    with pytest.raises(NotAllowed):
        session.world.take(session.meeting, "end", DEPUTY)


def test_a_deputy_convenes_only_after_the_absence_of_the_chair_was_noted(session: WithDeputy) -> None:
    world = session.world
    with pytest.raises(NotAllowed):
        world.take(session.meeting, "cancel", DEPUTY, reason="Brak kworum.")
    world.take(
        session.meeting, "note_absence", "secretary", seat=session.seats["chair"], excused=True, remarks="Urlop."
    )
    world.take(session.meeting, "cancel", DEPUTY, reason="Brak kworum.")
    assert world.state(session.meeting) == "cancelled"


def test_a_member_is_no_deputy(session: WithDeputy) -> None:
    with pytest.raises(NotAllowed):
        session.arrive_by("committee1", "committee1")
