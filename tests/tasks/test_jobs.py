"""Jobs in a worker: one at a time, found without a broker, and given back when the worker ends."""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tasks import sweep as sweeps
from tasks.deliver import Sender
from tasks.jobs import JobThread
from tasks.sweep import Sweep
from tests.processes import eventually
from tests.tasks.programme import Programme
from workflow.operations.jobs import rows
from workflow.operations.jobs.kinds import JobKind, JobState
from workflow.operations.jobs.running import Work

SECONDS = 20


def ask(programme: Programme, sender: Sender) -> int:
    with programme.db.transaction() as tx:
        owner = programme.people["staff"]
        return rows.ask(tx, JobKind.REHEARSAL, title="Próba", owner_id=owner, at=sender.clock())


def state(programme: Programme, number: int) -> JobState:
    with programme.db.reading() as tx:
        job = rows.job_of(tx, number, owner_id=programme.people["staff"])
    assert job
    return job.state


@pytest.fixture
def slow() -> Iterator[tuple[JobThread, threading.Event, list[int]]]:
    """Jobs that go on until a test lets them end, and the numbers of those that were begun."""
    may_end, begun = threading.Event(), []

    def work(work: Work) -> Mapping[str, Any]:
        begun.append(work.job.id)
        while not may_end.wait(0.01):
            work.report(0, 0, rows.CUT_OFF)
        return {}

    jobs = JobThread({JobKind.REHEARSAL: work})
    yield jobs, may_end, begun
    may_end.set()
    jobs.stop(seconds=SECONDS)


def test_a_process_works_on_one_job_at_a_time_and_then_on_the_next(
    programme: Programme, sender: Sender, slow: tuple[JobThread, threading.Event, list[int]]
) -> None:
    jobs, may_end, begun = slow
    assert not jobs.start(sender)
    numbers = [ask(programme, sender) for _job in range(2)]
    assert jobs.start(sender)
    assert eventually(lambda: begun == numbers[:1], seconds=SECONDS)
    assert not jobs.start(sender)
    may_end.set()
    assert eventually(lambda: state(programme, numbers[1]) is JobState.DONE, seconds=SECONDS)
    assert begun == numbers


def test_the_sweep_finds_a_job_without_a_broker_and_still_sends_letters(
    programme: Programme, sender: Sender, slow: tuple[JobThread, threading.Event, list[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    jobs, may_end, begun = slow
    monkeypatch.setattr(sweeps, "JOBS", jobs)
    number = ask(programme, sender)
    Sweep(sender).run_once()
    assert eventually(lambda: begun == [number], seconds=SECONDS)
    Sweep(sender).run_once()
    may_end.set()
    assert eventually(lambda: state(programme, number) is JobState.DONE, seconds=SECONDS)


def test_a_worker_that_ends_gives_its_job_back(
    programme: Programme, sender: Sender, slow: tuple[JobThread, threading.Event, list[int]]
) -> None:
    jobs, _may_end, begun = slow
    number = ask(programme, sender)
    jobs.start(sender)
    assert eventually(lambda: begun == [number], seconds=SECONDS)
    jobs.stop(seconds=SECONDS)
    assert state(programme, number) is JobState.WAITING
    assert not jobs.start(sender)
