"""How long a web process and the whole product take from start to first page, and how much memory."""

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

from tests.postgres import free_port

STARTS = 5
# Seconds to the first page, of either, wherever `./run` ran once.
LIMIT = 1.5
PATIENCE, FIRST_PATIENCE = 30.0, 120.0
PAGE = "/login"
MODULE = (sys.executable, "-m")
WEB = (*MODULE, "web.cli", "web")
PRODUCT = (sys.executable, str(Path(__file__).parents[1] / "run"))


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds to the first page of a web process and of `./run`, and those of a processor for the former, which a busy
    machine disturbs less; megabytes (PSS) of the worker and of all of web.
    """

    seconds: float
    product: float
    processor: float
    worker: float
    together: float


def measure(starts: int = STARTS) -> Started:
    """The medians of several starts, after `./run` has run there once and has loaded the demo."""
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        data = Path(folder)
        start(data, PRODUCT, seconds=FIRST_PATIENCE, REDIS_URL="")
        pairs = [(start(data, WEB), start(data, PRODUCT, REDIS_URL="")) for _ in range(starts)]
    seconds, *rest = (median(figures) for figures in zip(*(web for web, _product in pairs), strict=True))
    return Started(seconds, median(product[0] for _web, product in pairs), *rest)


def start(
    data: Path, command: tuple[str, ...], *, seconds: float = PATIENCE, **more: str
) -> tuple[float, float, float, float]:
    """Start processes, wait for the first page, stop them: seconds, those of a processor, memory of one and of all."""
    began, port = time.perf_counter(), free_port()
    with serving(data, port, *command, **more) as process:
        wait(process, f"http://127.0.0.1:{port}{PAGE}", seconds=seconds)
        lasted = time.perf_counter() - began
        processes = family(process.pid)
        used, sizes = sum(map(processor_seconds, processes)), [megabytes(pid) for pid in processes]
    return lasted, used, sizes[-1], sum(sizes)


@contextmanager
def serving(data: Path, port: int, *command: str, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the product, or a server, as a supervisor starts it; an empty one of `more` is unset."""
    settings = {
        "PARTNERSTWO_DATA": str(data), "HOST": "127.0.0.1", "PORT": str(port), "REDIS_URL": f"filesystem:{data}/broker",
        "DATABASE_URL": f"sqlite:///{data / 'partnerstwo.sqlite3'}", **more,
    }  # fmt: skip
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**os.environ, **settings}, **quiet)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait(process: "subprocess.Popen[bytes]", address: str, *, seconds: float = PATIENCE) -> None:
    """Wait until a server answers with a page."""
    ask, began = build_opener(ProxyHandler({})), time.perf_counter()
    while not answers(ask, address):
        if process.poll() is not None or time.perf_counter() - began > seconds:
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


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors, with those of its own that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """The memory of a process, with its share of what it has in common with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) / 1024


def missed(started: Started) -> list[str]:
    """A sentence for each limit that was missed."""
    measured = {"a web process": started.seconds, "./run": started.product}
    return [f"missed: {name}: {seconds:.2f} s to the first page, not {LIMIT}"
            for name, seconds in measured.items() if seconds > LIMIT]  # fmt: skip


if __name__ == "__main__":
    started = measure()
    print(f"first page of a web process after {started.seconds:.2f} s, {started.processor:.2f} s of a processor")
    print(f"first page of ./run after {started.product:.2f} s")
    print(f"memory of the worker {started.worker:.0f} MB, with its master {started.together:.0f} MB")
    print("\n".join(missed(started)) or "no limit missed")
