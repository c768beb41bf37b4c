"""When the clock has something to do: named dates of a subject, and the rows that they make.

Each subject has one row for the clock (workflow.models.outbox.Timer) that says when to look at it next; what there is
to do is worked out here from its dates, when the row is set and again when its moment comes. Nothing waits in a queue.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from msgspec import Struct

from workflow.base.calendar import WARSAW, at_hour, deadline, is_working_day, next_working_day, warsaw_date
from workflow.lifecycle.definition import Lifecycle, Reminder
from workflow.rules.facts import Facts
from workflow.rules.ladder import Rung, read_ladder, rungs
from workflow.rules.settings_catalogue import value

DAY_STARTS, DAY_ENDS = 7, 22

Rule = Callable[[Facts, datetime], datetime | None]

# "thirty_days_on" has the name of its usual term; the edition sets it.
# Dates: (the subject as it is after the step, since when) -> the moment, or None where there is none.
RULES: Mapping[str, Rule] = {
    "due": lambda facts, _since: facts.due_at,
    "submission_end": lambda facts, _since: _later(facts.submission_until, facts.due_at),
    "reserve_end": lambda facts, _since: facts.edition["reserve_valid_until"],
    "thirty_days_on": lambda facts, since: _start_due(facts, since),
    "next_report": lambda facts, _since: facts.own.get("report_due_at"),
}


class Due(Struct, frozen=True):
    """Something that the clock has to do at a moment: to take the step, or to send the reminder of this name."""

    name: str
    at: datetime
    # The reminder, where it is one, its place on the ladder, what it tells and the deadline that it reminds of.
    reminder: Reminder | None = None
    rung: Rung | None = None
    topic: str = ""
    until: datetime | None = None


def plan(lifecycle: Lifecycle, facts: Facts, *, since: datetime) -> list[Due]:
    """Everything that the clock has to do in the state that the subject is in since then, past or ahead; pure."""
    # A step is due after the last second of its term, not in it.
    steps = [
        Due(step.name, at + timedelta(seconds=1))
        for step in lifecycle.steps_from(facts.state)
        if step.timer and (at := RULES[step.timer.at](facts, since))
    ]
    reminders = [
        due
        for reminder in lifecycle.reminders
        if facts.state in reminder.states and (at := RULES[reminder.at](facts, since))
        for due in _reminders(reminder, at, ladder_of(facts))
    ]
    return [*steps, *reminders]


def ladder_of(facts: Facts) -> tuple[Rung, ...]:
    """The ladder of reminders of the edition that a subject belongs to."""
    return ladder_of_edition(facts.edition)


def ladder_of_edition(edition: Mapping[str, Any]) -> tuple[Rung, ...]:
    """The same from the row of the edition."""
    return rungs(read_ladder(value(edition, "reminder_days")) or ())


def next_moment(
    dues: Iterable[Due], *, at: datetime, reminded_until: datetime, retry_at: datetime | None = None
) -> datetime | None:
    """When to look at a subject next; None where nothing lies ahead.

    Reminders wait for the day, those until `reminded_until` are over; a step that was due and is not possible yet
    waits until `retry_at`.
    """
    moments = [
        waking(max(due.at, at)) if due.reminder else (retry_at if retry_at and due.at <= at else due.at)
        for due in dues
        if due.reminder is None or due.at > reminded_until
    ]
    return min(moments, default=None)


def is_daytime(at: datetime) -> bool:
    """Whether a reminder may reach people now: from 7 to 22 on working days in Warsaw."""
    local = at.astimezone(WARSAW)
    return DAY_STARTS <= local.hour < DAY_ENDS and is_working_day(local.date())


def waking(at: datetime) -> datetime:
    """The first moment from then on that is by day."""
    if is_daytime(at):
        return at
    day = warsaw_date(at)
    is_morning = at.astimezone(WARSAW).hour < DAY_STARTS
    return at_hour(next_working_day(day if is_morning else day + timedelta(days=1)), DAY_STARTS)


@cache
def has_timers(lifecycle: Lifecycle, state: str | None) -> bool:
    """Whether a state has anything for the clock to do."""
    return any(step.timer for step in lifecycle.steps_from(state)) or any(
        state in reminder.states for reminder in lifecycle.reminders
    )


def _reminders(reminder: Reminder, at: datetime, ladder: Iterable[Rung]) -> Iterable[Due]:
    for rung in ladder:
        if topic := reminder.before if rung.is_before else reminder.after:
            yield Due(f"remind:{reminder.name}:{rung.days:+d}", rung.moment(at), reminder, rung, topic, at)


def _start_due(facts: Facts, since: datetime) -> datetime:
    return deadline(since, days=value(facts.edition, "start_days"))


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first
    return max(first, second)
