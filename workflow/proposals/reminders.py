"""Which reminders of a deadline lie ahead, for those whom they will reach: worked out as the clock itself does."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from workflow.engine import timers
from workflow.lifecycle.definition import Text
from workflow.notifications.ladders import audiences_of_rung
from workflow.rules.deadlines import plan, waking
from workflow.rules.facts import Facts
from workflow.rules.permissions import RULES
from workflow.rules.registry import lifecycle_of
from workflow.rules.roles import Role
from workflow.rules.topics import Audience, Topic


class Watch(Struct, frozen=True):
    """What the clock keeps of a subject: since when it is in its state, and until when reminders are over."""

    since: datetime
    reminded_until: datetime


class ComingReminder(Struct, frozen=True):
    """A reminder that will be sent unless the thing is done or the deadline moves before."""

    at: datetime
    until: datetime
    label: Text
    audiences: tuple[Audience, ...]
    # Whether the reader gets it.
    is_mine: bool


def _named(column: str) -> Callable[[Facts], bool]:
    """Whether the reader stands in this column of the subject, or of the project whose plan it is a part of."""
    return lambda facts: facts.rights.id is not None and facts.rights.id in {
        facts.own.get(column), getattr(facts.plan, column, None)
    }  # fmt: skip


def _speaks_for_partner(facts: Facts) -> bool:
    return RULES[Role.PARTNER_CONTACT](facts) or RULES[Role.SIGNATORY](facts)


# Whether the reader of facts is in an audience; as `notifications.recipients.audiences` reads it from rows.
_IS_IN: Mapping[Audience, Callable[[Facts], bool]] = {
    # Without a leader the author acts as one, and is reminded as the author too.
    Audience.LEADER: _named("leader_id"),
    Audience.AUTHOR: _named("author_id"),
    Audience.COORDINATOR: _named("coordinator_id"),
    Audience.GROUP: lambda facts: facts.rights.in_group,
    Audience.STAFF: RULES[Role.STAFF],
    Audience.CHAIR: RULES[Role.COMMITTEE_CHAIR],
    Audience.INITIATOR: RULES[Role.INITIATOR],
    Audience.APPEAL_BODY: RULES[Role.APPEAL_BODY],
    Audience.NAMED: RULES[Role.MILESTONE_OWNER],
    Audience.ORGANISATION: _speaks_for_partner,
}  # fmt: skip


def coming(facts: Facts, watch: Watch) -> tuple[ComingReminder, ...]:
    """The reminders that lie ahead of a subject, the nearest first; pure. Nothing for whom none of them reaches."""
    dues = plan(lifecycle_of(facts), facts, since=watch.since)
    found = []
    for due in sorted(dues, key=lambda due: due.at):
        if due.reminder and due.rung and due.until and due.at > watch.reminded_until:
            audiences = audiences_of_rung(Topic(due.topic), due.rung.reach)
            is_mine = any(_IS_IN[audience](facts) for audience in audiences)
            found.append(ComingReminder(waking(due.at), due.until, due.reminder.label, audiences, is_mine))
    return tuple(found) if any(reminder.is_mine for reminder in found) else ()


def reminders_of(tx: Connection, facts: Facts) -> tuple[ComingReminder, ...]:
    """The reminders that lie ahead of a subject, for its reader; one statement. None while its clock rests."""
    timer = timers.timer_of(tx, facts.ref)
    if timer is None or timer.due_at is None or timer.state != facts.state:
        return ()
    return coming(facts, Watch(timer.since, timer.reminded_until))
