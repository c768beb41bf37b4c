"""The morning of a working day: what was gathered for each person becomes one letter."""

import logging
from datetime import datetime

from workflow.db.database import Database
from workflow.notifications import digests
from workflow.rules.deadlines import is_daytime

BATCH = 100
log = logging.getLogger(__name__)


def sweep_digests(db: Database, *, at: datetime, limit: int = BATCH) -> int:
    """Make the digests that are due, each person in a transaction of its own; returns how many were made.

    Safe to run anywhere and at once. Nothing is done by night or on a day off. An error with one person leaves the
    others be.
    """
    if not is_daytime(at):
        return 0
    with db.reading() as connection:
        people = digests.due_people(connection, at=at, limit=limit)
    return sum(_sum_up(db, person_id, at=at) for person_id in people)


def _sum_up(db: Database, person_id: int, *, at: datetime) -> bool:
    try:
        return bool(db.in_transaction(lambda tx: digests.sum_up(tx, person_id, at=at)))
    except Exception:
        log.exception("the digest of person %s could not be made", person_id)
        return False
