"""What the clock does: once, by day, and late rather than twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from tests.clock import ahead
from tests.tasks.programme import MORNING, Programme
from workflow.base.calendar import WARSAW, is_working_day, working_days_before
from workflow.engine.timers import due_subjects
from workflow.models import Edition, HistoryEntry, OutboxRow, Proposal, Timer
from workflow.notifications.relay import relay_all
from workflow.operations.reminders import sweep_timers
from workflow.rules.deadlines import is_daytime, waking
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

DEADLINE = MORNING + timedelta(days=22)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def set_clock(programme: Programme, due_at: datetime, **more: Any) -> None:
    """The clock's row of the proposal; reminders since the day before count, unless told otherwise."""
    row = {
        "subject_kind": "proposal", "subject_id": programme.proposal, "state": "group_work", "since": MORNING - DAY,
        "reminded_until": due_at - DAY, "due_at": due_at, **more,
    }  # fmt: skip
    with programme.db.transaction() as tx:
        tx.execute(insert(Timer).values(row))


def reminders(programme: Programme) -> list[datetime]:
    """The moments of the reminders before the deadline; the clock has to be set."""
    with programme.db.reading() as tx:
        found = ahead(tx, Ref("proposal", programme.proposal))
    return sorted(at for name, at in found.items() if name.startswith("remind:"))


def move_edition(programme: Programme, **columns: Any) -> None:
    with programme.db.transaction() as tx:
        tx.execute(update(Edition).values(columns))


def told(programme: Programme) -> list[str]:
    with programme.db.reading() as connection:
        return list(connection.execute(select(OutboxRow.topic).order_by(OutboxRow.id)).scalars())


def clock(programme: Programme, number: int = 0) -> tuple[datetime | None, str]:
    with programme.db.reading() as connection:
        mine = Timer.subject_kind == "proposal", Timer.subject_id == (number or programme.proposal)
        return tuple(connection.execute(select(Timer.due_at, Timer.outcome).where(*mine)).one())


def state(programme: Programme) -> str:
    with programme.db.reading() as connection:
        return connection.execute(select(Proposal.state).where(Proposal.id == programme.proposal)).scalar_one()


def test_reminder_is_told_with_its_date_when_its_moment_comes(programme: Programme) -> None:
    set_clock(programme, MORNING)
    first, second = reminders(programme)
    # A look too early does nothing but to find out when to look next.
    assert sweep_timers(programme.db, at=MORNING) == 0
    assert clock(programme) == (first, "")
    assert sweep_timers(programme.db, at=first - SECOND) == 0
    assert told(programme) == []
    assert sweep_timers(programme.db, at=first) == 1
    assert told(programme) == [Topic.SUBMISSION_DEADLINE_NEAR]
    assert clock(programme) == (second, "")
    assert sweep_timers(programme.db, at=second - SECOND) == 0
    with programme.db.reading() as connection:
        payload = connection.execute(select(OutboxRow.payload)).scalar_one()
    assert payload == {"until": DEADLINE.isoformat(), "reach": "responsible"}
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    assert programme.names() == {"leader", "author"}
    sweep_timers(programme.db, at=second)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=second)
    assert programme.names() == {"leader", "author", "member"}


def test_three_beats_at_once_remind_once(programme: Programme) -> None:
    set_clock(programme, MORNING)
    set_clock(programme, MORNING, subject_id=programme.other)
    first = reminders(programme)[0]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: sweep_timers(programme.db, at=first), range(3)))
    assert told(programme) == [Topic.SUBMISSION_DEADLINE_NEAR] * 2


def test_three_beats_at_once_take_a_step_once(programme: Programme) -> None:
    set_clock(programme, DEADLINE + SECOND)
    at = DEADLINE + timedelta(minutes=1)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: sweep_timers(programme.db, at=at), range(3)))
    assert state(programme) == "withdrawn"
    with programme.db.reading() as connection:
        steps = connection.execute(select(HistoryEntry.step, HistoryEntry.actor_id)).all()
    assert [tuple(row) for row in steps] == [("expire_unsubmitted", None)]
    assert told(programme) == [Topic.UNSUBMITTED_EXPIRED]


