"""The proposals that steps are taken of, and what takes them: the floors by hand, and take(), in turns."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any

from sqlalchemy import select

from bench.equal_floor import EqualFloor
from bench.floor import FourStatements, create_tables
from tests.world import World
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.models import Proposal
from workflow.rules.facts import Actor, Ref

# Of each contestant; divided among its clients.
PROPOSALS = 48
SPARE = 2
# A proposal goes to and fro: two steps that move it, tell people and set timers, two records that only note.
ROUND: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("return_for_completion", "staff", {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}),
    ("edit_sheet", "leader", {"summary": "Świetlica w dwóch gminach."}),
    ("resubmit", "leader", {"explanation": "Uzupełnione."}),
    ("merit_opinion", "staff", {"unit": "Wydział Inwestycji", "opinion": "positive", "justification": "Zasadny."}),
)
FOUR, EQUAL, PIPELINED, TAKE = "four statements", "same rows", "same rows, pipelined", "take()"
CONTESTANTS = (FOUR, EQUAL, PIPELINED, TAKE)


class Stage:
    """A programme with proposals that wait for the office, on one database; each contestant has its own."""

    def __init__(self, database: Database, proposals: int = PROPOSALS) -> None:
        self.database, self.world = database, World(database)
        self.contestants = [name for name in CONTESTANTS if not (database.is_sqlite and name == PIPELINED)]
        with self.world.writing():
            edition = self.world.edition("conferences")
            count = proposals * (len(self.contestants) - 1)
            refs = [self.world.idea(edition, title=f"Pomysł {number}") for number in range(count + SPARE)]
            for ref in refs:
                self.world.lead(ref, "submitted")
        create_tables(database, proposals)
        own = [name for name in self.contestants if name != FOUR]
        self.numbers = {name: [ref.id for ref in refs[place : count : len(own)]] for place, name in enumerate(own)}
        self.numbers[FOUR] = list(range(1, proposals + 1))
        # For pages and decisions: nobody takes a step of these.
        self.refs = refs[count:]
        self.first_version = self.world.facts(refs[0]).version
        self.actors = {who: self.world[who] for who in ("staff", "leader")}


def contestant(
    name: str, stage: Stage, database: Database, connection: Any, numbers: Sequence[int]
) -> Callable[[], None]:
    """What takes the next step of these proposals each time it is called; a floor on the connection of the driver."""
    if name == FOUR:
        floor, turns = FourStatements(connection, is_sqlite=database.is_sqlite), cycle(numbers)
        return lambda: floor.take(next(turns))
    steps = _steps(database, numbers, stage.first_version)
    if name != TAKE:
        by_hand = EqualFloor(connection, is_sqlite=database.is_sqlite, pipelined=name == PIPELINED)
        people = {who: (actor.id or 0, actor.name) for who, actor in stage.actors.items()}
        return lambda: _by_hand(by_hand, people, *next(steps))
    return lambda: _by_engine(database, stage.actors, *next(steps))


def _steps(database: Database, numbers: Sequence[int], first: int) -> Iterator[tuple[int, int, int]]:
    """The proposals in turns, each with its version; goes on from where an earlier client left them."""
    query = select(Proposal.id, Proposal.version).where(Proposal.id.in_(numbers))
    with database.reading() as tx:
        versions = {row.id: row.version for row in tx.execute(query)}
    for number in cycle(numbers):
        yield number, versions[number], (versions[number] - first) % len(ROUND)
        versions[number] += 1


def _by_hand(floor: EqualFloor, people: Mapping[str, tuple[int, str]], number: int, version: int, place: int) -> None:
    step, who, data = ROUND[place]
    floor.take(number, step, people[who], data, version)


def _by_engine(database: Database, actors: Mapping[str, Actor], number: int, version: int, place: int) -> None:
    step, who, data = ROUND[place]
    take(database, StepCommand(Ref("proposal", number), step, actors[who], utc_now(), version, data))


def take(database: Database, command: StepCommand) -> None:
    """One step as a page takes it, in a transaction of its own."""
    database.in_transaction(lambda tx: machine.take(tx, command))


def seconds(work: Callable[[], object], times: int) -> float:
    """Seconds for one of so many pieces of work."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) / times
