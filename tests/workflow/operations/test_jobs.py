"""Jobs: done once, found again, given back, and never silent about how they ended."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.world import World
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.base.settings import Settings, load_settings
from workflow.models import OutboxRow
from workflow.models.job import Job as JobRow
from workflow.notifications.inbox import messages
from workflow.notifications.relay import relay_all
from workflow.operations.jobs import rows, running
from workflow.operations.jobs.files import folder_of, sweep_job_files
from workflow.operations.jobs.kinds import JobKind, JobState
from workflow.operations.jobs.rows import CUT_OFF, LEASE, Job
from workflow.operations.jobs.running import BROKEN, Bench, Work, run_next
from workflow.rules.topics import Topic

SENTENCE = _("Days: {done} of {total}.", done=1, total=2)


class Clock:
    """Time that moves when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(world: World) -> Clock:
    return Clock(world.now)


@pytest.fixture
def settings(world: World) -> Settings:
    return load_settings(database_url=world.database.url)


Make = Callable[..., Bench]


@pytest.fixture
def bench(world: World, settings: Settings, clock: Clock) -> Make:
    def make(runner: Callable[[Work], Mapping[str, Any]], owner: str = "worker 1") -> Bench:
        return Bench(world.database, settings, {JobKind.REHEARSAL: runner}, owner, clock, threading.Event())

    return make


@pytest.fixture
def number(world: World) -> int:
    with world.database.transaction() as tx:
        return rows.ask(tx, JobKind.REHEARSAL, title="Próba", owner_id=world["staff"].id or 0, at=world.now)


def read(world: World, number: int) -> Job:
    with world.database.reading() as tx:
        job = rows.job_of(tx, number, owner_id=world["staff"].id or 0)
    assert job
    return job


def topics(world: World) -> list[str]:
    with world.database.reading() as tx:
        return list(tx.execute(select(OutboxRow.topic).where(OutboxRow.subject_kind == "job")).scalars())


def test_a_job_is_done_once_and_its_owner_hears_of_it_in_the_inbox(world: World, number: int, bench: Make) -> None:
    assert run_next(bench(lambda work: {"number": work.job.id}))
    assert not run_next(bench(lambda _work: {}))

    job = read(world, number)
    assert (job.state, job.result) == (JobState.DONE, {"number": number})
    relay_all(world.database, base_url="http://127.0.0.1", at=world.now)
    with world.database.reading() as tx:
        (message,) = messages(tx, world["staff"].id or 0, language="pl").messages
    assert message.letter.subject == "Gotowe: Próba"
    assert message.letter.path == f"/zadania/{number}"


def test_nobody_else_reads_a_job(world: World, number: int) -> None:
    with world.database.reading() as tx:
        assert rows.job_of(tx, number, owner_id=world["leader"].id or 0) is None


def test_progress_is_written_down_while_it_goes_on(world: World, number: int, bench: Make) -> None:
    def work(work: Work) -> Mapping[str, Any]:
        work.report(1, 2, SENTENCE)
        job = read(world, number)
        assert (job.state, job.percent, job.message) == (JobState.RUNNING, 50, SENTENCE)
        return {}

    assert run_next(bench(work))
    assert read(world, number).state is JobState.DONE


@pytest.mark.parametrize(
    ("error", "message"), [(BadInput({"x": SENTENCE}), BadInput({}).sentence), (ZeroDivisionError(), BROKEN)]
)
def test_a_job_that_goes_wrong_says_so(
    world: World, number: int, bench: Make, error: Exception, message: object
) -> None:
    def work(_work: Work) -> Mapping[str, Any]:
        raise error

    assert run_next(bench(work))
    job = read(world, number)
    assert (job.state, job.message) == (JobState.FAILED, message)
    assert topics(world) == [Topic.JOB_FAILED]


