"""Timers: a row that is due becomes a step taken by the system, or a reminder to people."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from workflow.base.calendar import WARSAW, is_working_day
from workflow.base.errors import NoSuchStep, NotFound, Refusal
from workflow.db.database import Database
from workflow.engine.command import StepCommand
from workflow.engine.machine import facts_of, take
from workflow.models import Timer
from workflow.notifications import outbox
from workflow.rules.deadlines import RULES
from workflow.rules.facts import SYSTEM, Facts, Ref
from workflow.rules.registry import lifecycle_of
from workflow.rules.topics import Topic

BATCH = 100
REMIND = "remind:"
# The subject is no longer in the state that the timer was set for.
LEFT = "left"
# A step that is not possible yet is looked at again after this.
POSTPONE = timedelta(hours=1)
DAY_STARTS, DAY_ENDS = 7, 22
# Dates that stand in a row of the database; the others are counted from a past step, and a letter does not name them.
NAMED_DATES = ("due", "submission_end", "reserve_end")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that is due."""

    id: int
    ref: Ref
    name: str
    state: str
    due_at: datetime

    @property
    def reminder(self) -> str:
        """The name of the reminder; empty where the timer takes a step."""
        return self.name.split(":")[1] if self.name.startswith(REMIND) else ""


def sweep_timers(db: Database, *, at: datetime, limit: int = BATCH) -> int:
    """Do what is due at `at`, each timer in a transaction of its own; returns how many were done.

    Safe to run anywhere and at once: a step is taken once because the first one changes the state, a reminder is
    told once because its outbox key is unique. Reminders wait until people are awake: from 7 to 22 on working days in
    Warsaw. Of several late ones of the same kind only the last is told. An error in one timer leaves the others be.
    """
    with db.reading() as connection:
        due = due_timers(connection, at=at, limit=limit)
    return sum(_do(db, timer, at=at) for timer in due)


def due_timers(connection: Connection, *, at: datetime, limit: int) -> Sequence[Due]:
    """The timers that are due, the oldest first; reminders only while people are awake."""
    query = (
        select(Timer).where(Timer.done_at.is_(None), Timer.due_at <= at).order_by(Timer.due_at, Timer.id).limit(limit)
    )
    if not is_daytime(at):
        query = query.where(Timer.name.not_like(f"{REMIND}%"))
    return [
        Due(row.id, Ref(row.subject_kind, row.subject_id), row.name, row.state, row.due_at)
        for row in connection.execute(query)
    ]


def is_daytime(at: datetime) -> bool:
    """Whether a reminder may reach people now."""
    local = at.astimezone(WARSAW)
    return DAY_STARTS <= local.hour < DAY_ENDS and is_working_day(local.date())


def _is_due(at: datetime) -> ColumnElement[bool]:
    return and_(Timer.done_at.is_(None), Timer.due_at <= at)


def _do(db: Database, due: Due, *, at: datetime) -> bool:
    try:
        return db.in_transaction(lambda tx: _in_transaction(tx, due, at=at))
    except Exception:
        log.exception("timer %s (%s of %s) could not be done", due.id, due.name, due.ref)
    with db.transaction() as tx:
        _postpone(tx, due, at=at, reason="error")
    return False


def _in_transaction(tx: Connection, due: Due, *, at: datetime) -> bool:
    if not _is_open(tx, due):
        return False
    facts = facts_of(tx, [due.ref], actor=SYSTEM).get(due.ref)
    if facts is None or facts.state != due.state:
        return _finish(tx, due, at=at, outcome=LEFT)
    if not due.reminder:
        return _step(tx, due, at=at)
    return _finish(tx, due, at=at, outcome=_remind(tx, due, facts, at=at))


def _is_open(tx: Connection, due: Due) -> bool:
    """Whether no other beat has done it meanwhile; a reminder is locked by asking.

    A step is not: its subject is locked first and the timer's row last, in the order in which a person's step does it.
    """
    query = select(Timer.id).where(Timer.id == due.id, Timer.done_at.is_(None))
    return tx.execute(query.with_for_update() if due.reminder else query).first() is not None


def _step(tx: Connection, due: Due, *, at: datetime) -> bool:
    try:
        take(tx, StepCommand(due.ref, due.name, actor=SYSTEM, at=at))
    except (NoSuchStep, NotFound):
        return _finish(tx, due, at=at, outcome=LEFT)
    except Refusal as refusal:
        codes = ", ".join(unmet.code for unmet in refusal.missing) or refusal.code
        log.info("timer %s (%s of %s) is not possible yet: %s", due.id, due.name, due.ref, codes)
        return _postpone(tx, due, at=at, reason=codes)
    return _finish(tx, due, at=at, outcome="taken")


def _remind(tx: Connection, due: Due, facts: Facts, *, at: datetime) -> str:
    reminder = next((each for each in lifecycle_of(facts).reminders if each.name == due.reminder), None)
    if reminder is None:
        return "unknown"
    until = RULES[reminder.at](facts, at) if reminder.at in NAMED_DATES else None
    if until and until < at and ":-" in due.name:
        # What was to be told before a date means nothing after it.
        return "too late"
    if _has_later(tx, due, at=at):
        return "superseded"
    payload = {"until": until.isoformat()} if until else {}
    key = f"timer:{due.ref}:{due.name}:{due.due_at.isoformat()}"
    outbox.record(tx, key=key, topic=Topic(reminder.tells), ref=due.ref, payload=payload, at=at)
    return "told"


def _has_later(tx: Connection, due: Due, *, at: datetime) -> bool:
    """Whether a later reminder of the same kind is due as well, as after an absence."""
    later = select(Timer.id).where(
        _is_due(at),
        Timer.subject_kind == due.ref.kind,
        Timer.subject_id == due.ref.id,
        Timer.name.like(f"{REMIND}{due.reminder}:%"),
        or_(Timer.due_at > due.due_at, and_(Timer.due_at == due.due_at, Timer.id > due.id)),
    )
    return tx.execute(later.limit(1)).first() is not None


def _finish(tx: Connection, due: Due, *, at: datetime, outcome: str) -> bool:
    own = update(Timer).where(Timer.id == due.id)
    if outcome == LEFT:
        # The step that left the state may have been another beat's, which has noted it already.
        own = own.where(Timer.done_at.is_(None))
    tx.execute(own.values(done_at=at, outcome=outcome))
    return True


def _postpone(tx: Connection, due: Due, *, at: datetime, reason: str) -> bool:
    open_still = update(Timer).where(Timer.id == due.id, Timer.done_at.is_(None))
    tx.execute(open_still.values(due_at=at + POSTPONE, outcome=f"not yet: {reason}"[:200]))
    return False
