"""Runs the next job that waits: under a lease that is renewed, with its progress noted, and its end written once."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct

from workflow.base.errors import Refusal
from workflow.base.i18n import Sentence, _
from workflow.base.settings import Settings
from workflow.db.database import Database
from workflow.operations.jobs import rows
from workflow.operations.jobs.kinds import JobKind, JobState
from workflow.operations.jobs.rows import Job

log = logging.getLogger(__name__)
RENEWED_EVERY = rows.LEASE.total_seconds() / 3
# Progress is written down at most so often, in seconds.
NOTED_EVERY = 1.0
BROKEN = _("An error of the program stopped the work. Nothing was changed; the operator finds the details in the log.")
Report = Callable[[int, int, Sentence], None]


class Interrupted(Exception):
    """The worker ends, or the job is not its any more: the work stops where it is."""


class Work(Struct, frozen=True):
    """What a kind of job is given; `report` notes how much is done of how much and raises Interrupted."""

    database: Database
    settings: Settings
    job: Job
    at: datetime
    report: Report


# Does the work and returns its result, a small one; raises a Refusal for what the owner of the job has to mend.
Runner = Callable[[Work], Mapping[str, Any]]


class Bench(Struct, frozen=True):
    """Where jobs are run: by whom, on which database, by which clock, and until when."""

    database: Database
    settings: Settings
    runners: Mapping[JobKind, Runner]
    owner: str
    clock: Callable[[], datetime]
    stopped: threading.Event


def run_next(bench: Bench) -> bool:
    """Run one job to its end; whether there was one. Never raises for a job that goes wrong."""
    with bench.database.reading() as connection:
        if not rows.has_waiting(connection, at=bench.clock()):
            return False
    with bench.database.transaction() as tx:
        job = rows.claim(tx, owner=bench.owner, at=bench.clock())
    if job is None:
        return False
    with _renewing(bench, job):
        _run(bench, job)
    return True


def _run(bench: Bench, job: Job) -> None:
    try:
        work = Work(bench.database, bench.settings, job, bench.clock(), _reporter(bench, job))
        result = bench.runners[job.kind](work)
    except Interrupted:
        with bench.database.transaction() as tx:
            rows.give_back(tx, job.id, owner=bench.owner)
    except Refusal as refusal:
        _finish(bench, job, JobState.FAILED, message=refusal.sentence)
    except Exception:
        log.exception("job %s could not be done", job.id)
        _finish(bench, job, JobState.FAILED, message=BROKEN)
    else:
        _finish(bench, job, JobState.DONE, result=result)


def _finish(bench: Bench, job: Job, state: JobState, **outcome: Any) -> None:
    with bench.database.transaction() as tx:
        if not rows.finish(tx, job, state, owner=bench.owner, at=bench.clock(), **outcome):
            log.warning("job %s ended after it was taken from this worker", job.id)


def _reporter(bench: Bench, job: Job) -> Report:
    noted = [0.0]

    def report(done: int, total: int, message: Sentence) -> None:
        if bench.stopped.is_set():
            raise Interrupted
        if time.monotonic() - noted[0] < NOTED_EVERY:
            return
        noted[0] = time.monotonic()
        progress = {"done": done, "total": total, "message": rows.as_json(message)}
        with bench.database.transaction() as tx:
            if not rows.renew(tx, job.id, owner=bench.owner, at=bench.clock(), **progress):
                raise Interrupted

    return report


@contextmanager
def _renewing(bench: Bench, job: Job) -> Iterator[None]:
    """Keep the lease while the work goes on, however seldom it reports."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEWED_EVERY):
            try:
                with bench.database.transaction() as tx:
                    rows.renew(tx, job.id, owner=bench.owner, at=bench.clock())
            except Exception:
                log.exception("the lease of job %s could not be renewed", job.id)

    thread = threading.Thread(target=renew, name=f"lease of job {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
