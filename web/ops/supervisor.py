"""Keeps several processes alive as one: starts them by command line, restarts what dies, stops all cleanly."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from web.ops.orphan_reaper import Guardian, signal_group

STEP = 0.1
PATIENCE = 10.0
LONGEST_PAUSE = 30.0
# A process that has lived this long has proved itself, so its next death is treated as its first.
PROVED = 30.0


@dataclass
class Child:
    """One process of the product: how to start it, and how it has fared."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    keeps: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    started: float = 0.0
    due: float = 0.0

    @property
    def is_running(self) -> bool:
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
                pass_fds=self.keeps,
            )
        self.started = time.monotonic()
        return self.process.pid

    def pause(self) -> float:
        """Seconds to wait before the next start: none after the first death, then longer each time."""
        lived = time.monotonic() - self.started
        self.deaths = 1 if lived > PROVED else self.deaths + 1
        return 0.0 if self.deaths == 1 else float(min(LONGEST_PAUSE, 2 ** (self.deaths - 2)))

    def how_it_ended(self) -> str:
        code = self.process.returncode if self.process else 0
        with suppress(ValueError):
            return signal.Signals(-code).name if code < 0 else f"exit {code}"
        return f"signal {-code}"


class Supervisor:
    """Runs children in the order given and stops them in the opposite one; `say` tells a person what happens."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.guardian = Guardian()
        self.stopping = False
        self.hurried = False

    def listen(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP stop everything; a second one kills what is still there."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.hurried = self.stopping
        self.stopping = True

    def add(self, child: Child) -> None:
        self.children.append(child)
        self._start(child)

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Look after the children until something is ready; False when it takes too long, or we shall stop."""
        deadline = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < deadline:
            if ready():
                return True
            self.look_after()
            time.sleep(STEP)
        return False

    def run(self) -> None:
        """Look after the children until a signal comes."""
        while not self.stopping:
            self.look_after()
            time.sleep(STEP)

    def look_after(self) -> None:
        for child in self.children:
            if child.process and child.process.poll() is not None:
                self._mourn(child)
            if child.process is None and time.monotonic() >= child.due:
                self._start(child)

    def _start(self, child: Child) -> None:
        self.guardian.watch(child.start())

    def _mourn(self, child: Child) -> None:
        """Clear away what a dead child left, and set the time of its next start."""
        if child.process:
            # Its own children may still hold the port, or be half-way through a letter.
            signal_group(child.process.pid, signal.SIGKILL)
            self.guardian.forget(child.process.pid)
        pause = child.pause()
        child.due = time.monotonic() + pause
        when = f"in {pause:.0f} s" if pause else "now"
        self.say(f"{child.name} ended ({child.how_it_ended()}), starting it again {when}: see {child.log}")
        child.process = None

    def stop(self) -> None:
        """Stop all: those started last first; returns when nothing is left."""
        self.stopping = True
        groups = [child for child in reversed(self.children) if child.is_running]
        # The broker was started first, and those that talk to it need it until they are done.
        servants, masters = groups[:-1], groups[-1:]
        for part in (servants, masters):
            self._end(part)
        self.guardian.close()

    def _end(self, children: list[Child]) -> None:
        for child in children:
            if child.process:
                with suppress(ProcessLookupError):
                    child.process.terminate()
        deadline = time.monotonic() + PATIENCE
        while any(child.is_running for child in children) and not self.hurried:
            if time.monotonic() > deadline:
                break
            time.sleep(STEP / 2)
        for child in children:
            if child.process:
                signal_group(child.process.pid, signal.SIGKILL)
                child.process.wait()
                self.guardian.forget(child.process.pid)
                child.process = None
