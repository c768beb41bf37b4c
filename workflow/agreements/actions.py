"""What the office does with many partners of an agreement at once; and their papers as files."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from workflow.agreements.queries import contacts_of, partners_of
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.documents import store
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.machine import Moved
from workflow.files import storage
from workflow.files.storage import IncomingFile
from workflow.models import Agreement, AgreementPartnerFile
from workflow.notifications import letter_batches
from workflow.rules.agreement import AWAITED, PartnerPaper
from workflow.rules.facts import Actor, Ref
from workflow.rules.letter_batches import BatchKind
from workflow.rules.stored_file import StoredFile

MOST = 500


def invite_all(
    tx: Connection, agreement: Ref, organisations: Sequence[int], *, answer_day: date | str | None, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Invite organisations, all or none, in the caller's transaction; returns the number of the batch of letters.

    The letters wait until the office has looked through them. Raises a Refusal, BadInput where nothing was chosen.
    """
    if not 0 < len(set(organisations)) <= MOST:
        raise BadInput({"organisations": _("Choose the organisations to invite, at most {most}.", most=MOST)})
    edition_id = _edition_of(tx, agreement)
    contacts = contacts_of(tx, organisations, edition_id)
    moved = [
        machine.create(tx, CreateCommand(
            "agreement_partner", "invite_partner", actor=actor, at=at, edition_id=edition_id,
            answers={"organisation": organisation, "person": contacts.get(organisation), "answer_day": answer_day},
        ))
        for organisation in dict.fromkeys(organisations)
    ]  # fmt: skip
    return _hold(tx, edition_id, moved, actor, at)


def remind_all(tx: Connection, agreement: Ref, partners: Collection[int], *, actor: Actor, at: datetime) -> int:
    """Remind partners that have not answered, all or none; returns the number of the batch of letters, which waits.

    Partners that have answered since are left out. BadInput where nobody is left.
    """
    awaited = [row.id for row in partners_of(tx, agreement.id, states=AWAITED) if row.id in partners]
    if not awaited:
        raise BadInput({"partners": _("Choose partners who have not answered yet.")})
    moved = [machine.take(tx, StepCommand(Ref("agreement_partner", partner), "remind_partner", actor=actor, at=at))
             for partner in awaited]  # fmt: skip
    return _hold(tx, _edition_of(tx, agreement), moved, actor, at)


def _hold(tx: Connection, edition_id: int, moved: Sequence[Moved], actor: Actor, at: datetime) -> int:
    """Put the letters of these steps into a batch that waits for the office."""
    batch_id = letter_batches.begin(tx, edition_id, BatchKind.AGREEMENT, by=actor.id, at=at)
    letter_batches.put(tx, batch_id, history_ids=[move.history_id for move in moved])
    return batch_id


def _edition_of(tx: Connection, agreement: Ref) -> int:
    return int(tx.execute(select(Agreement.edition_id).where(Agreement.id == agreement.id)).scalar_one())


def keep_paper(
    tx: Connection, uploads: Path, partner: Ref, incoming: IncomingFile, paper: PartnerPaper, *, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Attach a mandate or a scan to a partner, in the caller's transaction.

    The record `keep_paper` asks who may. Raises a Refusal; then the caller calls `storage.remove`.
    """
    file = StoredFile(name=incoming.name, type=incoming.kind.media_type, size=incoming.size, sha256=incoming.sha256)
    answers = {"file": file, "partner_paper": paper.value}
    machine.take(tx, StepCommand(partner, "keep_paper", actor=actor, at=at, answers=answers))
    storage.store(uploads, incoming)
    f = AgreementPartnerFile
    here = f.partner_id == partner.id, f.file_sha256 == incoming.sha256, f.file_key.is_(None)
    tx.execute(update(f).where(*here).values(file_key=incoming.key))


def read_text(tx: Connection, document_id: int, *, actor: Actor, at: datetime) -> None:
    """Keep that somebody has opened a version of the text; the renderings of an approved one are made once."""
    if actor.id is not None:
        store.note_reading(tx, document_id, actor.id, at=at)
    if not store.is_complete(tx, document_id) and (stored := store.find(tx, document_id)):
        store.keep_renderings(tx, stored)
