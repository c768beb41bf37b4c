"""Some hundred decisions announced in one transaction, beside the same steps taken one by one."""

import time
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Connection, insert, select

from bench.steps import Stage, take
from tests.growth import copies
from workflow.base.calendar import utc_now
from workflow.engine.batch import take_all
from workflow.engine.command import StepCommand
from workflow.models import Decision
from workflow.rules.facts import Ref

TOGETHER, APART = 300, 100
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Announced:
    """Seconds for one proposal of some hundred together and for one alone, and how many times as fast that is."""

    together: float
    alone: float
    faster: float


def measure(stage: Stage) -> Announced:
    """Rounds of both, each with proposals of its own that the committee has decided for."""
    world = stage.world
    with world.writing():
        first = world.proposal_in("presented")
        world.decide(first, "select")
    rounds = []
    for _ in range(ROUNDS):
        with stage.database.transaction() as tx:
            refs = copies(tx, first, APART + TOGETHER)
            _decide(tx, first, refs)
        version = world.facts(first).version
        alone, together = apart(stage, refs[:APART], version), in_one(stage, refs[APART:])
        rounds.append((together, alone, alone / together))
    return Announced(*(median(column) for column in zip(*rounds, strict=True)))


def _decide(tx: Connection, first: Ref, refs: list[Ref]) -> None:
    """Let the resolution about the first proposal be about its copies as well."""
    decision = tx.execute(select(*Decision.__table__.c).where(Decision.proposal_id == first.id)).one()
    tx.execute(insert(Decision), [{**decision._asdict(), "proposal_id": ref.id} for ref in refs])


def apart(stage: Stage, refs: list[Ref], version: int) -> float:
    began, chair = time.perf_counter(), stage.world["chair"]
    for ref in refs:
        take(stage.database, StepCommand(ref, "select", chair, utc_now(), version))
    return (time.perf_counter() - began) / len(refs)


def in_one(stage: Stage, refs: list[Ref]) -> float:
    actor, at = stage.world["chair"], utc_now()
    began = time.perf_counter()
    with stage.database.transaction() as tx:
        take_all(tx, [StepCommand(ref, "select", actor, at) for ref in refs])
    return (time.perf_counter() - began) / len(refs)
