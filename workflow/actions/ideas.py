"""Writes about ideas: recording one, and noting that its author has read how the data are used."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, update

from workflow import machine
from workflow.advance import Moved
from workflow.facts import Actor
from workflow.models import RoleGrant


def record_idea(
    tx: Connection,
    *,
    edition_id: int,
    clause_version: str,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any],
    note: str = "",
    key: str | None = None,
    paper_on: date | None = None,
) -> Moved:
    """Record an idea and, where it was confirmed, that the actor has read the clause of this version; wholly.

    Raises a Refusal, having written nothing.
    """
    moved = machine.create(
        tx, "proposal", "record_idea", actor=actor, at=at, edition_id=edition_id, note=note, data=data, key=key,
        paper_on=paper_on,
    )  # fmt: skip
    if data.get("clause") and paper_on is None:
        tx.execute(
            update(RoleGrant)
            .where(
                RoleGrant.person_id == actor.id, RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None)
            )
            .values(clause_version=clause_version, clause_shown_at=at)
        )
    return moved
