"""One product for all journeys of a test process: started once, and emptied for each module that asks for it.

Starting web, worker and beat takes seven processor seconds; to empty the database, the folders and the mailbox takes
some hundredths of one. A process is started when the first module needs it, and again when it has died.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import redis

from tests.databases import sqlite_template
from tests.journeys.product import Product, installed
from tests.processes import eventually
from tests.servers import PrivateRedis
from tests.smtp_sink import SmtpSink

# What a journey is given unless it names others: the worker finds letters without beat.
USUAL = ("web", "worker")
# How long whoever empties it waits for letters that nobody asked about.
PATIENCE = 15.0
# Folders beside the database and in the data folder that hold what people of a world left behind.
LEFT_BEHIND = ("polls", "data/polls", "data/uploads", "data/jobs", "data/mail")


class SharedProduct:
    """The product of this test process, on the embedded database; `emptied` hands it out."""

    def __init__(self, product: Product, broker: PrivateRedis, folder: Path) -> None:
        self.product, self.broker, self.folder = product, broker, folder

    def emptied(self, services: Sequence[str] = USUAL) -> Product:
        """The product with an empty database, no letters, the machine's clock, and these services alive.

        A worker goes on where only web is asked for; beat does not, since it takes steps by itself when time passes.
        """
        product = self.product
        if "beat" not in services and product.processes["beat"].is_alive:
            product.processes["beat"].kill()
        product.move_clock("")
        self._wait_until_quiet()
        self._empty_database()
        for name in LEFT_BEHIND:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        product.sink.forget()
        self._forget_limits()
        product.start(services)
        product.forget_logs()
        return product

    def _wait_until_quiet(self) -> None:
        """Let a worker finish what it has begun, so that it writes nothing into the next world."""
        if self.product.processes["worker"].is_alive:
            eventually(self.product.is_quiet, seconds=PATIENCE)

    def _empty_database(self) -> None:
        """Write the migrated template over everything, in one transaction that all connections see."""
        engine = self.product.database.engine
        with (
            closing(engine.dialect.loaded_dbapi.connect(sqlite_template())) as template,
            engine.connect() as connection,
        ):
            template.backup(connection.connection.driver_connection)

    def _forget_limits(self) -> None:
        """Who tried how often; the queues stay as they are, since the worker listens to them."""
        with redis.Redis.from_url(self.broker.url) as client:
            for key in client.scan_iter("LIMITS*"):
                client.delete(key)


@contextmanager
def started(folder: Path) -> Iterator[SharedProduct]:
    """Its broker and its mail server; the processes begin when `emptied` is asked for them."""
    broker, sink = PrivateRedis(folder), SmtpSink()
    sink.start()
    path = folder / "partnerstwo.sqlite3"
    shutil.copy(sqlite_template(), path)
    with installed(f"sqlite:///{path}", broker.url, sink, folder) as product:
        yield SharedProduct(product, broker, folder)
    sink.stop()
    broker.close()