def test_the_job_of_a_killed_worker_is_taken_up_when_its_lease_ends(
    world: World, number: int, bench: Make, clock: Clock
) -> None:
    with world.database.transaction() as tx:
        assert rows.claim(tx, owner="killed", at=clock())
    assert not run_next(bench(lambda _work: {}))
    clock.now += LEASE
    assert run_next(bench(lambda _work: {"by": "another"}))
    assert read(world, number).result == {"by": "another"}
    with world.database.transaction() as tx:
        late = rows.finish(tx, read(world, number), JobState.FAILED, owner="killed", at=clock())
    assert not late
    assert read(world, number).state is JobState.DONE


def test_a_job_whose_workers_are_killed_again_and_again_says_that_it_was_cut_off(
    world: World, number: int, bench: Make, clock: Clock
) -> None:
    for _try in range(3):
        with world.database.transaction() as tx:
            assert rows.claim(tx, owner="killed", at=clock())
        clock.now += LEASE
    assert not run_next(bench(lambda _work: {}))
    job = read(world, number)
    assert (job.state, job.message) == (JobState.FAILED, CUT_OFF)
    assert topics(world) == [Topic.JOB_FAILED]


def test_a_worker_that_ends_gives_its_job_back_at_once(world: World, number: int, bench: Make) -> None:
    def work(work: Work) -> Mapping[str, Any]:
        ending.stopped.set()
        work.report(1, 2, SENTENCE)
        raise AssertionError("the report stops it")

    ending = bench(work)
    assert run_next(ending)
    job = read(world, number)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert run_next(bench(lambda _work: {}, owner="worker 2"))
    assert read(world, number).state is JobState.DONE


def test_a_stopped_job_ends_at_its_next_report_and_stays_stopped(world: World, number: int, bench: Make) -> None:
    def work(work: Work) -> Mapping[str, Any]:
        with world.database.transaction() as tx:
            assert not rows.cancel(tx, number, owner_id=world["leader"].id or 0, at=world.now)
            assert rows.cancel(tx, number, owner_id=world["staff"].id or 0, at=world.now)
        work.report(1, 2, SENTENCE)
        raise AssertionError("the report stops it")

    assert run_next(bench(work))
    assert read(world, number).state is JobState.CANCELLED
    assert topics(world) == []


def test_the_lease_is_renewed_however_seldom_a_job_reports(
    world: World, number: int, bench: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "RENEWED_EVERY", 0.01)

    def lease() -> datetime | None:
        with world.database.reading() as tx:
            return tx.execute(select(JobRow.lease_until)).scalar_one()

    def work(_work: Work) -> Mapping[str, Any]:
        clock.now += timedelta(seconds=40)
        renewed = threading.Event()
        for _wait in range(500):
            if lease() == clock.now + LEASE:
                return {"renewed": True}
            renewed.wait(0.01)
        return {}

    assert run_next(bench(work))
    assert read(world, number).result == {"renewed": True}


def test_several_workers_share_jobs_without_doing_one_twice(world: World, bench: Make) -> None:
    with world.database.transaction() as tx:
        for count in range(6):
            rows.ask(tx, JobKind.REHEARSAL, title=str(count), owner_id=world["staff"].id or 0, at=world.now)
    done: list[str] = []

    def work(work: Work) -> Mapping[str, Any]:
        done.append(work.job.title)
        return {}

    def run(name: str) -> None:
        while run_next(bench(work, owner=name)):
            pass

    threads = [threading.Thread(target=run, args=(f"worker {count}",)) for count in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["0", "1", "2", "3", "4", "5"]


def test_percent_never_passes_a_hundred(world: World, number: int) -> None:
    with world.database.transaction() as tx:
        tx.execute(update(JobRow).values(done=7, total=5))
    assert read(world, number).percent == 100


def test_files_of_a_job_are_removed_a_month_after_its_end(
    world: World, number: int, bench: Make, settings: Settings, tmp_path: Path
) -> None:
    assert run_next(bench(lambda _work: {}))
    for job_id in (number, number + 1):
        folder_of(tmp_path, job_id).mkdir(parents=True)
    assert sweep_job_files(world.database, tmp_path, at=world.now) == 1
    assert folder_of(tmp_path, number).exists()
    assert sweep_job_files(world.database, tmp_path, at=world.now + timedelta(days=31)) == 1
    assert not folder_of(tmp_path, number).exists()
