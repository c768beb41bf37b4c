"""Files of a proposal: kept, taken away, and their bytes swept up afterwards."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import NotFound, found
from workflow.base.grouping import in_chunks
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.files import storage
from workflow.files.slides import SLIDES
from workflow.files.storage import IncomingFile
from workflow.models import AgreementPartnerFile, HallCardScan, PaperBatch, ProposalFile, Proxy
from workflow.rules.facts import Actor, Ref
from workflow.rules.stored_file import StoredFile

# How long the bytes of a file that was taken away can still be brought back by the office's operator.
GRACE = timedelta(days=30)
# Younger bytes without a row may belong to somebody who is sending them now, or to a form that was refused and will be
# sent again in the same session.
YOUNG = timedelta(hours=12)
BATCH = 500


def store_file(
    tx: Connection, uploads: Path, ref: Ref, incoming: IncomingFile, *, kind: str, actor: Actor, at: datetime,
    pages: int | None = None, as_slides: bool = False,
) -> int:  # fmt: skip
    """Keep a file that `storage.receive` has found good: record, row and bytes are one; returns the file's number.

    With `as_slides` it is the record `attach_slides`, by which a group adds nothing but slides once the project was
    handed in; the caller passes their kind. The record asks who may and whether there is room, with the proposal
    locked, so that two who send at once cannot pass the limit together. `pages`: what `slides.pages_of` says of it.
    Raises a Refusal, having written nothing; then the caller calls `storage.remove`.
    """
    stored = StoredFile(name=incoming.name, type=incoming.kind.media_type, size=incoming.size, sha256=incoming.sha256)
    if as_slides:
        machine.take(tx, StepCommand(ref, "attach_slides", actor, at, answers={"file": stored}))
    else:
        machine.take(tx, StepCommand(ref, "attach_file", actor, at, answers={"file": stored, "file_kind": kind}))
    storage.store(uploads, incoming)
    values = {
        "proposal_id": ref.id, "name": incoming.name, "kind": kind, "media_type": incoming.kind.media_type,
        "size": incoming.size, "sha256": incoming.sha256, "key": incoming.key, "has_small": incoming.is_picture,
        "added_by_id": actor.id, "added_at": at, "pages": pages,
    }  # fmt: skip
    return int(tx.execute(insert(ProposalFile).values(**values).returning(ProposalFile.id)).scalar_one())


def remove_file(
    tx: Connection, ref: Ref, number: int, *, actor: Actor, at: datetime, reason: str = "", as_slides: bool = False
) -> None:  # fmt: skip
    """Take a file away: a record of the proposal, and the row marked with who and when; the bytes go after GRACE.

    With `as_slides` it is the record `remove_slides`, and files of another kind are not found.

    Raises NotFound where the proposal has no such file (any more), or what the machine refuses.
    """
    f = ProposalFile
    present = [f.id == number, f.proposal_id == ref.id, f.removed_at.is_(None)]
    if as_slides:
        present.append(f.kind == SLIDES)
    row = found(tx.execute(select(f.name, f.media_type, f.size, f.sha256).where(*present)).one_or_none())
    stored = StoredFile(name=row.name, type=row.media_type, size=row.size, sha256=row.sha256)
    answers = {"file": stored} if as_slides else {"file": stored, "reason": reason}
    machine.take(tx, StepCommand(ref, "remove_slides" if as_slides else "remove_file", actor, at, answers=answers))
    # Somebody may have taken it away while this waited for the proposal.
    if tx.execute(update(f).where(*present).values(removed_at=at, removed_by_id=actor.id)).rowcount == 0:
        raise NotFound


def restore_file(tx: Connection, ref: Ref, number: int, *, actor: Actor, at: datetime) -> None:
    """Bring back a file that was taken away, while its bytes are still there: the record `attach_file` once more.

    Raises NotFound where there is nothing to bring back, or what the machine refuses.
    """
    f = ProposalFile
    gone = f.id == number, f.proposal_id == ref.id, f.removed_at.is_not(None), f.bytes_removed_at.is_(None)
    row = found(tx.execute(select(f.name, f.kind, f.media_type, f.size, f.sha256).where(*gone)).one_or_none())
    stored = StoredFile(name=row.name, type=row.media_type, size=row.size, sha256=row.sha256)
    machine.take(tx, StepCommand(ref, "attach_file", actor, at, answers={"file": stored, "file_kind": row.kind}))
    if tx.execute(update(f).where(*gone).values(removed_at=None, removed_by_id=None)).rowcount == 0:
        raise NotFound


def sweep_files(database: Database, uploads: Path, *, at: datetime) -> int:
    """Remove bytes that no row names and bytes of files taken away long ago; returns how many files went.

    Safe to run anywhere and at once, and beside people who are sending files.
    """
    return _sweep_taken_away(database, uploads, at=at) + _sweep_unnamed(database, uploads, at=at)


def _sweep_taken_away(database: Database, uploads: Path, *, at: datetime) -> int:
    """The rows are marked first: bytes that a row no longer promises are found as unnamed if this is cut short."""
    f = ProposalFile
    old = select(f.id).where(f.removed_at < at - GRACE, f.bytes_removed_at.is_(None)).limit(BATCH)
    with database.transaction() as tx:
        marked = update(f).where(f.id.in_(old.scalar_subquery())).values(bytes_removed_at=at).returning(f.key)
        keys = list(tx.execute(marked).scalars())
    for key in keys:
        storage.remove(uploads, key)
    return len(keys)


def _sweep_unnamed(database: Database, uploads: Path, *, at: datetime) -> int:
    keys = list(storage.keys_older_than(uploads, before=(at - YOUNG).timestamp()))
    gone = 0
    for batch in in_chunks(keys, BATCH):
        with database.reading() as connection:
            f = ProposalFile
            promised = select(f.key).where(f.key.in_(batch), f.bytes_removed_at.is_(None))
            named = set(connection.execute(promised).scalars())
            for kept in (PaperBatch.scan_key, Proxy.file_key, AgreementPartnerFile.file_key, HallCardScan.file_key):
                named |= {key for key in connection.execute(select(kept).where(kept.in_(batch))).scalars() if key}
        for key in set(batch) - named:
            storage.remove(uploads, key)
            gone += 1
    return gone
