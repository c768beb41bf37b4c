"""What was over before it was entered: letters that nobody waits for any more, dates that have passed."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, tuple_, update

from workflow.models import OutboxRow, Timer
from workflow.rules.facts import Ref

BATCH = 400


def rest_letters(tx: Connection, refs: Iterable[Ref], *, before: datetime | None) -> None:
    """Count as told what happened to these subjects before a moment (None: at any time): no letter goes out."""
    for chosen in _batches(refs):
        old = (OutboxRow.at < before,) if before else ()
        of_them = tuple_(OutboxRow.subject_kind, OutboxRow.subject_id).in_(chosen)
        tx.execute(
            update(OutboxRow).where(of_them, OutboxRow.relayed_at.is_(None), *old).values(relayed_at=OutboxRow.at)
        )


def rest_reminders(tx: Connection, refs: Iterable[Ref], *, before: datetime) -> None:
    """Drop reminders of these subjects whose moment has passed; what the clock has to do itself stays."""
    for chosen in _batches(refs):
        passed = (_timer_of(chosen), Timer.done_at.is_(None), Timer.due_at <= before, Timer.name.like("remind:%"))
        tx.execute(update(Timer).where(*passed).values(done_at=Timer.due_at, outcome="past"))


def archive_dates(tx: Connection, refs: Iterable[Ref], *, at: datetime) -> None:
    """Drop every date of subjects that rest in the archive."""
    for chosen in _batches(refs):
        tx.execute(
            update(Timer).where(_timer_of(chosen), Timer.done_at.is_(None)).values(done_at=at, outcome="archived")
        )


def _timer_of(chosen: list[tuple[str, int]]) -> ColumnElement[bool]:
    return tuple_(Timer.subject_kind, Timer.subject_id).in_(chosen)


def _batches(refs: Iterable[Ref]) -> Iterator[list[tuple[str, int]]]:
    known = [(ref.kind, ref.id) for ref in refs]
    for start in range(0, len(known), BATCH):
        yield known[start : start + BATCH]
