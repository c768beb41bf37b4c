"""Several clients at once, each a process with connections of its own; contestants take turns in slices of time."""

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from statistics import median

from bench.floor import driver_connection
from bench.steps import TAKE, Stage, contestant
from workflow.db.database import Database
from workflow.engine import audit

SLICE = 0.3
# Time for all clients to hear of a slice before it begins.
NOTICE = 0.01
_FORK = multiprocessing.get_context("fork")


@dataclass
class Rates:
    """Steps a second of each contestant, by round, of so many clients together; and the load before and after."""

    clients: int
    rounds: dict[str, list[float]] = field(default_factory=dict)
    load: tuple[float, float] = (0.0, 0.0)

    def per_second(self, name: str) -> float:
        return median(self.rounds[name])

    def share(self, floor: str) -> tuple[float, float, float]:
        """take() as a share of a floor in the same round: the least, the median, the most."""
        ratios = [own / other for own, other in zip(self.rounds[TAKE], self.rounds[floor], strict=True)]
        return min(ratios), median(ratios), max(ratios)


def measure(stage: Stage, clients: int, *, rounds: int) -> Rates:
    """So many rounds, each of one slice for every contestant; the order turns from round to round."""
    names = stage.contestants
    rates = Rates(clients, {name: [] for name in names})
    before = os.getloadavg()[0]
    # Nothing may be open in this process while it is divided.
    stage.database.close()
    with started(stage, clients) as pipes:
        for number in range(rounds + 1):
            turn = number % len(names)
            for name in (*names[turn:], *names[:turn]):
                rate = sliced(pipes, name)
                # The first round fills caches and prepares statements, on every side.
                if number:
                    rates.rounds[name].append(rate)
    rates.load = before, os.getloadavg()[0]
    return rates


def verify(stage: Stage) -> None:
    """Raise RuntimeError unless every chain holds and leads to its row, those written by hand too."""
    with stage.database.snapshot() as tx:
        if broken := audit.verify(tx).broken:
            raise RuntimeError(f"the record does not hold: {broken}")


@contextmanager
def started(stage: Stage, clients: int) -> Iterator[list[Connection]]:
    """The processes, each at the other end of a pipe; ended afterwards."""
    pipes = []
    processes = []
    for place in range(clients):
        ours, theirs = _FORK.Pipe()
        numbers = {name: stage.numbers[name][place::clients] for name in stage.contestants}
        process = _FORK.Process(target=_client, args=(theirs, stage, numbers), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        yield pipes
    finally:
        for pipe in pipes:
            with suppress(BrokenPipeError):
                pipe.send(None)
        for process in processes:
            process.join()


def sliced(pipes: Sequence[Connection], name: str) -> float:
    """Steps a second of all clients together in one slice of time. Raises EOFError where a client failed."""
    for pipe in pipes:
        pipe.send((name, 0.0))
        pipe.recv()
    begin = time.perf_counter() + NOTICE
    for pipe in pipes:
        pipe.send((name, begin))
    return sum(float(pipe.recv()) for pipe in pipes)


def _client(pipe: Connection, stage: Stage, numbers: dict[str, list[int]]) -> None:
    """Take steps when told to, until None comes; answers with the steps a second of a slice."""
    database = Database(stage.database.url)
    connection = driver_connection(database)
    takers = {name: contestant(name, stage, database, connection, own) for name, own in numbers.items()}
    gc.freeze()
    while order := pipe.recv():
        name, begin = order
        if begin:
            pipe.send(_rate(takers[name], begin))
        else:
            # The collector runs outside of the timed span, for everybody alike.
            gc.collect()
            pipe.send(0.0)


def _rate(take: Callable[[], None], begin: float) -> float:
    count, end = 0, begin + SLICE
    while time.perf_counter() < begin:
        time.sleep(0.0005)
    while (now := time.perf_counter()) < end:
        take()
        count += 1
    return count / (now - begin)
