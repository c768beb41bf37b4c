"""Writes about editions: beginning one."""

from sqlalchemy import Connection

from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.engine.move import Moved
from workflow.people.roles import grant_role
from workflow.rules.roles import Role


def begin_edition(tx: Connection, command: CreateCommand, *, is_admin: bool) -> Moved:
    """Create an edition; whoever of an office does it is its first staff, or nobody could go on; wholly.

    An administrator gives the roles instead. Raises a Refusal, having written nothing.
    """
    moved, actor = machine.create(tx, command), command.actor
    if not is_admin and not moved.replayed and actor.id is not None:
        grant_role(tx, actor.id, edition_id=moved.ref.id, role=Role.STAFF, actor=actor, at=command.at)
    return moved
