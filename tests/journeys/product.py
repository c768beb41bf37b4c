"""The whole product as real processes: web, worker and beat on one database, one broker and one mail server."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from tests.postgres import CHECKOUT, free_port
from tests.processes import Process, answers, eventually
from tests.smtp_sink import SmtpSink
from tests.web.compiled import share_templates
from web.ops.orphan_reaper import OrphanReaper
from workflow.db.database import Database
from workflow.models import Delivery
from workflow.notifications import outbox
from workflow.notifications.deliveries import DeliveryState

PROGRAM = str(CHECKOUT / ".venv" / "bin" / "python")
SERVICES = ("web", "worker", "beat")


@dataclass(frozen=True)
class Product:
    """A running installation that a browser can open at `address`."""

    address: str
    database: Database
    sink: SmtpSink
    processes: dict[str, Process]

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
        """What the processes wrote about errors of ours."""
        return [f"{name}: {process.said()[-3000:]}" for name, process in self.processes.items()
                if "Traceback" in process.said()]  # fmt: skip


@contextmanager
def running(
    database_url: str, redis_url: str, sink: SmtpSink, folder: Path, *, services: Sequence[str] = SERVICES,
    more: Mapping[str, str] | None = None,
) -> Iterator[Product]:  # fmt: skip
    """Start all three or some of them, wait until the web answers, and stop them in the end."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {
        "PARTNERSTWO_DATA": str(folder / "data"), "DATABASE_URL": database_url, "REDIS_URL": redis_url,
        "MAIL_URL": sink.url, "MAIL_FROM": "Biuro programu <biuro@example.org>", "BASE_URL": address,
        "HOST": "127.0.0.1", "PORT": str(port), "PYTHONUNBUFFERED": "1",
        **(more or {}),
    }  # fmt: skip
    share_templates(folder / "data")
    reaper, database = OrphanReaper(), Database(database_url)
    processes = {
        name: Process(name, [PROGRAM, "-m", "web.cli", name], {**os.environ, **settings}, CHECKOUT,
                      folder / f"{name}.log", reaper)
        for name in services
    }  # fmt: skip
    try:
        for process in processes.values():
            process.start()
        web = processes["web"]
        eventually(lambda: answers(f"{address}/readyz") or not web.is_alive, seconds=60)
        assert answers(f"{address}/readyz"), web.said()
        yield Product(address, database, sink, processes)
    finally:
        for process in processes.values():
            if process.is_alive:
                process.kill()
        reaper.close()
        database.close()