def test_step_that_is_not_possible_yet_is_looked_at_again_later(programme: Programme) -> None:
    set_clock(programme, DEADLINE + SECOND)
    move_edition(programme, state="suspended")
    at = DEADLINE + timedelta(minutes=1)
    assert sweep_timers(programme.db, at=at) == 0
    assert state(programme) == "group_work"
    assert clock(programme) == (at + timedelta(hours=1), "not yet: edition_suspended")
    move_edition(programme, state="conferences")
    assert sweep_timers(programme.db, at=at + timedelta(minutes=30)) == 0
    assert sweep_timers(programme.db, at=at + timedelta(hours=1)) == 1
    assert state(programme) == "withdrawn"


def test_timer_means_nothing_once_the_state_was_left(programme: Programme) -> None:
    set_clock(programme, MORNING, state="returned")
    assert sweep_timers(programme.db, at=MORNING) == 0
    assert told(programme) == []
    assert clock(programme) == (None, "left")


def test_after_an_absence_late_reminders_of_a_kind_are_one(programme: Programme) -> None:
    set_clock(programme, MORNING)
    assert len(reminders(programme)) == 2
    at = DEADLINE - timedelta(hours=20)
    assert is_daytime(at)
    assert sweep_timers(programme.db, at=at) == 1
    assert told(programme) == [Topic.SUBMISSION_DEADLINE_NEAR]
    assert reminders(programme) == []
    # What is left is the step itself.
    assert clock(programme) == (DEADLINE + SECOND, "")


def test_reminder_of_a_date_that_has_passed_is_not_told(programme: Programme) -> None:
    set_clock(programme, MORNING)
    move_edition(programme, state="suspended")
    at = DEADLINE + DAY
    assert is_daytime(at)
    assert sweep_timers(programme.db, at=at) == 0
    assert told(programme) == []


def test_reminder_waits_for_the_morning_of_a_working_day_but_a_step_does_not(programme: Programme) -> None:
    friday, saturday = datetime(2026, 9, 18, 7, 0, tzinfo=UTC), datetime(2026, 9, 19, 7, 0, tzinfo=UTC)
    move_edition(programme, submission_deadline=datetime(2026, 10, 3, 10, 0, tzinfo=UTC))
    # The clock did not go on Friday from nine o'clock on.
    set_clock(programme, friday, reminded_until=friday - DAY)
    assert working_days_before(date(2026, 10, 3), days=11) == date(2026, 9, 18)
    move_edition(programme, settings={"reminder_days": "-11"})
    assert reminders(programme)[0] == friday
    monday = datetime(2026, 9, 21, tzinfo=WARSAW)
    assert sweep_timers(programme.db, at=saturday) == 0
    assert clock(programme)[0] == monday.replace(hour=7)
    assert sweep_timers(programme.db, at=monday.replace(hour=6, minute=59)) == 0
    assert sweep_timers(programme.db, at=monday.replace(hour=7)) == 1
    night = (saturday + timedelta(days=15)).replace(hour=1)
    assert not is_daytime(night)
    sweep_timers(programme.db, at=night)
    assert state(programme) == "withdrawn"


@pytest.mark.parametrize("year", range(2026, 2031))
@pytest.mark.parametrize("month", [3, 10])
def test_daytime_follows_the_clock_of_warsaw_over_every_clock_change(year: int, month: int) -> None:
    changed = max(date(year, month, day) for day in range(25, 32) if date(year, month, day).weekday() == 6)
    quarters = [
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=15 * quarter)
        for day in (changed + timedelta(days=offset) for offset in range(-2, 9))
        for quarter in range(96)
    ]
    for moment in quarters:
        local = moment.astimezone(ZoneInfo("Europe/Warsaw"))
        assert is_daytime(moment) == (7 <= local.hour < 22 and is_working_day(local.date()))
    by_day = [moment for moment in quarters if is_daytime(moment)]
    for moment in quarters[: 96 * 6]:
        assert waking(moment) == next(one for one in by_day if one >= moment)


def test_broken_timer_stops_no_other(programme: Programme) -> None:
    set_clock(programme, MORNING)
    first = reminders(programme)[0]
    set_clock(programme, MORNING - DAY, subject_id=programme.other)
    set_clock(programme, MORNING - 2 * DAY, subject_kind="spaceship", subject_id=1, state="x")
    with programme.db.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == programme.other).values(lifecycle="nonsense"))
    sweep_timers(programme.db, at=first)
    assert told(programme) == [Topic.SUBMISSION_DEADLINE_NEAR]
    assert clock(programme, programme.other) == (first + timedelta(hours=1), "not yet: error")
    with programme.db.reading() as connection:
        assert due_subjects(connection, at=first, limit=10) == []
