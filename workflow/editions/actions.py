"""Writes about editions: beginning one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.engine.move import Moved
from workflow.people.roles import grant_role
from workflow.rules.facts import Actor
from workflow.rules.roles import Role


def begin_edition(
    tx: Connection,
    *,
    actor: Actor,
    at: datetime,
    answers: Mapping[str, Any],
    is_admin: bool,
    note: str = "",
    key: str | None = None,
    paper_on: date | None = None,
) -> Moved:
    """Create an edition; whoever of an office does it is its first staff, or nobody could go on; wholly.

    An administrator gives the roles instead. Raises a Refusal, having written nothing.
    """
    moved = machine.create(
        tx, CreateCommand(
            "edition", "create_edition", actor=actor, at=at, note=note, answers=answers, key=key, paper_on=paper_on
        )
    )  # fmt: skip
    if not is_admin and not moved.replayed and actor.id is not None:
        grant_role(tx, actor.id, edition_id=moved.ref.id, role=Role.STAFF, actor=actor, at=at)
    return moved
