"""Works that start at the same moment, on PostgreSQL, each in a transaction of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import NullPool

from tests.world import World
from workflow.base.errors import Refusal
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.models import HistoryEntry, Proposal
from workflow.rules.facts import Ref


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    """A database with room for all clients at once."""
    opened = Database(postgres_url)
    opened.engine.dispose()
    opened.engine = create_engine(postgres_url, poolclass=NullPool)
    yield opened
    opened.close()


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Let everybody start at the same moment; what comes back is an answer or the refusal."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return work()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return [found.result() for found in [pool.submit(one, work) for work in works]]


def take(world: World, ref: Ref, step: str, who: str, **more: Any) -> Callable[[], Any]:
    command = StepCommand(ref, step, world[who], world.now, **more)
    return lambda: world.database.in_transaction(lambda tx: machine.take(tx, command))


def entries(world: World, ref: Ref, step: str | None = None) -> int:
    h = HistoryEntry
    query = select(func.count()).where(h.subject_kind == ref.kind, h.subject_id == ref.id)
    with world.database.reading() as tx:
        return int(tx.execute(query.where(h.step == step) if step else query).scalar_one())


def version_of(world: World, ref: Ref) -> int:
    with world.database.reading() as tx:
        return int(tx.execute(select(Proposal.version).where(Proposal.id == ref.id)).scalar_one())
