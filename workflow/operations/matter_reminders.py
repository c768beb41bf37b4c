"""Reminders of what conferences left open: on the days of the edition's ladder, until its result is noted."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from workflow.db.database import Database
from workflow.models import Edition, OpenMatter
from workflow.notifications import outbox
from workflow.notifications.matter_letters import MATTER
from workflow.notifications.topic_audiences import REACH
from workflow.rules.deadlines import is_daytime, ladder_of_edition, waking
from workflow.rules.facts import Ref
from workflow.rules.ladder import FARTHEST, Rung
from workflow.rules.states import RESTING
from workflow.rules.topics import Topic

# No day of a ladder is farther from its term; holidays lie between working days.
FAR = timedelta(days=2 * FARTHEST)
log = logging.getLogger(__name__)


def sweep_matters(db: Database, *, at: datetime) -> int:
    """Send the reminders of open matters that are due at `at`, each in a transaction of its own; returns how many.

    Safe to run anywhere and at once: a matter is claimed by the moment of its last reminder, and the key of a
    reminder exists once. Nothing is sent by night or on a day off, nor while the edition rests. Of several late
    ones only the last is sent, of those before the matter was noted none. An error with one matter leaves the
    others be.
    """
    if not is_daytime(at):
        return 0
    with db.reading() as connection:
        due = [(row, rung) for row in _open_matters(connection, at) if (rung := _last(row, at=at))]
    return sum(_remind(db, row, rung, at=at) for row, rung in due)


def next_moment(connection: Connection, *, at: datetime) -> datetime | None:
    """When the next reminder of an open matter is due, from `at` on; None where none lies ahead. One statement."""
    moments = (waking(rung.moment(row.due_at)) for row in _open_matters(connection, at) for rung in _ladder(row))
    return min((moment for moment in moments if moment > at), default=None)


def _open_matters(connection: Connection, at: datetime) -> Iterator[Row[Any]]:
    m = OpenMatter
    query = select(m.id, m.conference_id, m.owner_id, m.due_at, m.noted_at, m.reminded_at, Edition.settings).join(
        Edition, Edition.id == m.edition_id
    )
    near = m.due_at.between(at - FAR, at + FAR)
    runs = Edition.historical.is_(False), Edition.state.not_in(RESTING)
    yield from connection.execute(query.where(m.done_at.is_(None), near, *runs).order_by(m.id))


def _ladder(row: Row[Any]) -> tuple[Rung, ...]:
    return ladder_of_edition({"settings": row.settings})


def _last(row: Row[Any], *, at: datetime) -> Rung | None:
    """The last reminder that is due and was not sent; one before the term only until it has passed."""
    since = max(row.noted_at, row.reminded_at or row.noted_at)
    due = [rung for rung in _ladder(row) if since < rung.moment(row.due_at) <= at]
    last = max(due, key=lambda rung: rung.days, default=None)
    return None if last and last.is_before and row.due_at < at else last


def _remind(db: Database, row: Row[Any], rung: Rung, *, at: datetime) -> bool:
    try:
        return db.in_transaction(lambda tx: _claim(tx, row, at=at) and _record(tx, row, rung, at=at))
    except Exception:
        log.exception("the reminder of open matter %s could not be sent", row.id)
        return False


def _claim(tx: Connection, row: Row[Any], *, at: datetime) -> bool:
    """Whether this call is the one that reminds: nobody did since it was read, and it is still open."""
    m = OpenMatter
    unchanged = m.reminded_at.is_(None) if row.reminded_at is None else m.reminded_at == row.reminded_at
    query = update(m).where(m.id == row.id, m.done_at.is_(None), m.due_at == row.due_at, unchanged)
    return tx.execute(query.values(reminded_at=at)).rowcount == 1


def _record(tx: Connection, row: Row[Any], rung: Rung, *, at: datetime) -> bool:
    payload = {MATTER: row.id, "person": row.owner_id, "until": row.due_at.isoformat(), REACH: rung.reach.value}
    key = f"matter:{row.id}:{row.due_at.isoformat()}:{rung.days:+d}"
    topic = Topic.MATTER_NEAR if rung.is_before else Topic.MATTER_OVERDUE
    return outbox.record(tx, key=key, topic=topic, ref=Ref("conference", row.conference_id), payload=payload, at=at)
