import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from tests.house.test_set_up import UNCOMPILED, set_up_script
from tests.postgres import CHECKOUT, free_port

pytestmark = pytest.mark.slow


class Running:
    """`partnerstwo run` as a person starts it, with what it says and the processes it has."""

    def __init__(
        self, folder: Path, words: Sequence[str] = ("-m", "web.cli", "run"), *, cwd: Path = CHECKOUT, **settings: str
    ) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self.out = folder / "out.txt"
        self.broker = ""
        self.environment = {**os.environ, "PARTNERSTWO_DATA": str(self.data), "PORT": str(self.port), **settings}
        with self.out.open("wb") as out:
            command = [sys.executable, *words]
            self.process = subprocess.Popen(command, cwd=cwd, env=self.environment, stdout=out, stderr=out)

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8")

    def get(self, path: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return bytes(answer.read())

    def health(self) -> dict[str, object]:
        try:
            return dict(json.loads(self.get("/readyz")))
        except (URLError, OSError):
            return {}

    def processes(self) -> dict[int, str]:
        """Everything alive that was started on this data folder; the broker hides what it was started with."""
        found = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                words = " ".join(process.cmdline())
                ours = process.environ().get("PARTNERSTWO_DATA") == str(self.data)
                if words and (ours or (self.broker and self.broker in words)):
                    found[process.pid] = words
        return found

    def note_broker(self) -> None:
        self.broker = (self.data / "broker.url").read_text(encoding="utf-8").removeprefix("unix://")

    def one(self, part: str) -> int:
        """The first process, and so the parent, of those that do a thing."""
        return min(pid for pid, words in self.processes().items() if part in words)

    def ended(self, *, seconds: float = 30) -> int:
        return self.process.wait(seconds)

    def stop(self) -> None:
        """As Ctrl-C does, where it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.ended()


def eventually(true: Callable[[], object], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    try:
        eventually(lambda: "Ctrl-C stops everything" in started.said() or started.process.poll() is not None)
        assert started.process.poll() is None, started.said()
        started.note_broker()
        yield started
    finally:
        started.stop()


def kill_and_wait(running: Running, part: str) -> None:
    first = running.one(part)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: any(part in words for pid, words in running.processes().items() if pid != first))


def refusal(environment: dict[str, str]) -> str:
    words = [sys.executable, "-m", "web.cli", "run"]
    told = subprocess.run(words, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    return told.stderr


def served(running: Running) -> bytes:
    """What `/healthz` answers; requests that the dying process had taken are cut, and sent once more each."""
    for _taken in range(5):
        with suppress(ConnectionError):
            return running.get("/healthz")
        time.sleep(0.2)
    return running.get("/healthz")


def test_run_serves_outlives_its_processes_and_stops_on_ctrl_c(running: Running, tmp_path: Path) -> None:
    assert f"Partnerstwo is ready: http://127.0.0.1:{running.port}" in running.said()
    eventually(lambda: running.health().get("worker") == "ok")

    told = refusal(running.environment)
    assert re.fullmatch(r"partnerstwo: Partnerstwo already runs on .* \(process \d+\): stop it.*\n", told)
    told = refusal({**running.environment, "PARTNERSTWO_DATA": str(tmp_path / "other")})
    assert f"port {running.port} is in use by another program: choose another with --port or PORT." in told

    kill_and_wait(running, "web.cli worker")
    kill_and_wait(running, "web.cli beat")
    kill_and_wait(running, running.broker)
    # Whoever comes while the web process starts again waits, and is served.
    os.kill(running.one("web.cli web"), signal.SIGKILL)
    assert b"ok" in served(running)
    eventually(lambda: running.health().get("broker") == "ok")

    running.process.send_signal(signal.SIGINT)
    assert running.ended() == 0
    eventually(lambda: not running.processes(), seconds=10)
    assert not (running.data / "broker.url").exists()


def test_database_that_does_not_answer_stops_run_with_one_sentence(tmp_path: Path) -> None:
    started = Running(tmp_path, DATABASE_URL="postgresql://u:hush@127.0.0.1:1/p")
    assert started.ended() == 1
    assert started.said().startswith("partnerstwo: the database does not answer")
    assert started.said().count("\n") == 1
    assert "hush" not in started.said()
    eventually(lambda: not started.processes(), seconds=10)


def test_a_start_in_a_set_up_checkout_compiles_nothing_and_a_killed_supervisor_leaves_no_process_behind(
    tmp_path: Path,
) -> None:
    set_up_script(CHECKOUT).compile_own()
    # Every process says what it imports, and may write nothing that would hide what the set-up left out.
    started = Running(tmp_path, PYTHONVERBOSE="1", PYTHONDONTWRITEBYTECODE="1")
    try:
        eventually(lambda: "Ctrl-C stops everything" in started.said() or started.process.poll() is not None)
        assert b"Partnerstwo" in started.get("/")
        eventually(lambda: started.health().get("worker") == "ok")
        started.note_broker()
        eventually(lambda: len(started.processes()) >= 5)
        started.process.kill()
        started.ended()
        eventually(lambda: not started.processes(), seconds=20)
    finally:
        started.stop()
    said = started.said()
    assert said.count(f"# code object from '{CHECKOUT}") > 300, "the processes do not say what they import"
    # A module that lies there compiled is named by its compiled file, another one by its source.
    assert re.findall(rf"{UNCOMPILED}(\S+\.py)\b", said) == []
