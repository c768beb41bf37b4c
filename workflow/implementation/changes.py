"""Asking for a change of an accepted plan."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.errors import found
from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.engine.move import Moved
from workflow.models import Proposal
from workflow.rules.facts import Actor

CHANGE, REQUEST = "change_request", "request_change"


def request_change(
    tx: Connection, project: int, answers: Mapping[str, Any], *, actor: Actor, at: datetime, key: str | None = None,
    note: str = "",
) -> Moved:  # fmt: skip
    """A request to change the plan of a project, in the caller's transaction; it changes nothing before it is approved.

    Raises NotFound for a project that does not exist, and a Refusal as any step.
    """
    edition_id = found(tx.execute(select(Proposal.edition_id).where(Proposal.id == project)).scalar())
    given = {**answers, "project": project}
    return machine.create(tx, CreateCommand(
        CHANGE, REQUEST, actor=actor, at=at, edition_id=edition_id, answers=given, key=key, note=note,
    ))  # fmt: skip
