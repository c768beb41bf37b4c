"""Notes of the office about a project: for the office of its edition alone, beside the project and its history."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.models import OfficeNote, Person
from workflow.models.office_note import LONGEST
from workflow.rules.facts import Actor


class Note(Struct, frozen=True):
    """One note; the text of one that was withdrawn is empty."""

    id: int
    by_id: int
    by_name: str
    text: str
    written_at: datetime
    withdrawn_at: datetime | None


def notes_of(tx: Connection, proposal_id: int) -> tuple[Note, ...]:
    """The notes about a project, newest first; one statement. Whether the reader may is for the caller to ask."""
    n = OfficeNote
    query = (
        select(n.id, n.written_by_id, Person.name, n.text, n.written_at, n.withdrawn_at)
        .join(Person, Person.id == n.written_by_id)
        .where(n.proposal_id == proposal_id)
        .order_by(n.id.desc())
    )
    return tuple(Note(*row) for row in tx.execute(query))


def write_note(tx: Connection, proposal_id: int, text: str, *, key: str, actor: Actor, at: datetime) -> None:
    """Write a note, once for each key; BadInput for an empty or too long one.

    No step: nothing of the project or of the edition changes, nobody is told, the history stays as it is.
    """
    words = text.strip()
    if not words:
        raise BadInput({"text": _("Write the note first.")})
    if len(words) > LONGEST:
        raise BadInput({"text": _("This is too long: {given} characters, at most {maximum} fit.", given=len(words),
                                  maximum=LONGEST)})  # fmt: skip
    if tx.execute(select(OfficeNote.id).where(OfficeNote.key == key)).first():
        return
    tx.execute(
        insert(OfficeNote).values(proposal_id=proposal_id, written_by_id=actor.id, text=words, written_at=at, key=key)
    )


def withdraw_note(tx: Connection, proposal_id: int, note_id: int, *, actor: Actor, at: datetime) -> None:
    """Take back a note of the actor's own, whose words go; NotFound for anybody else's."""
    n = OfficeNote
    mine = n.id == note_id, n.proposal_id == proposal_id, n.written_by_id == actor.id, n.withdrawn_at.is_(None)
    if not tx.execute(update(n).where(*mine).values(withdrawn_at=at, text="")).rowcount:
        raise NotFound
