"""Lets a process that has been started early wait, ready, until its supervisor says that it may begin.

A pipe that nobody writes to: while the supervisor holds its other end open, reading from it waits. Once that end is
closed, also by the end of the supervisor, it waits no more, nor does any process that is started again later.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "PARTNERSTWO_START_SIGNAL"


@contextmanager
def given_at_end() -> Iterator[int]:
    """The descriptor that a waiting process inherits; the signal is given when the block ends, however it ends."""
    waiting, kept_open = os.pipe()
    try:
        yield waiting
    finally:
        os.close(kept_open)


def wait() -> None:
    """Wait for the signal; at once where the process was started by nobody who would give one."""
    if descriptor := os.environ.get(VARIABLE):
        os.read(int(descriptor), 1)
