"""What was over before it was entered: letters that nobody waits for any more."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, tuple_, update

from workflow.base.grouping import in_chunks
from workflow.models import OutboxRow
from workflow.rules.facts import Ref

BATCH = 400


def end_old_letters(tx: Connection, refs: Iterable[Ref], *, before: datetime | None) -> None:
    """Count as told what happened to these subjects before a moment (None: at any time): no letter goes out."""
    for chosen in in_chunks([(ref.kind, ref.id) for ref in refs], BATCH):
        old = (OutboxRow.at < before,) if before else ()
        of_them = tuple_(OutboxRow.subject_kind, OutboxRow.subject_id).in_(chosen)
        tx.execute(
            update(OutboxRow).where(of_them, OutboxRow.relayed_at.is_(None), *old).values(relayed_at=OutboxRow.at)
        )
