"""Runs jobs in a thread of their own, one at a time in a process, so that letters and timers do not wait for them."""

import os
import secrets
import socket
import threading
from collections.abc import Mapping

from tasks.deliver import Sender
from tasks.participant_lists import run as load_list
from workflow.operations.jobs import rows
from workflow.operations.jobs.kinds import JobKind
from workflow.operations.jobs.running import Bench, Runner, run_next
from workflow.operations.rehearsal.job import run as run_rehearsal

RUNNERS: Mapping[JobKind, Runner] = {JobKind.REHEARSAL: run_rehearsal, JobKind.PARTICIPANT_LIST: load_list}


class JobThread:
    """Begins jobs that wait, whoever asks: a message of beat, or the sweep where the broker was stopped."""

    def __init__(self, runners: Mapping[JobKind, Runner] = RUNNERS) -> None:
        self._runners = runners
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self, sender: Sender) -> bool:
        """Begin with what waits, unless this process is at work already; returns at once."""
        with self._lock:
            if self._stopped.is_set() or (self._thread and self._thread.is_alive()):
                return False
            with sender.db.reading() as connection:
                if not rows.has_waiting(connection, at=sender.clock()):
                    return False
            self._thread = threading.Thread(target=self._run, args=(sender,), name="jobs", daemon=True)
            self._thread.start()
            return True

    def _run(self, sender: Sender) -> None:
        owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        bench = Bench(sender.db, sender.settings, self._runners, owner, sender.clock, self._stopped)
        while not self._stopped.is_set() and run_next(bench):
            pass

    def stop(self, *, seconds: float = 10.0) -> None:
        """Give back what is being worked on, at its next report of progress."""
        self._stopped.set()
        if self._thread:
            self._thread.join(seconds)


JOBS = JobThread()
