"""Pages as people get them: through gunicorn with the product's own settings, the bare page through the same.

Connections that stay open ask as fast as they are answered (`bench.asking`); product and floor take turns, each with
one worker.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from bench.steps import Stage
from tests.postgres import free_port
from web.commands.processes import SETTINGS
from workflow.accounts.sessions import open_session
from workflow.times import utc_now

ROUNDS = 5
PATIENCE = 30.0
COOKIE = "partnerstwo-login"


@dataclass(slots=True)
class Served:
    """One page: answers a second by round, and those of the bare page in the same rounds."""

    own: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def per_second(self) -> float:
        return median(self.own)

    def share(self) -> float:
        return median(own / bare for own, bare in zip(self.own, self.bare, strict=True))


def measure(stage: Stage, addresses: Mapping[str, str], key: str) -> dict[str, Served]:
    """Every page in rounds that take turns with the bare page; API addresses are asked with a key."""
    with stage.database.transaction() as tx:
        token = open_session(tx, stage.world["staff"].id or 0, at=utc_now())
    headers = {"api": {"Authorization": f"Bearer {key}"}, "": {"Cookie": f"{COOKIE}={token}"}}
    edition = str(stage.world.facts(stage.refs[0])["edition_id"])
    found = {name: Served() for name in addresses}
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder, ExitStack() as running:
        own = running.enter_context(serving(stage, Path(folder), "web.cli", "web"))
        bare = running.enter_context(serving(stage, Path(folder), "gunicorn", *SETTINGS, "bench.bare:create_app()",
                                             BARE_EDITION=edition))  # fmt: skip
        for name, path in addresses.items():
            head = headers["api" if "/api/" in path else ""]
            # The first answers fill caches and prepare statements, on both sides.
            answers(own, path, head), answers(bare, "/", {})
            for _ in range(ROUNDS):
                found[name].own.append(answers(own, path, head))
                found[name].bare.append(answers(bare, "/", {}))
    return found


@contextmanager
def serving(stage: Stage, data: Path, module: str, *words: str, **more: str) -> Iterator[int]:
    """A server of one worker on a port of its own, which is yielded when it answers."""
    port = free_port()
    settings = {
        "PARTNERSTWO_DATA": str(data), "HOST": "127.0.0.1", "PORT": str(port), "REDIS_URL": f"filesystem:{data}/broker",
        "DATABASE_URL": stage.database.url, "SECRET_KEY": "k" * 40, **more,
    }  # fmt: skip
    bound = ("--bind", f"127.0.0.1:{port}") if module == "gunicorn" else ()
    command = [sys.executable, "-m", module, *bound, *words]
    process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not is_there(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{module} does not serve")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def is_there(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/healthz")
        return connection.getresponse().status in (200, 404)
    except OSError:
        return False


def answers(port: int, path: str, headers: Mapping[str, str]) -> float:
    """Answers a second, as a process of its own counts them."""
    command = [sys.executable, "-m", "bench.asking", str(port), path, json.dumps(dict(headers))]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
