"""When the clock has something to do: named dates of a subject, and the rows that they make.

A timer is a row (workflow.models.outbox.Timer); nothing waits in a queue. Rows are set when a state is entered and
when a date moves; a row means nothing once the subject has left the state that it was set for, and ends at its moment
or when new ones are set.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from workflow.base.calendar import at_hour, deadline, next_working_day, warsaw_date, working_days_before
from workflow.lifecycle.definition import Lifecycle, Reminder
from workflow.rules.facts import Facts

MORNING = 9
REPORT_EVERY = 90
START_WITHIN = 30

Rule = Callable[[Facts, datetime], datetime | None]

# Dates: (the subject as it is after the step, since when) -> the moment, or None where there is none.
RULES: Mapping[str, Rule] = {
    "due": lambda facts, _since: facts.due_at,
    "submission_end": lambda facts, _since: _later(facts.submission_until, facts.due_at),
    "reserve_end": lambda facts, _since: facts.edition["reserve_valid_until"],
    "thirty_days_on": lambda _facts, since: deadline(since, days=START_WITHIN),
    "next_report": lambda _facts, since: deadline(since, days=REPORT_EVERY),
}


@dataclass(frozen=True, slots=True)
class Due:
    """One row to be set: the step or the reminder, and the moment."""

    name: str
    at: datetime


def plan(lifecycle: Lifecycle, facts: Facts, *, since: datetime) -> list[Due]:
    """The rows for the state that the subject is in; reminders whose day has passed are left out."""
    # A step is due after the last second of its term, not in it.
    timers = [
        Due(step.name, at + timedelta(seconds=1))
        for step in lifecycle.steps_from(facts.state)
        if step.timer and (at := RULES[step.timer.at](facts, since))
    ]
    for reminder in lifecycle.reminders:
        if facts.state in reminder.states and (at := RULES[reminder.at](facts, since)):
            timers.extend(reminder_row for reminder_row in _reminders(reminder, at) if reminder_row.at > since)
    return timers


@cache
def has_timers(lifecycle: Lifecycle, state: str | None) -> bool:
    """Whether a state has anything for the clock to do."""
    return any(step.timer for step in lifecycle.steps_from(state)) or any(
        state in reminder.states for reminder in lifecycle.reminders
    )


def _reminders(reminder: Reminder, at: datetime) -> Iterable[Due]:
    for days in reminder.days:
        day = warsaw_date(at)
        if reminder.unit == "working_days":
            before = working_days_before(day, days=days)
        else:
            before = day - timedelta(days=days)
        yield Due(f"remind:{reminder.name}:-{days}", at_hour(before, MORNING))
    for days in reminder.after:
        yield Due(
            f"remind:{reminder.name}:+{days}",
            at_hour(next_working_day(warsaw_date(at) + timedelta(days=days)), MORNING),
        )


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first
    return max(first, second)
