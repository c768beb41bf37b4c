"""Guessing the password of one account is slowed down more and more; known and unknown addresses alike.

The try is counted before the password is looked at, so that many tries at once gain nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, text, update

from workflow.models import SignInAttempt

FREE_TRIES = 5
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
# A row that nobody touched for so long is forgotten.
FORGOTTEN_AFTER = timedelta(hours=24)
_FIRST_TRY = text(
    "INSERT INTO sign_in_attempt (subject_digest, failures, last_at) VALUES (:subject, 0, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=SignInAttempt.last_at.type))


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
    tx.execute(_FIRST_TRY, {"subject": subject_digest, "at": at})
    mine = SignInAttempt.subject_digest == subject_digest
    row = tx.execute(select(SignInAttempt.failures, SignInAttempt.last_at).where(mine).with_for_update()).one()
    failures = 0 if at - row.last_at > FORGOTTEN_AFTER else row.failures
    until: datetime = row.last_at + pause_after(failures)
    if failures and until > at:
        return until
    tx.execute(update(SignInAttempt).where(mine).values(failures=failures + 1, last_at=at))
    return None


def forget(tx: Connection, subject_digest: str) -> None:
    """The right password was given: earlier tries count no more."""
    tx.execute(delete(SignInAttempt).where(SignInAttempt.subject_digest == subject_digest))
