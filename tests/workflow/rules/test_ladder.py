"""The ladder of reminders over every deadline of every table, on the days on which calendars go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflow.base.calendar import WARSAW, at_hour, end_of_day, is_working_day, warsaw_date
from workflow.lifecycle.definition import Lifecycle, Reminder
from workflow.notifications.ladders import AUDIENCES_OF_LADDERS, LADDERS, OF_MATTERS, audiences_of_rung
from workflow.rules.deadlines import RULES, Due, is_daytime, ladder_of, next_moment, plan, waking
from workflow.rules.facts import ActorRights, Facts, Ref
from workflow.rules.ladder import FARTHEST, MOST_RUNGS, Reach, read_ladder, rungs, written
from workflow.rules.registry import newest_version, tables
from workflow.rules.topics import Audience, Topic

NEWEST = [newest_version(name) for name in sorted({name for name, _ in tables()})]
DEADLINES = [(table, reminder) for table in NEWEST for reminder in table.reminders]
STEPS = [(table, step, state) for table in NEWEST for step in table.rows if step.timer for state in step.sources]
# Clock changes, Easter Monday, Corpus Christi, 24 December (a holiday in Poland since 2025, none before), long
# weekends of May, November and the turn of the year.
AWKWARD = (
    date(2025, 3, 30), date(2025, 10, 26), date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31),
    date(2025, 4, 21), date(2026, 4, 6), date(2027, 3, 29), date(2028, 4, 17),
    date(2025, 6, 19), date(2026, 6, 4), date(2027, 5, 27), date(2028, 6, 15),
    date(2024, 12, 24), date(2025, 12, 24), date(2026, 12, 24), date(2027, 12, 24),
    date(2026, 5, 1), date(2026, 5, 3), date(2026, 11, 11), date(2027, 1, 6), date(2026, 8, 15), date(2027, 11, 1),
)  # fmt: skip
NEAR = st.builds(lambda day, off: day + timedelta(days=off), st.sampled_from(AWKWARD), st.integers(-25, 25))
DAYS = NEAR | st.dates(date(2024, 6, 1), date(2031, 12, 31))
MOMENTS = DAYS.map(end_of_day) | st.builds(
    lambda day, hour, minute: datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC), DAYS,
    st.integers(0, 23), st.sampled_from((0, 30, 59)),
)  # fmt: skip
LADDERS_OF_DAYS = st.lists(st.integers(-FARTHEST, FARTHEST), min_size=1, max_size=MOST_RUNGS, unique=True)

# As the programme says: staff, chair, initiator; a milestone and what the office itself has to do end at the chair.
TO_INITIATOR = {Topic.PROGRESS_REPORT_DUE, Topic.PROGRESS_REPORT_OVERDUE, Topic.APPEAL_DECISION_NEAR,
                Topic.APPEAL_DECISION_OVERDUE}  # fmt: skip
deadline = pytest.mark.parametrize(("table", "reminder"), DEADLINES, ids=lambda part: getattr(part, "name", part))


def facts_at(state: str, moment: datetime, days: Sequence[int] | None = None, **edition: Any) -> Facts:
    """A proposal whose every deadline is at a moment, as far as the moment stands in a row."""
    own = {"due_at": moment, "submission_until": None, "report_due_at": moment}
    settings = {} if days is None else {"reminder_days": written(sorted(days))}
    common = {"settings": settings, "submission_deadline": moment, "reserve_valid_until": moment, **edition}
    return Facts(Ref("proposal", 1), "local_partnership", 2, state, 1, None, moment, "", {}, own, common, ActorRights())


def reminders_of(table: Lifecycle, reminder: Reminder, facts: Facts, since: datetime) -> list[Due]:
    return [due for due in plan(table, facts, since=since) if due.reminder is reminder]


def working_days_between(first: date, last: date) -> int:
    """Working days after the first day up to the last one."""
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


@deadline
@given(MOMENTS, LADDERS_OF_DAYS | st.none())
def test_every_rung_is_in_the_morning_of_the_right_working_day(
    table: Lifecycle, reminder: Reminder, moment: datetime, days: Sequence[int] | None
) -> None:
    facts = facts_at(reminder.states[0], moment, days)
    until = RULES[reminder.at](facts, moment)
    assert until is not None
    wanted = [day for day in days or (-14, -3, 1, 7, 14) if (reminder.before if day <= 0 else reminder.after)]
    dues = reminders_of(table, reminder, facts, moment)
    assert sorted(due.rung.days for due in dues if due.rung) == sorted(wanted)
    term = warsaw_date(until)
    for due in dues:
        assert due.rung
        local = due.at.astimezone(WARSAW)
        assert (local.hour, local.minute) == (9, 0)
        assert is_daytime(due.at)
        assert is_working_day(local.date())
        assert waking(due.at) == due.at
        if due.rung.days > 0:
            assert local.date() > term
            assert working_days_between(term, local.date()) == due.rung.days
        elif due.rung.days < 0:
            assert local.date() < term
            assert working_days_between(local.date() - timedelta(days=1), term - timedelta(days=1)) == -due.rung.days
        else:
            assert local.date() == term or not is_working_day(term)
            assert local.date() <= term
        assert due.until == until
        assert due.topic == (reminder.before if due.rung.days <= 0 else reminder.after)


@deadline
@given(MOMENTS, LADDERS_OF_DAYS)
def test_reminders_come_in_the_order_of_the_ladder(
    table: Lifecycle, reminder: Reminder, moment: datetime, days: Sequence[int]
) -> None:
    dues = sorted(reminders_of(table, reminder, facts_at(reminder.states[0], moment, days), moment),
                  key=lambda due: due.rung.days if due.rung else 0)  # fmt: skip
    assert all(one.at <= next_.at for one, next_ in pairwise(dues))
    assert len({due.name for due in dues}) == len(dues)


@deadline
@given(MOMENTS, st.integers(1, 40))
def test_reminders_move_with_their_deadline(table: Lifecycle, reminder: Reminder, moment: datetime, later: int) -> None:
    state, longer = reminder.states[0], moment + timedelta(days=later)
    before = reminders_of(table, reminder, facts_at(state, moment), moment)
    after = reminders_of(table, reminder, facts_at(state, longer), longer)
    assert [due.name for due in before] == [due.name for due in after]
    assert all(one.at <= other.at for one, other in zip(before, after, strict=True))


@dataclass
class Clock:
    """Looks at one subject as `operations.reminders` does: of what has come since the last look it sends only the last."""

    dues: list[Due]
    reminded: datetime
    sent: list[tuple[datetime, Due]] = field(default_factory=list)

    def look(self, at: datetime) -> datetime | None:
        """When to look again."""
        if is_daytime(at):
            late = [due for due in self.dues if self.reminded < due.at <= at]
            self.sent += [(at, max(late, key=lambda due: due.at))] if late else []
            self.reminded = at
        return next_moment(self.dues, at=at, reminded_until=self.reminded)


@deadline
@given(MOMENTS, st.integers(0, 120), st.integers(1, 30), st.integers(0, 50))
def test_a_clock_that_stops_for_days_sends_each_rung_at_most_once_and_by_day(
    table: Lifecycle, reminder: Reminder, moment: datetime, stops: int, away: int, slow: int
) -> None:
    since = moment - timedelta(days=30)
    clock = Clock(reminders_of(table, reminder, facts_at(reminder.states[0], moment), since), since)
    absence = since + timedelta(days=stops), since + timedelta(days=stops + away)
    at: datetime | None = since
    while at is not None:
        # A beat that comes late, and one that does not come at all.
        at = absence[1] if absence[0] <= at < absence[1] else at + timedelta(minutes=slow)
        at = clock.look(at)
    names = [due.name for _, due in clock.sent]
    assert len(set(names)) == len(names)
    assert all(is_daytime(at) and due.at <= at for at, due in clock.sent)
    assert all(first.at < second.at for (_, first), (_, second) in pairwise(clock.sent))
    # Whatever was not sent was overtaken by a later one of the same deadline.
    for due in clock.dues:
        overtaken = any(other.at >= due.at and at >= due.at for at, other in clock.sent)
        assert due.name in names or overtaken or due.at <= since


@pytest.mark.parametrize(("table", "step", "state"), STEPS, ids=lambda part: getattr(part, "name", part))
@given(MOMENTS)
def test_a_step_of_the_clock_comes_a_second_after_its_term_and_waits_for_no_working_day(
    table: Lifecycle, step: Any, state: str, moment: datetime
) -> None:
    dues = [due for due in plan(table, facts_at(state, moment), since=moment) if due.name == step.name]
    assert [due.at for due in dues] == [moment + timedelta(seconds=1)]
    assert not any(due.rung and due.rung.days > 0 for due in plan(table, facts_at(state, moment), since=moment)
                   if due.reminder and due.reminder.at == step.timer.at)  # fmt: skip


@example(day=date(2024, 12, 24), off=False)
@example(day=date(2025, 12, 24), off=True)
@example(day=date(2026, 4, 6), off=True)
@example(day=date(2026, 6, 4), off=True)
@given(day=st.just(date(2026, 12, 24)), off=st.just(True))
def test_days_off_are_no_rungs(day: date, off: bool) -> None:
    assert is_working_day(day) != off
    for days in range(-10, 11):
        (rung,) = rungs([days])
        for around in range(-12, 13):
            reminded = warsaw_date(rung.moment(end_of_day(day + timedelta(days=around))))
            assert is_working_day(reminded)
            assert not off or reminded != day


def test_the_usual_ladder_around_christmas() -> None:
    """The term is Monday 28 December 2026; 24 to 26 December, 1 and 6 January are days off."""
    found = [warsaw_date(rung.moment(end_of_day(date(2026, 12, 28)))) for rung in ladder_of(facts_at("idea", NOON))]
    assert found == [date(2026, 12, 4), date(2026, 12, 21), date(2026, 12, 29), date(2027, 1, 8), date(2027, 1, 19)]


NOON = at_hour(date(2026, 9, 16), 12)


def test_who_is_told_grows_from_whoever_has_to_act_to_the_chair_and_of_reports_and_appeals_to_the_initiator() -> None:
    reaches = [rung.reach for rung in ladder_of(facts_at("idea", NOON))]
    assert reaches == [Reach.RESPONSIBLE, Reach.BESIDE, Reach.OFFICE, Reach.CHAIR, Reach.INITIATOR]
    for topic in LADDERS:
        circles = [set(audiences_of_rung(topic, reach)) for reach in Reach]
        assert all(smaller <= larger for smaller, larger in pairwise(circles))
        assert Audience.CHAIR not in circles[2]
        assert {Audience.STAFF, Audience.CHAIR} <= circles[3]
        assert circles[3] | ({Audience.INITIATOR} if topic in TO_INITIATOR else set()) == circles[4]
        assert circles[4] == set(AUDIENCES_OF_LADDERS[topic])


@pytest.mark.parametrize(
    ("days", "reaches"),
    [((1,), "office"), ((1, 7), "office chair"), ((1, 7, 14, 30), "office chair initiator initiator")],
)
def test_each_day_after_the_term_is_told_one_circle_further(days: Sequence[int], reaches: str) -> None:
    assert [rung.reach for rung in rungs((-3, *days)) if not rung.is_before] == reaches.split()


def test_every_reminder_of_every_table_has_a_ladder_of_recipients() -> None:
    told = {Topic(topic) for _, reminder in DEADLINES for topic in (reminder.before, reminder.after) if topic}
    assert told == set(LADDERS) - OF_MATTERS


@given(LADDERS_OF_DAYS)
def test_a_ladder_is_read_as_it_is_written(days: list[int]) -> None:
    assert read_ladder(written(days)) == tuple(sorted(days))
    assert len(rungs(days)) == len(days)


@pytest.mark.parametrize(
    ("text", "days"),
    [("T-14, T-3, T+1, T+7", (-14, -3, 1, 7)), ("7 1 −3", (-3, 1, 7)), ("-1;+1", (-1, 1)), ("0", (0,))],
)
def test_a_ladder_is_read_as_people_write_it(text: str, days: tuple[int, ...]) -> None:
    assert read_ladder(text) == days


@pytest.mark.parametrize(
    "text", ["", "x", "-3, -3", "61", "-61", "3.5", "--3", "٣", "1 2 3 4 5 6 7 8 9", "-3, x", "0 -0"]
)
def test_what_is_no_ladder_is_refused(text: str) -> None:
    assert read_ladder(text) is None


@given(text=st.text(max_size=40) | st.from_regex(r"[T+\-0-9 ,]{1,20}", fullmatch=True))
def test_any_text_is_a_ladder_that_reads_the_same_when_written_or_is_refused(text: str) -> None:
    days = read_ladder(text)
    assert days is None or (days and read_ladder(written(days)) == days)
