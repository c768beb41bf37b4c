"""A queue before the one writer of an embedded database, which wakes the next at once where SQLite would sleep."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

# After this the database is asked all the same, which says for itself that it is busy.
LONGEST_WAIT = 5.0
PAUSE = 0.001


class WriterQueue:
    """Lets one of those who ask write at a time: within the process by a lock, between processes by one on a file.

    The file carries nothing and may be removed while nobody writes; the system frees its lock when a process ends.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, at most LONGEST_WAIT seconds, and hold it until the end of the block."""
        until = time.monotonic() + LONGEST_WAIT
        if not self._lock.acquire(timeout=LONGEST_WAIT):
            yield
            return
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                _lock(file, until)
                yield
            finally:
                os.close(file)
        finally:
            self._lock.release()


def _lock(file: int, until: float) -> None:
    """Lock the file; only one of a process tries at a time, so few processes ask and a short pause costs nothing."""
    while time.monotonic() < until:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        else:
            return
