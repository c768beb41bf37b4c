"""What the clock has to do: subjects whose moment has come get a step by the system, or people get a reminder."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from workflow.base.errors import NoSuchStep, NotFound, Refusal
from workflow.db.database import Database
from workflow.engine import timers
from workflow.engine.command import StepCommand
from workflow.engine.facts_reader import KINDS
from workflow.engine.machine import facts_of, take
from workflow.notifications import outbox
from workflow.notifications.topic_audiences import REACH
from workflow.rules.deadlines import Due, is_daytime, next_moment, plan
from workflow.rules.facts import SYSTEM, Facts, Ref
from workflow.rules.guards.plans import PLANNED_IN
from workflow.rules.permissions import PLAN_KINDS
from workflow.rules.registry import lifecycle_of
from workflow.rules.states import RESTING
from workflow.rules.topics import Topic

BATCH = 100
# A step that is not possible yet is looked at again after this.
POSTPONE = timedelta(hours=1)
# Of a plan that rests nobody is reminded; it is looked at again after this.
TOMORROW = timedelta(days=1)
log = logging.getLogger(__name__)


def sweep_timers(db: Database, *, at: datetime, limit: int = BATCH) -> int:
    """Do what is due at `at`, each subject in a transaction of its own; returns for how many something was done.

    Safe to run anywhere and at once: a step is taken once because the first one changes the state, reminders are sent
    once because their subject's row can be claimed once. Reminders wait until people are awake: from 7 to 22 on
    working days in Warsaw. Of several late ones of a deadline only the last is sent. An error with one subject
    leaves the others be.
    """
    with db.reading() as connection:
        refs = timers.due_subjects(connection, at=at, limit=limit)
    return sum(_do(db, ref, at=at) for ref in refs)


def _do(db: Database, ref: Ref, *, at: datetime) -> bool:
    try:
        return db.in_transaction(lambda tx: _in_transaction(tx, ref, at=at))
    except Exception:
        log.exception("what is due of %s could not be done", ref)
    with db.transaction() as tx:
        if (timer := timers.timer_of(tx, ref)) and timer.due_at and timer.due_at <= at:
            timers.claim(tx, ref, timer.due_at, {"due_at": at + POSTPONE, "outcome": "not yet: error"})
    return False


def _in_transaction(tx: Connection, ref: Ref, *, at: datetime) -> bool:
    timer = timers.timer_of(tx, ref)
    if timer is None or timer.due_at is None or timer.due_at > at:
        # Another beat has done it before.
        return False
    facts = facts_of(tx, [ref], actor=SYSTEM).get(ref) if ref.kind in KINDS else None
    if facts is None or facts.state != timer.state:
        timers.claim(tx, ref, timer.due_at, {"due_at": None, "outcome": "left"})
        return False
    if _rests(facts):
        timers.claim(
            tx, ref, timer.due_at, {"due_at": at + TOMORROW, "reminded_until": at, "outcome": "the plan rests"}
        )
        return False
    dues = plan(lifecycle_of(facts), facts, since=timer.since)
    outcome = _take_steps(tx, facts, [due for due in dues if due.reminder is None and due.at <= at], at=at)
    if outcome is None:
        return True
    return _remind(tx, facts, timer, dues, outcome, at=at)


def _rests(facts: Facts) -> bool:
    """Whether this is a part of the plan of a project that rests or is over, or whose edition does."""
    if facts.ref.kind not in PLAN_KINDS:
        return False
    return facts.edition["state"] in RESTING or facts.plan is None or facts.plan.state not in PLANNED_IN


def _take_steps(tx: Connection, facts: Facts, dues: Iterable[Due], *, at: datetime) -> str | None:
    """None where a step was taken, which has set the clock anew; else why none could be taken, "" for none due."""
    refused: list[str] = []
    for due in sorted(dues, key=lambda due: due.at):
        try:
            take(tx, StepCommand(facts.ref, due.name, SYSTEM, at))
        except (NoSuchStep, NotFound):
            continue
        except Refusal as refusal:
            refused += [missing.code for missing in refusal.missing] or [refusal.code]
            log.info("%s of %s is not possible yet: %s", due.name, facts.ref, ", ".join(refused))
        else:
            return None
    return f"not yet: {', '.join(refused)}"[:200] if refused else ""


def _remind(tx: Connection, facts: Facts, timer: Any, dues: Sequence[Due], outcome: str, *, at: datetime) -> bool:
    """Send the reminders that are due by day, and say when to look at the subject next."""
    waiting = [due for due in dues if due.reminder and timer.reminded_until < due.at <= at] if is_daytime(at) else []
    reminded_until = at if is_daytime(at) else timer.reminded_until
    due_at = next_moment(dues, at=at, reminded_until=reminded_until, retry_at=at + POSTPONE)
    columns = {"due_at": due_at, "reminded_until": reminded_until, "outcome": outcome}
    if not timers.claim(tx, facts.ref, timer.due_at, columns):
        return False
    sent = [_send(tx, facts, due, at=at) for due in _last_of_each(waiting).values()]
    return any(sent)


def _last_of_each(dues: Iterable[Due]) -> Mapping[str, Due]:
    """Of several late reminders of the same deadline, as after an absence, only the last."""
    return {due.reminder.name: due for due in sorted(dues, key=lambda due: due.at) if due.reminder}


def _send(tx: Connection, facts: Facts, due: Due, *, at: datetime) -> bool:
    """Record a reminder for those whom its place on the ladder reaches; False where its deadline has passed."""
    if due.rung is None or due.until is None or (due.rung.is_before and due.until < at):
        return False
    payload = {"until": due.until.isoformat(), REACH: due.rung.reach.value}
    key = f"timer:{facts.ref}:{due.name}:{due.at.isoformat()}"
    return outbox.record(tx, key=key, topic=Topic(due.topic), ref=facts.ref, payload=payload, at=at)
