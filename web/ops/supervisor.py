"""The supervisor of `partnerstwo run`: starts processes, restarts those that end, stops all of them; decision 0025."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from web.ops.orphan_reaper import OrphanReaper, signal_group

POLL_SECONDS = 0.1
STOP_SECONDS = 10.0
LONGEST_PAUSE = 30.0
# A process that ran for so long started well, so its end counts as the first one.
STABLE_SECONDS = 30.0


@dataclass
class Child:
    """One process of the product: how to start it, how often it ended, and when it is started next."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    exits: int = 0
    started_at: float = 0.0
    start_at: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> int:
        """Start it as the leader of a session of its own, so that Ctrl-C in a terminal reaches us alone."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.pass_fds,
            )
        self.started_at = time.monotonic()
        return self.process.pid

    def restart_delay(self) -> float:
        """Seconds to wait before the next start: none after the first exit, then longer each time."""
        ran_for = time.monotonic() - self.started_at
        self.exits = 1 if ran_for > STABLE_SECONDS else self.exits + 1
        return 0.0 if self.exits == 1 else float(min(LONGEST_PAUSE, 2 ** (self.exits - 2)))

    def exit_reason(self) -> str:
        """The exit code, or the name of the signal that ended it."""
        code = self.process.returncode if self.process else 0
        with suppress(ValueError):
            return signal.Signals(-code).name if code < 0 else f"exit {code}"
        return f"signal {-code}"


class Supervisor:
    """Runs children in the order given and stops them in the opposite one; `say` tells a person what happens."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.reaper = OrphanReaper()
        self.stopping = False
        self.kill_now = False

    def handle_signals(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP stop everything; a second one kills what is still there."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.kill_now = self.stopping
        self.stopping = True

    def add(self, child: Child) -> None:
        """Start a child, and restart it from now on whenever it ends."""
        self.children.append(child)
        self._start(child)

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Restart children until something is ready; False when it takes too long, or a signal to stop came."""
        deadline = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < deadline:
            if ready():
                return True
            self.restart_ended()
            time.sleep(POLL_SECONDS)
        return False

    def run(self) -> None:
        """Restart children until a signal to stop comes."""
        while not self.stopping:
            self.restart_ended()
            time.sleep(POLL_SECONDS)

    def restart_ended(self) -> None:
        """Start each child that has ended and whose delay is over."""
        for child in self.children:
            if child.process and child.process.poll() is not None:
                self._schedule_restart(child)
            if child.process is None and time.monotonic() >= child.start_at:
                self._start(child)

    def _start(self, child: Child) -> None:
        self.reaper.watch(child.start())

    def _schedule_restart(self, child: Child) -> None:
        """Kill what a child that ended has left, and set the time of its next start."""
        if child.process:
            # Its own children may still hold the port, or be half-way through a letter.
            signal_group(child.process.pid, signal.SIGKILL)
            self.reaper.forget(child.process.pid)
        delay = child.restart_delay()
        child.start_at = time.monotonic() + delay
        when = f"in {delay:.0f} s" if delay else "now"
        self.say(f"{child.name} ended ({child.exit_reason()}), starting it again {when}: see {child.log}")
        child.process = None

    def stop(self) -> None:
        """Stop all: those started last first; returns when nothing is left."""
        self.stopping = True
        running = [child for child in reversed(self.children) if child.is_running]
        # The broker was started first, and its clients need it until they have ended.
        clients, first = running[:-1], running[-1:]
        for children in (clients, first):
            self._terminate(children)
        self.reaper.close()

    def _terminate(self, children: list[Child]) -> None:
        """SIGTERM to all of them, SIGKILL to those that have not ended in STOP_SECONDS."""
        for child in children:
            if child.process:
                with suppress(ProcessLookupError):
                    child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_running for child in children) and not self.kill_now:
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS / 2)
        for child in children:
            if child.process:
                signal_group(child.process.pid, signal.SIGKILL)
                child.process.wait()
                self.reaper.forget(child.process.pid)
                child.process = None
