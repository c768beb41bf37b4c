"""Beginning parts of the plan of a project: milestones, and requests to change it once it is accepted."""

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
CHANGE, REQUEST = "change_request", "request_change"


def begin_part(
    tx: Connection, project: int, kind: str, step: str, answers: Mapping[str, Any], *, actor: Actor, at: datetime,
    key: str | None = None, note: str = "",
) -> Moved:  # fmt: skip
    """A new milestone of a project, or a request to change its plan, in the caller's transaction.

    A request changes nothing before it is approved. Where the plan is accepted already, the day of a new milestone
    becomes that of the accepted plan at once. Raises NotFound for a project that does not exist, and a Refusal as any
    step.
    """
    query = select(Proposal.edition_id, Proposal.plan_accepted_at).where(Proposal.id == project)
    row = found(tx.execute(query).one_or_none())
    given = {**answers, "project": project}
    moved = machine.create(tx, CreateCommand(
        kind, step, actor=actor, at=at, edition_id=row.edition_id, answers=given, key=key, note=note,
    ))  # fmt: skip
    if kind == MILESTONE and row.plan_accepted_at is not None and not moved.replayed:
        machine.take(tx, StepCommand(moved.ref, FREEZE, actor=SYSTEM, at=at))
    return moved
