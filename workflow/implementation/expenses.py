"""Noting an expense together with the file that shows it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.files.actions import store_file
from workflow.files.storage import IncomingFile
from workflow.rules.facts import Actor, Ref

NOTE, INVOICE = "note_expense", "invoice"


def note_with_document(
    tx: Connection, uploads: Path, project: Ref, document: IncomingFile, answers: Mapping[str, Any], *, version: int,
    actor: Actor, at: datetime, note: str = "",
) -> Moved:  # fmt: skip
    """Keep a document among the files of a project and note the expense that it shows, in the caller's transaction.

    `version` is the one that the form was typed on. Raises a Refusal, having written nothing.
    """
    number = store_file(tx, uploads, project, document, kind=INVOICE, actor=actor, at=at)
    # Keeping the file was an entry of its own.
    return machine.take(tx, StepCommand(
        project, NOTE, actor=actor, at=at, version=version + 1, answers={**answers, "expense_file": number}, note=note,
    ))  # fmt: skip
