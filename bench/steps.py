"""Steps through take(), each in a transaction of its own, in rounds that take turns with the floor."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from bench.floor import Floor
from tests.world import World
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.rules.facts import Ref

PROPOSALS = 40
# A proposal goes to and fro: two steps that move it, tell people and set timers, two records that only note.
ROUND: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("return_for_completion", "staff", {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}),
    ("edit_sheet", "leader", {"summary": "Świetlica w dwóch gminach."}),
    ("resubmit", "leader", {"explanation": "Uzupełnione."}),
    ("merit_opinion", "staff", {"unit": "Wydział Inwestycji", "opinion": "positive", "justification": "Zasadny."}),
)
ALL = "all four"


@dataclass
class Measured:
    """Seconds for one transaction, by round: of the floor, and of each step."""

    floor: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=dict)

    def share(self, name: str) -> tuple[float, float, float]:
        """Steps a second as a share of the floor's in the same round: lower quartile, median, upper quartile."""
        ratios = [floor / step for step, floor in zip(self.steps[name], self.floor, strict=True)]
        low, _, high = quantiles(ratios, n=4)
        return low, median(ratios), high

    def per_second(self, name: str = "") -> float:
        return 1 / median(self.steps[name] if name else self.floor)


class Stage:
    """A programme with proposals that wait for the office, on one database."""

    def __init__(self, database: Database) -> None:
        self.world = World(database)
        with self.world.writing():
            edition = self.world.edition("conferences")
            self.refs = [self.world.idea(edition, title=f"Pomysł {number}") for number in range(PROPOSALS)]
            for ref in self.refs:
                self.world.lead(ref, "submitted")
        self.database = database
        self.versions = {ref: self.world.facts(ref).version for ref in self.refs}

    def take(self, ref: Ref, step: str, who: str, data: Mapping[str, Any]) -> None:
        """One step as a page takes it: with the version that the person saw."""
        command = StepCommand(ref, step, self.world[who], utc_now(), self.versions[ref], data)
        moved = self.database.in_transaction(lambda tx: machine.take(tx, command))
        self.versions[ref] = moved.version


def seconds(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) / times


def measure(database: Database, *, rounds: int) -> tuple[Measured, Stage]:
    """Rounds of the floor and of take(), one after the other, so that a noisy machine disturbs both alike."""
    stage, floor = Stage(database), Floor(database, PROPOSALS)
    measured = Measured(steps={name: [] for name in (*(step for step, _, _ in ROUND), ALL)})
    for number in range(rounds + 1):
        one = list(round_of(stage, floor, backwards=bool(number % 2)))
        # The first round fills caches and prepares statements, on both sides.
        if number:
            keep(measured, dict(one))
    return measured, stage


def round_of(stage: Stage, floor: Floor, *, backwards: bool) -> Iterator[tuple[str, float]]:
    def by_hand() -> None:
        for number in range(1, PROPOSALS + 1):
            floor.take(number)

    if not backwards:
        yield "", seconds(by_hand, PROPOSALS)
    for step, who, data in ROUND:

        def through_take(step: str = step, who: str = who, data: Mapping[str, Any] = data) -> None:
            for ref in stage.refs:
                stage.take(ref, step, who, data)

        yield step, seconds(through_take, PROPOSALS)
    if backwards:
        yield "", seconds(by_hand, PROPOSALS)


def keep(measured: Measured, one: Mapping[str, float]) -> None:
    measured.floor.append(one[""])
    for name, _, _ in ROUND:
        measured.steps[name].append(one[name])
    measured.steps[ALL].append(sum(one[name] for name, _, _ in ROUND) / len(ROUND))
