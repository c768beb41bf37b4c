"""A small process that stops what its owner had started when the owner ends, however it ends; decision 0025.

The owner writes the id of each process that it starts into the reaper's input. When the owner ends, the input closes;
then every process group still alive gets SIGTERM, and SIGKILL ten seconds later.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

STOP_SECONDS = 10.0


class OrphanReaper:
    """The owner's side: every process that it watches has to be the leader of a session of its own."""

    def __init__(self) -> None:
        words = [sys.executable, "-I", __file__]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)

    def watch(self, pid: int) -> None:
        """Stop this process, and all of its group, when the owner ends."""
        self._write(f"+{pid}")

    def forget(self, pid: int) -> None:
        """Say that a process has ended, so that its number, when used again, is left alone."""
        self._write(f"-{pid}")

    def close(self) -> None:
        """Let it stop whatever is left, and wait until it has."""
        if self.process.stdin:
            with suppress(OSError):
                self.process.stdin.close()
        self.process.wait()

    def _write(self, word: str) -> None:
        # A reaper that was killed must not take the product with it.
        with suppress(OSError):
            if self.process.stdin:
                self.process.stdin.write(f"{word}\n".encode())
                self.process.stdin.flush()


def stop_groups(groups: Iterable[int], *, seconds: float = STOP_SECONDS) -> None:
    """SIGTERM to every process group, and SIGKILL to those that are left after `seconds`."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + seconds
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Whether anything was there to receive the signal."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    """Read process ids until the owner is gone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    stop_groups(groups)


if __name__ == "__main__":
    main()
