"""Pages as people get them: through gunicorn with the product's own settings, the bare page through the same.

Connections that stay open ask as fast as they are answered (`bench.http_load`); product and floor take turns, each with
one worker.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.starting import MODULE, WEB, serving, wait
from bench.steps import Stage
from tests.postgres import free_port
from web.commands.processes import SETTINGS
from workflow.accounts.sessions import open_session
from workflow.base.calendar import utc_now

ROUNDS = 3
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
    measured = {name: Served() for name in addresses}
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder, ExitStack() as running:
        own = running.enter_context(served_at(free_port(), stage, folder, *WEB))
        port = free_port()
        floor = (*MODULE, "gunicorn", "--bind", f"127.0.0.1:{port}", *SETTINGS, "bench.bare_page:create_app()")
        bare = running.enter_context(served_at(port, stage, folder, *floor, BARE_EDITION=edition))
        for name, path in addresses.items():
            head = headers["api" if "/api/" in path else ""]
            # The first answers fill caches and prepare statements, on both sides.
            answers(own, path, head), answers(bare, "/", {})
            for _ in range(ROUNDS):
                measured[name].own.append(answers(own, path, head))
                measured[name].bare.append(answers(bare, "/", {}))
    return measured


@contextmanager
def served_at(port: int, stage: Stage, data: str, *command: str, **more: str) -> Iterator[int]:
    """A server of one worker over the database of the stage; its port is yielded when it answers."""
    settings = {"DATABASE_URL": stage.database.url, "SECRET_KEY": "k" * 40, **more}
    with serving(Path(data), port, *command, **settings) as process:
        wait(process, f"http://127.0.0.1:{port}/")
        yield port


def answers(port: int, path: str, headers: Mapping[str, str]) -> float:
    """Answers a second, as a process of its own counts them."""
    command = [sys.executable, "-m", "bench.http_load", str(port), path, json.dumps(dict(headers))]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
