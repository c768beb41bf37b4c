"""Taking back the last step of a subject with its letters: what it would do, and doing what was seen.

The step, its dates, the letters not sent yet and the corrections for those who got one change in one transaction.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.engine import facts_reader, machine
from workflow.engine.command import StepCommand
from workflow.engine.move import UNDO, Moved
from workflow.engine.preview import Preview, PreviewChanged, preview
from workflow.models import HistoryEntry
from workflow.notifications import withdrawals
from workflow.notifications.topic_recipients import WITHOUT_LETTERS, recipients_of, to_nobody
from workflow.notifications.withdrawals import Fate, StepLetter
from workflow.rules.facts import Actor, Ref


class UndoPlan(Struct, frozen=True):
    """What taking back the last step would do now; without letters where the step told nobody."""

    preview: Preview
    letters: tuple[StepLetter, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over everything that was seen."""
        return hashlib.sha256(f"{self.preview.digest}{withdrawals.digest_of(self.letters)}".encode()).hexdigest()

    @property
    def reaches_anybody(self) -> bool:
        """Whether the step has letters, so that the undoing is told by corrections alone."""
        return _reaches_anybody(self.letters)

    @property
    def fates(self) -> Mapping[int, Fate]:
        """What becomes of the letter of each person."""
        return {one.id: one.fate for letter in self.letters for one in letter.addressees}


class UndoChanged(PreviewChanged):
    """What was seen is not what would happen any more; `differences` are people whose letter has another fate now."""

    def __init__(self, differences: Iterable[int]) -> None:
        super().__init__()
        self.differences = tuple(differences)


def plan_undo(tx: Connection, ref: Ref, *, actor: Actor, at: datetime, lock: bool = False) -> UndoPlan:
    """What the undoing would do; without `lock` it only reads."""
    entry = _last_entry(tx, ref)
    letters = withdrawals.letters_of_step(tx, entry, lock=lock) if entry else ()
    # Where the letters of the step are corrected, the undoing tells nobody else.
    recipients = to_nobody if _reaches_anybody(letters) else recipients_of
    seen = preview(tx, [StepCommand(ref, UNDO, actor, at)], recipients=recipients, answered=False)
    return UndoPlan(seen, letters if seen.moves else ())


def _reaches_anybody(letters: Iterable[StepLetter]) -> bool:
    return any(letter.addressees for letter in letters)


def _last_entry(tx: Connection, ref: Ref) -> int | None:
    h = HistoryEntry
    query = select(h.id).where(h.subject_kind == ref.kind, h.subject_id == ref.id)
    return tx.execute(query.order_by(h.version.desc()).limit(1)).scalar_one_or_none()


def undo_with_letters(
    tx: Connection, ref: Ref, *, actor: Actor, at: datetime, version: int | None, reason: str, seen: str,
    fates: Mapping[int, str], correction: str = "",
) -> Moved:  # fmt: skip
    """Revert the last step as it was seen, by the digest of its plan; commits nothing.

    Where the step told nobody, the undoing is told as any other step. Raises a Refusal, having written nothing:
    UndoChanged with the people whose letters went out or were read since, beside those of `machine.undo`.
    """
    facts_reader.lock_subject(tx, ref, actor=actor, scope=None, data={})
    now = plan_undo(tx, ref, actor=actor, at=at, lock=True)
    if now.preview.moves and now.digest != seen:
        here = {str(person): fate.value for person, fate in now.fates.items()}
        before = {str(person): fate for person, fate in fates.items()}
        raise UndoChanged(int(person) for person in here if here[person] != before.get(person))
    moved = machine.undo(
        tx, ref, actor=actor, at=at, version=version, reason=reason,
        payload={WITHOUT_LETTERS: True} if now.reaches_anybody else None,
    )  # fmt: skip
    withdrawals.withdraw(tx, now.letters, at=at)
    withdrawals.correct(tx, now.letters, history_id=moved.history_id, text=correction, at=at)
    return moved
