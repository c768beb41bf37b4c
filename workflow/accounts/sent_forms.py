"""Forms that browsers sent: each is carried out once, and whoever sends it again gets the first answer.

The row is written in the transaction of the effect, so that the one is there exactly when the other is. Of two that are
sent at once the second waits for the first to commit.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, delete, select, update

from workflow.db.dialect import upsert
from workflow.models import SentForm
from workflow.models.base import table_of

# A page that stays open over the night may be sent again in the morning.
KEPT_FOR = timedelta(hours=24)
# The answer may hold what is shown once, or a cookie.
ANSWER_KEPT_FOR = timedelta(hours=1)


class AlreadySent(Exception):
    """This form was carried out by another request. No refusal: no page may take it for one."""


def claim(tx: Connection, digest: str, *, at: datetime) -> None:
    """Write that this form is carried out, in the transaction of its effect; raises AlreadySent where it was."""
    table = table_of(SentForm)
    statement = upsert(tx)(table).values(digest=digest, at=at).on_conflict_do_nothing().returning(table.c.digest)
    if tx.execute(statement).first() is None:
        raise AlreadySent


class CarriedOut(Struct, frozen=True):
    """A form that was carried out: when, and the sealed answer where one is kept."""

    at: datetime
    answer: str | None


def find_sent(tx: Connection, digest: str) -> CarriedOut | None:
    """What is known of a form; None where it was not carried out."""
    row = tx.execute(select(SentForm.at, SentForm.answer).where(SentForm.digest == digest)).one_or_none()
    return CarriedOut(*row) if row else None


def keep_answer(tx: Connection, digest: str, answer: str) -> None:
    """Keep where the form led, as a sealed box."""
    tx.execute(update(SentForm).where(SentForm.digest == digest).values(answer=answer))


def drop_claim(tx: Connection, digest: str) -> None:
    """Forget a form that was refused: the same may be sent again."""
    tx.execute(delete(SentForm).where(SentForm.digest == digest))


def forget_old(tx: Connection, *, at: datetime) -> None:
    """Delete what nobody will send again, and empty the answers before."""
    stale = (SentForm.at < at - ANSWER_KEPT_FOR, SentForm.answer.is_not(None))
    tx.execute(update(SentForm).where(*stale).values(answer=None))
    tx.execute(delete(SentForm).where(SentForm.at < at - KEPT_FOR))
