"""Real processes of the product, which a test may start, ask, stop and kill."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from web.ops.orphan_reaper import OrphanReaper, signal_group

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def eventually(true: Callable[[], object], *, seconds: float, every: float = 0.05) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def answers(url: str) -> bool:
    """Whether an address answers 200."""
    try:
        with OPENER.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@dataclass
class Process:
    """One process, the leader of a session of its own; the reaper ends it when the test process dies."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    reaper: OrphanReaper
    keeps: tuple[int, ...] = ()
    running: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> "Process":
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.keeps,
            )
        self.reaper.watch(self.pid)
        return self

    @property
    def pid(self) -> int:
        assert self.running, f"{self.name} was never started"
        return self.running.pid

    @property
    def is_alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def stop(self, *, seconds: float) -> int:
        """Ask the one process to end, as an engine does; returns its exit code."""
        assert self.running
        self.running.send_signal(signal.SIGTERM)
        code = self.running.wait(seconds)
        self.reaper.forget(self.pid)
        return code

    def kill(self) -> None:
        """SIGKILL to all of it at once: nothing can be tidied up."""
        assert self.running
        signal_group(self.pid, signal.SIGKILL)
        self.running.wait()
        self.reaper.forget(self.pid)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def children(self) -> list[int]:
        """The processes that it has started itself and that still live."""
        try:
            told = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        except OSError:
            return []
        return [int(one) for one in told.split()]

    def kill_child(self) -> None:
        """SIGKILL to one of its own processes, which it has to replace."""
        for child in self.children()[:1]:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                return
