"""Votes by circulation: everybody who holds a seat may answer; whoever does not is not present; the clock counts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.workflow.selection.test_meetings import MEMBERS, Session, codes
from tests.world import World
from workflow.base.calendar import WARSAW
from workflow.base.errors import NoSuchStep, NotAllowed, NotReady
from workflow.db.database import Database
from workflow.engine.result_reader import digests
from workflow.models import Attendance, Poll
from workflow.notifications.topic_recipients import recipients_of
from workflow.operations.reminders import sweep_timers
from workflow.rules.facts import Ref
from workflow.rules.topics import Notice, Topic
from workflow.selection.ballots import cast, count_if_complete, enter

DAY = timedelta(days=1)


class Circulation(Session):
    """A vote by circulation that has begun, answered until two days from now, with a motion that is put."""

    def __init__(self, world: World, **rules: Any) -> None:
        super().__init__(world, **rules)
        until = (world.at + timedelta(days=2)).astimezone(WARSAW)
        self.meeting = world.create("meeting", "prepare_meeting", "chair", edition=self.edition, body="committee",
                                    form="circulation", day=until.date(), hour=until.strftime("%H:%M"))  # fmt: skip
        world.take(self.meeting, "add_agenda_item", "chair", item="Wybór projektu")
        world.take(self.meeting, "convene", "chair")
        world.take(self.meeting, "begin", "chair")
        self.move()
        self.poll = self.open_vote()

    @property
    def until(self) -> Any:
        return self.world.facts(self.meeting)["answer_until"]

    def answer(self, at: Any = None, **choices: str) -> None:
        for name, choice in choices.items():
            with self.world.database.transaction() as tx:
                cast(tx, self.poll.id, choice, actor=self.world[name], at=at or self.world.at)
            with self.world.database.transaction() as tx:
                count_if_complete(tx, self.poll.id, at=at or self.world.at)

    def state(self) -> str:
        with self.world.database.reading() as tx:
            return str(tx.execute(select(Poll.state).where(Poll.id == self.poll.id)).scalar_one())


@pytest.fixture
def circulation(database: Database) -> Circulation:
    return Circulation(World(database))


def test_the_last_answer_counts_the_vote(circulation: Circulation) -> None:
    circulation.answer(chair="for", committee1="for")
    assert circulation.state() == "open"
    circulation.answer(committee2="against")
    assert circulation.state() == "counted"
    assert circulation.outcome() == "carried"
    circulation.world.take(circulation.meeting, "adopt", "chair", motion=1)
    assert circulation.adopted() == [(1, circulation.project.id, "select")]


def test_the_clock_counts_what_was_answered_and_nobody_else_is_present(circulation: Circulation) -> None:
    """Hostile case 20."""
    circulation.answer(chair="for", committee1="for")
    assert sweep_timers(circulation.world.database, at=circulation.until) == 0
    assert sweep_timers(circulation.world.database, at=circulation.until + timedelta(seconds=1)) == 1
    result = circulation.world.facts(circulation.poll)["result"]
    assert (result["present"], result["for"], result["quorum"]["held"]) == (2, 2, False)
    assert circulation.outcome() == "lost"
    with circulation.world.database.reading() as tx:
        # The result file gives the same figures, or its digest would be empty.
        assert len(digests(tx, circulation.meeting.id)[1]) == 64


def test_an_answer_at_the_closing_time_comes_too_late(circulation: Circulation) -> None:
    """Hostile case 20."""
    circulation.answer(at=circulation.until - timedelta(seconds=1), chair="for")
    with pytest.raises(NotReady) as refusal:
        circulation.answer(at=circulation.until, committee1="for")
    assert codes(refusal.value) == {"vote_closed"}


def test_the_chair_does_not_count_while_somebody_may_still_answer(circulation: Circulation) -> None:
    circulation.answer(chair="for", committee1="for")
    with pytest.raises(NotReady) as refusal:
        circulation.world.take(circulation.poll, "count", "chair")
    assert codes(refusal.value) == {"answers_awaited"}


def test_nobody_enters_the_answer_of_another_or_notes_who_is_there(circulation: Circulation) -> None:
    world, seat = circulation.world, circulation.seats["committee1"]
    with world.database.transaction() as tx, pytest.raises(NotReady) as refusal:
        enter(tx, circulation.poll.id, seat, "for", actor=world["chair"], at=world.at)
    assert codes(refusal.value) == {"by_circulation"}
    with pytest.raises(NotReady) as refusal:
        world.take(circulation.meeting, "note_departure", "chair", seat=seat)
    assert "by_circulation" in codes(refusal.value)


def test_whoever_answers_stands_in_the_attendance_once(circulation: Circulation) -> None:
    circulation.answer(committee1="for")
    circulation.answer(committee1="against")
    with circulation.world.database.reading() as tx:
        query = select(Attendance.person_id, func.count()).where(Attendance.meeting_id == circulation.meeting.id)
        rows = [tuple(row) for row in tx.execute(query.group_by(Attendance.person_id))]
    assert rows == [(circulation.world["committee1"].id, 1)]


def told(circulation: Circulation, topic: Topic, ref: Ref) -> set[str]:
    world = circulation.world
    with world.database.reading() as tx:
        ids = recipients_of(tx, [Notice(topic, ref, None, world.at, {})])[0]
    return {name for name in (*MEMBERS, "staff", "secretary", "leader") if world[name].id in ids}


def test_electors_get_a_letter(circulation: Circulation) -> None:
    assert told(circulation, Topic.POLL_OPENED, circulation.poll) == set(MEMBERS)


def test_a_demand_for_a_meeting_annuls_open_votes_and_ends_the_circulation(circulation: Circulation) -> None:
    circulation.answer(chair="for")
    circulation.world.take(circulation.meeting, "demand_meeting", "committee2", reason="Chcę dyskusji.")
    assert circulation.state() == "annulled"
    assert circulation.outcome() == "withdrawn"
    assert circulation.world.state(circulation.meeting) == "ended"
    assert told(circulation, Topic.MEETING_DEMANDED, circulation.meeting) == set(MEMBERS)
    with pytest.raises(NotReady):
        circulation.answer(committee1="for")


def test_a_demand_stops_nothing_where_the_edition_says_so(sqlite_url: str) -> None:
    circulation = Circulation(World(Database(sqlite_url)), circulation_stops=False)
    with pytest.raises(NotReady) as refusal:
        circulation.world.take(circulation.meeting, "demand_meeting", "committee2", reason="Chcę dyskusji.")
    assert codes(refusal.value) == {"never_stopped"}


def test_who_has_no_seat_demands_nothing(circulation: Circulation) -> None:
    with pytest.raises(NotAllowed):
        circulation.world.take(circulation.meeting, "demand_meeting", "secretary", reason="Nie.")


def test_a_meeting_in_a_room_is_not_stopped_by_a_demand_and_its_votes_are_told_to_nobody(session: Session) -> None:
    session.begin()
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.meeting, "demand_meeting", "committee2", reason="Nie.")
    assert codes(refusal.value) == {"not_by_circulation"}
    poll = session.open_vote(session.move())
    world = session.world
    with world.database.reading() as tx:
        assert recipients_of(tx, [Notice(Topic.POLL_OPENED, poll, None, world.at, {})])[0] == ()


@pytest.fixture
def session(sqlite_url: str) -> Session:
    return Session(World(Database(sqlite_url)))


def test_no_vote_is_opened_after_the_time_for_answers(circulation: Circulation) -> None:
    world = circulation.world
    world.take(circulation.poll, "annul", "chair", reason="Pomyłka.")
    world.wait(3)
    with pytest.raises(NotReady) as refusal:
        circulation.open_vote()
    assert "answers_closed" in codes(refusal.value)
    with pytest.raises(NoSuchStep):
        world.take(circulation.poll, "count", "chair")
