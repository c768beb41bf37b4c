"""How long a web process takes from its start to its first page, and how much memory it then holds."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.databases import migrate
from tests.postgres import free_port

STARTS = 5
PATIENCE = 30.0
PAGE = "/login"
WEB = ("web.cli", "web")


@dataclass(frozen=True, slots=True)
class Started:
    """One start: seconds to the first page, and megabytes (PSS) of the process that serves and of all of them."""

    seconds: float
    worker: float
    together: float


def measure(starts: int = STARTS) -> Started:
    """The medians of several starts, each of a fresh process on an empty, migrated database."""
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        data = Path(folder)
        migrate(f"sqlite:///{data / 'partnerstwo.sqlite3'}")
        measured = [start(data) for _ in range(starts)]
    return Started(*(median(getattr(started, name) for started in measured) for name in Started.__slots__))


def start(data: Path) -> Started:
    """Start a web process, wait for its first page, look at its memory, stop it."""
    began, port = time.perf_counter(), free_port()
    with serving(data, port, *WEB) as process:
        wait(process, f"http://127.0.0.1:{port}{PAGE}")
        seconds = time.perf_counter() - began
        sizes = [megabytes(pid) for pid in family(process.pid)]
    return Started(seconds, sizes[-1], sum(sizes))


@contextmanager
def serving(data: Path, port: int, *module: str, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A server as a supervisor starts it, with the settings of a machine of its own and some more."""
    settings = {
        "PARTNERSTWO_DATA": str(data), "HOST": "127.0.0.1", "PORT": str(port), "REDIS_URL": f"filesystem:{data}/broker",
        "DATABASE_URL": f"sqlite:///{data / 'partnerstwo.sqlite3'}", **more,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", *module], env={**os.environ, **settings}, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    """Wait until a server answers with a page."""
    ask, began = build_opener(ProxyHandler({})), time.perf_counter()
    while not answers(ask, address):
        if process.poll() is not None or time.perf_counter() - began > PATIENCE:
            raise RuntimeError("the web process does not start")
        time.sleep(0.005)


def answers(ask: object, address: str) -> bool:
    try:
        with ask.open(address, timeout=PATIENCE) as answer:  # type: ignore[attr-defined]
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def family(pid: int) -> list[int]:
    """A process and those that it started, in the order of their numbers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *sorted(map(int, children))]


def megabytes(pid: int) -> float:
    """The memory of a process, with its share of what it has in common with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) / 1024


if __name__ == "__main__":
    started = measure()
    memory = f"worker {started.worker:.0f} MB, with its master {started.together:.0f} MB"
    print(f"first page after {started.seconds:.2f} s, {memory}")
