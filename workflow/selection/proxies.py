"""Recording a proxy with its file: a record of the meeting, its row and the bytes are one."""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, update

from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.files import storage
from workflow.files.storage import IncomingFile
from workflow.models import Proxy
from workflow.rules.facts import Actor, Ref
from workflow.rules.stored_file import StoredFile


def give_proxy(
    tx: Connection, uploads: Path, meeting: Ref, incoming: IncomingFile, *, from_seat: int, to_seat: int,
    given_on: date | str, actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Record that one seat lets another vote for it, with the file that says so, in the caller's transaction.

    The record `give_proxy` asks who may and whether the seats fit. Raises a Refusal; then the caller calls
    `storage.remove`.
    """
    file = StoredFile(name=incoming.name, type=incoming.kind.media_type, size=incoming.size, sha256=incoming.sha256)
    answers = {"seat": from_seat, "to_seat": to_seat, "given_on": given_on, "file": file}
    machine.take(tx, StepCommand(meeting, "give_proxy", actor=actor, at=at, answers=answers))
    storage.store(uploads, incoming)
    p = Proxy
    here = p.meeting_id == meeting.id, p.from_seat_id == from_seat, p.ended_at.is_(None)
    tx.execute(update(p).where(*here).values(file_key=incoming.key))
