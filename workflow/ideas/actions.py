"""Writes about ideas: recording one, or a paper card for somebody, and noting that its author has read the clause."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.engine.move import Moved
from workflow.files.actions import store_file
from workflow.files.storage import IncomingFile
from workflow.models import RoleGrant
from workflow.rules.facts import Actor

SCAN = "scan"


def record_idea(
    tx: Connection,
    *,
    edition_id: int,
    clause_version: str,
    actor: Actor,
    at: datetime,
    answers: Mapping[str, Any],
    note: str = "",
    key: str | None = None,
    paper_on: date | None = None,
) -> Moved:
    """Record an idea and, where it was confirmed, that its author has read the clause of this version; wholly.

    On a paper card (`paper_on`, the day of receipt) the author is the person that `answers` names, if any. Raises a
    Refusal, having written nothing.
    """
    moved = machine.create(
        tx, CreateCommand(
            "proposal", "record_idea", actor=actor, at=at, edition_id=edition_id, note=note, answers=answers, key=key,
            paper_on=paper_on,
        )
    )  # fmt: skip
    reader = actor.id if paper_on is None else answers.get("person")
    if answers.get("clause") and reader:
        tx.execute(
            update(RoleGrant)
            .where(
                RoleGrant.person_id == int(reader), RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None)
            )
            .values(clause_version=clause_version, clause_shown_at=at)
        )
    return moved


def record_card(
    tx: Connection, uploads: Path, scan: IncomingFile | None, *, actor: Actor, at: datetime, **idea: Any
) -> Moved:
    """Record the idea of a paper card with its scan, as one; `idea` is what `record_idea` wants.

    Raises a Refusal, having written nothing; then the caller removes what `storage.receive` has taken in.
    """
    moved = record_idea(tx, actor=actor, at=at, **idea)
    if scan is not None and not moved.replayed:
        store_file(tx, uploads, moved.ref, scan, kind=SCAN, actor=actor, at=at)
    return moved
