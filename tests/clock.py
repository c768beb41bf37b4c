"""What the clock still has to do with a subject, as its row and its dates say."""

from datetime import datetime

from sqlalchemy import Connection

from workflow.engine import facts_reader, timers
from workflow.rules.deadlines import plan
from workflow.rules.facts import SYSTEM, Ref
from workflow.rules.registry import lifecycle_of


def ahead(tx: Connection, ref: Ref) -> dict[str, datetime]:
    """Steps and reminders that wait for their moment, by name; nothing where the clock does not look at the subject."""
    timer = timers.timer_of(tx, ref)
    facts = facts_reader.read_facts(tx, [ref], actor=SYSTEM)[ref]
    if timer is None or timer.due_at is None or timer.state != facts.state:
        return {}
    dues = plan(lifecycle_of(facts), facts, since=timer.since)
    return {due.name: due.at for due in dues if due.reminder is None or due.at > timer.reminded_until}
