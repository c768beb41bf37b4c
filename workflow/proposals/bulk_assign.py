"""One person named for many proposals: each by a record of its own, so that one refusal stops none of the others."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from workflow.base.errors import Refusal
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.rules.facts import Actor, Ref

# What somebody is named for -> the record that names them.
RECORDS: Mapping[str, str] = {"animator": "assign_animator", "reviewer": "assign_reviewer"}


class Target(Struct, frozen=True):
    """A proposal that somebody is named for: its version on the page, and whom it has already."""

    id: int
    version: int | None
    holder: int | None


class Outcome(Struct, frozen=True):
    """What became of one proposal: done, done before, or refused and why."""

    id: int
    was_so: bool = False
    refusal: Refusal | None = None


def assign_each(
    database: Database, targets: Iterable[Target], *, task: str, person_id: int, actor: Actor, at: datetime, key: str
) -> list[Outcome]:
    """Name a person for each proposal, one after the other, each in a transaction of its own.

    A refusal of one (stale, not allowed, edition over, ...) is its outcome and the next one follows; nothing is raised
    for it. Who has the person already is left as it is. The same `key` with the same choice has its effect once.
    """
    outcomes = []
    for target in targets:
        if target.holder == person_id:
            outcomes.append(Outcome(target.id, was_so=True))
            continue
        try:
            _assign(database, target, task, person_id, actor, at, f"{key}:{task}:{person_id}:{target.id}")
            outcomes.append(Outcome(target.id))
        except Refusal as refusal:
            outcomes.append(Outcome(target.id, refusal=refusal))
    return outcomes


def _assign(
    database: Database, target: Target, task: str, person_id: int, actor: Actor, at: datetime, key: str
) -> machine.Moved:
    ref, data = Ref("proposal", target.id), {"person": person_id}
    return database.in_transaction(
        lambda tx: machine.take(
            tx, StepCommand(ref, RECORDS[task], actor, at, target.version, data, key=key)
        )
    )  # fmt: skip
