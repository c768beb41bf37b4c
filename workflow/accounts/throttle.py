"""Guessing the password of one account is slowed down more and more; known and unknown addresses alike.

The try is counted before the password is looked at, so that many tries at once gain nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from workflow.models import SignInAttempt

FREE_TRIES = 5
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
# A row that nobody touched for so long is forgotten.
FORGOTTEN_AFTER = timedelta(hours=24)


def pause_after(failures: int) -> timedelta:
    """How long nobody may try after so many tries that failed: nothing, 15 s, 30 s, 1 min ... 15 min."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def count_try(tx: Connection, subject_digest: str, *, at: datetime) -> datetime | None:
    """Count one try for an address; returns the moment to wait for when it may not be made now.

    One transaction: the row is locked from the look to the write.
    """
    fresh = {"subject_digest": subject_digest, "failures": 0, "last_at": at}
    make = insert_sqlite if tx.dialect.name == "sqlite" else insert_postgresql
    tx.execute(make(SignInAttempt).values(fresh).on_conflict_do_nothing())
    mine = SignInAttempt.subject_digest == subject_digest
    row = tx.execute(
        select(SignInAttempt.failures, SignInAttempt.last_at).where(mine).with_for_update()
    ).one()
    failures = 0 if at - row.last_at > FORGOTTEN_AFTER else row.failures
    until: datetime = row.last_at + pause_after(failures)
    if failures and until > at:
        return until
    tx.execute(update(SignInAttempt).where(mine).values(failures=failures + 1, last_at=at))
    return None


def forget(tx: Connection, subject_digest: str) -> None:
    """The right password was given: earlier tries count no more."""
    tx.execute(delete(SignInAttempt).where(SignInAttempt.subject_digest == subject_digest))
