"""What the clock does: once, by day, and late rather than twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from tasks.relay import relay_all
from tasks.reminders import due_timers, is_daytime, sweep_timers
from tests.tasks.programme import MORNING, Programme
from workflow.base.calendar import WARSAW, is_working_day
from workflow.models import Edition, HistoryEntry, OutboxRow, Proposal, Timer
from workflow.rules.topics import Topic

DEADLINE = MORNING + timedelta(days=20)


def set_timer(programme: Programme, name: str, due_at: datetime, *, state: str = "group_work", id: int = 0) -> None:  # noqa: A002
    row = {
        "subject_kind": "proposal",
        "subject_id": id or programme.proposal,
        "name": name,
        "state": state,
        "due_at": due_at,
    }
    with programme.db.transaction() as tx:
        tx.execute(insert(Timer).values(**row))


def reminders(programme: Programme) -> list[str]:
    with programme.db.reading() as connection:
        return list(connection.execute(select(OutboxRow.topic).order_by(OutboxRow.id)).scalars())


def outcomes(programme: Programme) -> list[str]:
    with programme.db.reading() as connection:
        return list(connection.execute(select(Timer.outcome).order_by(Timer.due_at, Timer.id)).scalars())


def state(programme: Programme) -> str:
    with programme.db.reading() as connection:
        return connection.execute(select(Proposal.state).where(Proposal.id == programme.proposal)).scalar_one()


def test_reminder_is_told_with_its_date_when_its_moment_comes(programme: Programme) -> None:
    set_timer(programme, "remind:submission_deadline:-14", MORNING)
    assert sweep_timers(programme.db, at=MORNING - timedelta(seconds=1)) == 0
    assert sweep_timers(programme.db, at=MORNING) == 1
    assert reminders(programme) == [Topic.SUBMISSION_DEADLINE_NEAR]
    with programme.db.reading() as connection:
        payload = connection.execute(select(OutboxRow.payload)).scalar_one()
    assert payload == {"until": DEADLINE.isoformat()}
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    assert programme.names() == {"leader", "author"}


def test_three_beats_at_once_remind_once(programme: Programme) -> None:
    for days in range(10):
        set_timer(programme, "remind:submission_deadline:-14", MORNING - timedelta(days=days))
    set_timer(programme, "remind:submission_deadline:-14", MORNING, id=programme.other)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: sweep_timers(programme.db, at=MORNING), range(3)))
    assert reminders(programme) == [Topic.SUBMISSION_DEADLINE_NEAR] * 2


def test_three_beats_at_once_take_a_step_once(programme: Programme) -> None:
    set_timer(programme, "expire_unsubmitted", DEADLINE + timedelta(seconds=1))
    at = DEADLINE + timedelta(minutes=1)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: sweep_timers(programme.db, at=at), range(3)))
    assert state(programme) == "withdrawn"
    with programme.db.reading() as connection:
        steps = connection.execute(select(HistoryEntry.step, HistoryEntry.actor_id)).all()
    assert [tuple(row) for row in steps] == [("expire_unsubmitted", None)]
    assert reminders(programme) == [Topic.UNSUBMITTED_EXPIRED]
    assert outcomes(programme) == ["taken"]


def test_step_that_is_not_possible_yet_is_looked_at_again_later(programme: Programme) -> None:
    set_timer(programme, "expire_unsubmitted", MORNING)
    assert sweep_timers(programme.db, at=MORNING) == 0
    assert state(programme) == "group_work"
    assert outcomes(programme)[0].startswith("not yet: ")
    assert sweep_timers(programme.db, at=MORNING + timedelta(minutes=30)) == 0
    assert sweep_timers(programme.db, at=DEADLINE + timedelta(hours=2)) == 1
    assert state(programme) == "withdrawn"


def test_timer_means_nothing_once_the_state_was_left(programme: Programme) -> None:
    set_timer(programme, "remind:completion_deadline:-1", MORNING, state="returned")
    set_timer(programme, "expire_completion", MORNING, state="returned")
    assert sweep_timers(programme.db, at=MORNING) == 2
    assert reminders(programme) == []
    assert outcomes(programme) == ["left", "left"]


def test_after_an_absence_late_reminders_of_a_kind_are_one(programme: Programme) -> None:
    for days in (14, 7, 1):
        set_timer(programme, f"remind:submission_deadline:-{days}", DEADLINE - timedelta(days=days))
    at = DEADLINE - timedelta(hours=20)
    assert is_daytime(at)
    sweep_timers(programme.db, at=at)
    assert reminders(programme) == [Topic.SUBMISSION_DEADLINE_NEAR]
    assert outcomes(programme) == ["superseded", "superseded", "told"]


def test_reminder_of_a_date_that_has_passed_is_not_told(programme: Programme) -> None:
    set_timer(programme, "remind:submission_deadline:-1", MORNING)
    at = DEADLINE + timedelta(days=1)
    assert is_daytime(at)
    sweep_timers(programme.db, at=at)
    assert reminders(programme) == []
    assert outcomes(programme) == ["too late"]


def test_reminder_waits_for_the_morning_of_a_working_day_but_a_step_does_not(programme: Programme) -> None:
    saturday = datetime(2026, 9, 19, 10, 0, tzinfo=UTC)
    with programme.db.transaction() as tx:
        tx.execute(update(Edition).values(submission_deadline=saturday + timedelta(days=9)))
    set_timer(programme, "remind:submission_deadline:-14", saturday)
    assert sweep_timers(programme.db, at=saturday) == 0
    monday = datetime(2026, 9, 21, tzinfo=WARSAW)
    assert sweep_timers(programme.db, at=monday.replace(hour=6, minute=59)) == 0
    assert sweep_timers(programme.db, at=monday.replace(hour=7)) == 1
    set_timer(programme, "expire_unsubmitted", saturday + timedelta(days=9, seconds=1))
    night = (saturday + timedelta(days=10)).replace(hour=1)
    assert not is_daytime(night)
    sweep_timers(programme.db, at=night)
    assert state(programme) == "withdrawn"


@pytest.mark.parametrize("year", range(2026, 2031))
@pytest.mark.parametrize("month", [3, 10])
def test_daytime_follows_the_clock_of_warsaw_over_every_clock_change(year: int, month: int) -> None:
    changed = max(date(year, month, day) for day in range(25, 32) if date(year, month, day).weekday() == 6)
    for offset in range(-2, 4):
        day = changed + timedelta(days=offset)
        for quarter in range(96):
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=15 * quarter)
            local = moment.astimezone(ZoneInfo("Europe/Warsaw"))
            assert is_daytime(moment) == (7 <= local.hour < 22 and is_working_day(local.date()))


def test_broken_timer_stops_no_other(programme: Programme) -> None:
    set_timer(programme, "remind:submission_deadline:-14", MORNING - timedelta(days=1))
    with programme.db.transaction() as tx:
        tx.execute(insert(Timer).values(subject_kind="proposal", subject_id=programme.other, name="no_such_step",
                                        state="group_work", due_at=MORNING - timedelta(days=2)))  # fmt: skip
        tx.execute(insert(Timer).values(subject_kind="spaceship", subject_id=1, name="fly", state="x",
                                        due_at=MORNING - timedelta(days=3)))  # fmt: skip
    sweep_timers(programme.db, at=MORNING)
    assert reminders(programme) == [Topic.SUBMISSION_DEADLINE_NEAR]
    with programme.db.reading() as connection:
        assert due_timers(connection, at=MORNING, limit=10) == []
