"""Planning milestones of a project: one by one, or all that the sheet promises at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.errors import found
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.move import Moved
from workflow.models import Proposal
from workflow.rules.facts import SYSTEM, Actor

MILESTONE, PLAN, FREEZE = "milestone", "plan_milestone", "freeze"


def plan_milestone(
    tx: Connection, project: int, answers: Mapping[str, Any], *, actor: Actor, at: datetime, key: str | None = None,
    note: str = "",
) -> Moved:  # fmt: skip
    """A new milestone of a project, in the caller's transaction.

    Where the plan is accepted already, its day becomes that of the accepted plan at once. Raises NotFound for a project
    that does not exist, and a Refusal as any step.
    """
    query = select(Proposal.edition_id, Proposal.plan_accepted_at).where(Proposal.id == project)
    row = found(tx.execute(query).one_or_none())
    given = {**answers, "project": project}
    moved = machine.create(tx, CreateCommand(
        MILESTONE, PLAN, actor=actor, at=at, edition_id=row.edition_id, answers=given, key=key, note=note,
    ))  # fmt: skip
    if row.plan_accepted_at is not None and not moved.replayed:
        machine.take(tx, StepCommand(moved.ref, FREEZE, actor=SYSTEM, at=at))
    return moved
