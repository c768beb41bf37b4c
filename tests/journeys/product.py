"""The whole product as real processes: web, worker and beat on one database, one broker and one mail server."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from tests.postgres import CHECKOUT, free_port
from tests.processes import Process, answers, eventually
from tests.smtp_sink import SmtpSink
from tests.web.compiled import share_templates
from web.ops.orphan_reaper import OrphanReaper
from workflow.base import clock
from workflow.db.database import Database
from workflow.models import Delivery
from workflow.notifications import outbox
from workflow.notifications.deliveries import DeliveryState

PROGRAM = str(CHECKOUT / ".venv" / "bin" / "python")
SERVICES = ("web", "worker", "beat")


@dataclass
class Product:
    """A running installation that a browser can open at `address`; its clock is the machine's until it is moved."""

    address: str
    database: Database
    sink: SmtpSink
    processes: dict[str, Process]
    # The data folder of its processes.
    data: Path
    # How much of each log was looked at before, where several modules share one product.
    looked_at: dict[str, int] = field(default_factory=dict)

    def start(self, services: Sequence[str] = SERVICES) -> None:
        """Start those of the processes that do not run, and wait until the web answers."""
        for name in services:
            if not self.processes[name].is_alive:
                self.processes[name].start()
        web = self.processes["web"]
        eventually(lambda: answers(f"{self.address}/readyz") or not web.is_alive, seconds=60)
        assert answers(f"{self.address}/readyz"), web.said()

    def move_clock(self, to: str) -> None:
        """Let all processes go by another time from now on, for example "+14d"; empty: by the machine's."""
        (self.data / "clock").write_text(to, encoding="ascii")

    def now(self) -> datetime:
        """What its clock shows."""
        return clock.read_clock(clock.FILE, data=self.data).now()

    def is_quiet(self) -> bool:
        """Whether everything that was told has gone out."""
        waits = Delivery.state.in_((DeliveryState.CREATED, DeliveryState.SENDING))
        with self.database.reading() as tx:
            # In this order: what is relayed between the two questions is seen by the second one.
            if outbox.has_waiting(tx):
                return False
            return not tx.execute(select(func.count()).select_from(Delivery).where(waits)).scalar_one()

    def wait_for_letters(self) -> None:
        """Until the worker has sent everything that the steps taken so far have told."""
        assert eventually(self.is_quiet, seconds=30), self.processes["worker"].said()[-2000:]

    def faults(self) -> list[str]:
        """What the processes wrote about errors of ours, since the last look at their logs."""
        written = {name: process.said()[self.looked_at.get(name, 0) :] for name, process in self.processes.items()}
        return [f"{name}: {text[-3000:]}" for name, text in written.items() if "Traceback" in text]

    def forget_logs(self) -> None:
        """Look at nothing of what was written so far."""
        self.looked_at.update({name: len(process.said()) for name, process in self.processes.items()})

    def close(self) -> None:
        """Kill what runs."""
        for process in self.processes.values():
            if process.is_alive:
                process.kill()
        self.database.close()


@contextmanager
def installed(database_url: str, redis_url: str, sink: SmtpSink, folder: Path) -> Iterator[Product]:
    """An installation of which nothing runs yet; whatever was started in it is stopped in the end."""
    port, data = free_port(), folder / "data"
    address = f"http://127.0.0.1:{port}"
    settings: Mapping[str, str] = {
        "PARTNERSTWO_DATA": str(data), "DATABASE_URL": database_url, "REDIS_URL": redis_url,
        "MAIL_URL": sink.url, "MAIL_FROM": "Biuro programu <biuro@example.org>", "BASE_URL": address,
        "HOST": "127.0.0.1", "PORT": str(port), "PYTHONUNBUFFERED": "1", "PARTNERSTWO_CLOCK": clock.FILE,
    }  # fmt: skip
    share_templates(data)
    reaper, environment = OrphanReaper(), {**os.environ, **settings}
    processes = {
        name: Process(name, [PROGRAM, "-m", "web.cli", name], environment, CHECKOUT, folder / f"{name}.log", reaper)
        for name in SERVICES
    }
    product = Product(address, Database(database_url), sink, processes, data)
    try:
        yield product
    finally:
        product.close()
        reaper.close()


@contextmanager
def running(
    database_url: str, redis_url: str, sink: SmtpSink, folder: Path, *, services: Sequence[str] = SERVICES
) -> Iterator[Product]:
    """The same with all three processes or some of them, for journeys that need an installation of their own."""
    with installed(database_url, redis_url, sink, folder) as product:
        product.start(services)
        yield product
