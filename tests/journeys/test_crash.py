"""Web and worker die at random moments, again and again, while clients take steps and letters go out."""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.invariants import entries_by_subject, faults
from tests.journeys.ledger import Client, Ledger
from tests.postgres import CHECKOUT, free_port
from tests.processes import Process, answers, eventually
from tests.servers import PrivateRedis
from tests.smtp_sink import ACCEPT, DROP_AFTER, Answer, Letter, SmtpSink
from tests.web.compiled import share_templates
from tests.world import World
from web.ops.instance_lock import open_listener
from web.ops.orphan_reaper import OrphanReaper
from workflow.accounts import tokens
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.models import Delivery, OutboxRow, Person
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow, pytest.mark.chaos]
SOAK = int(os.environ.get("SOAK", "1"))
SEED = int(os.environ.get("SEED", "2017"))
CLIENTS, PROPOSALS = 4, 12
# A worker has four threads that send, and each may have handed over one letter that it could not write down.
SENDERS = 4
TOLD = {
    "return_for_completion": {"leader@example.org", "member@example.org", "member2@example.org"},
    "resubmit": {"leader@example.org", "staff@example.org", "staff2@example.org"},
}


@dataclass
class Product:
    """The three processes on one database, one broker and one mail server; the listener outlives web."""

    database: Database
    sink: SmtpSink
    folder: Path
    redis_url: str
    reaper: OrphanReaper
    processes: dict[str, Process] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        share_templates(self.folder)
        self.listener = open_listener("127.0.0.1", self.port)
        inside = {
            "PATH": os.environ["PATH"], "PARTNERSTWO_ENV": "production", "PARTNERSTWO_DATA": str(self.folder),
            "DATABASE_URL": self.database.url, "REDIS_URL": self.redis_url, "MAIL_URL": self.sink.url,
            "BASE_URL": self.address, "SECRET_KEY": "k" * 40, "PORT": str(self.port),
            "PARTNERSTWO_LISTENER": str(self.listener.fileno()), "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        for name in ("web", "worker", "beat"):
            words = [sys.executable, "-m", "web.cli", name]
            keeps = (self.listener.fileno(),) if name == "web" else ()
            log = self.folder / f"{name}.log"
            self.processes[name] = Process(name, words, inside, CHECKOUT, log, self.reaper, keeps).start()

    def wait_until_ready(self) -> None:
        assert eventually(lambda: answers(f"{self.address}/healthz"), seconds=30), self.processes["web"].said()

    def kill_web(self) -> None:
        """The whole of it, or each third time only the process that answers."""
        web = self.processes["web"]
        if self.kills["web"] % 3 == 1 and web.children():
            web.kill_child()
        else:
            web.kill()
            web.start()
        self.kills["web"] += 1

    def kill_worker(self) -> None:
        """Kill it and start it again; what it had claimed is taken to have waited for the end of its lease."""
        worker = self.processes["worker"]
        pid = worker.pid
        worker.kill()
        worker.start()
        self.kills["worker"] += 1
        with self.database.transaction() as tx:
            claimed = Delivery.state == "sending", Delivery.lease_owner.like(f"%:{pid}:%")
            tx.execute(update(Delivery).where(*claimed).values(lease_until=utc_now()))

    def close(self) -> None:
        for process in self.processes.values():
            if process.is_alive:
                process.kill()
        self.listener.close()


@dataclass
class Storm:
    """Kills web and worker at moments drawn from one seed, each so many times."""

    product: Product
    ledger: Ledger
    kills: int
    chance: random.Random

    def web(self) -> None:
        """Each time soon after it has answered a step again, in the middle of what the clients then do."""
        for _ in range(self.kills):
            before = len(self.ledger.answered)
            eventually(lambda before=before: len(self.ledger.answered) > before, seconds=30, every=0.01)
            time.sleep(self.chance.uniform(0.0, 0.4))
            self.product.kill_web()
        self.product.wait_until_ready()

    def worker(self) -> None:
        """Each time soon after letters go out again."""
        sink, chance = self.product.sink, random.Random(self.chance.random())
        for _ in range(self.kills):
            before = len(sink.attempts)
            eventually(lambda before=before: len(sink.attempts) > before, seconds=4, every=0.01)
            time.sleep(chance.uniform(0.0, 0.5))
            self.product.kill_worker()

    def rage(self, clients: list[Client]) -> None:
        """Let loose both on the clients until the last kill and the last step."""
        threads = [threading.Thread(target=self.web), threading.Thread(target=self.worker)]
        for thread in (*threads, *clients):
            thread.start()
        for thread in (*threads, *clients):
            thread.join(120 * SOAK)
            assert not thread.is_alive(), "a client waits for an answer that does not come"


@pytest.fixture
def reaper() -> Iterator[OrphanReaper]:
    made = OrphanReaper()
    yield made
    made.close()


@pytest.fixture
def dropped(smtp_sink: SmtpSink) -> set[str]:
    """Message-IDs of letters that the mail server accepts without being heard; some of the first hundred."""
    ids: set[str] = set()
    seen = 0

    def answer(letter: Letter) -> Answer:
        nonlocal seen
        if not letter.content:
            return ACCEPT
        seen += 1
        if seen > 100 or seen % 20:
            return ACCEPT
        ids.add(letter.message_id)
        return DROP_AFTER

    smtp_sink.rule = answer
    return ids


def prepare(database: Database) -> tuple[list[Ref], dict[str, str]]:
    """Proposals that wait for the office, and keys for the two people who send them to and fro."""
    world = World(database)
    edition = world.edition("conferences")
    refs = [world.idea(edition, title=f"Pomysł {number}") for number in range(PROPOSALS)]
    for ref in refs:
        world.lead(ref, "submitted")
    keys = {}
    with database.transaction() as tx:
        for who in ("staff", "leader"):
            keys[who] = tokens.create_token(tx, world[who].id or 0, name="ledger", at=world.now)
    return refs, keys


@pytest.mark.parametrize(("kind", "steps", "kills"), [("postgres", 120, 3), ("sqlite", 80, 2)])
def test_killed_processes_lose_no_step_and_no_letter(
    kind: str, steps: int, kills: int, request: pytest.FixtureRequest, own_redis: PrivateRedis, smtp_sink: SmtpSink,
    dropped: set[str], reaper: OrphanReaper, tmp_path: Path,
) -> None:  # fmt: skip
    steps, kills = steps * SOAK, kills * SOAK
    with closing(Database(request.getfixturevalue(f"{kind}_url"))) as database:
        refs, keys = prepare(database)
        before = versions(database, refs)
        with closing(Product(database, smtp_sink, tmp_path, own_redis.url, reaper)) as product:
            ledger = Ledger()

            def may_go_on() -> bool:
                share = (product.kills["web"] + 1) / (kills + 1)
                return len(ledger.intents) < steps * share

            def is_done() -> bool:
                return len(ledger.intents) >= steps and product.kills["web"] >= kills

            clients = [
                Client(product.address, keys, {ref: before[ref] for ref in refs[number::CLIENTS]}, ledger, may_go_on,
                       is_done, seed=SEED * 100 + number)
                for number in range(CLIENTS)
            ]  # fmt: skip
            Storm(product, ledger, kills, random.Random(SEED)).rage(clients)
            assert ledger.refused == []
            wait_for_letters(database, product)
            report(product, ledger, smtp_sink, dropped)
            assert_steps_are_there_once(database, ledger, before, steps)
            assert_letters_came(database, smtp_sink, ledger, spare=len(dropped) + SENDERS * product.kills["worker"])
            assert min(product.kills.values()) >= kills


def versions(database: Database, refs: list[Ref]) -> dict[Ref, int]:
    with database.reading() as tx:
        found = entries_by_subject(tx)
    return {ref: len(found[ref]) for ref in refs}


def wait_for_letters(database: Database, product: Product) -> None:
    """Until every letter came; one whose connection broke would wait for minutes: its time is taken to have passed."""

    def left() -> list[str]:
        # As an engine does: a worker that ended by itself is started again.
        if not product.processes["worker"].is_alive:
            product.processes["worker"].start()
        with database.transaction() as tx:
            waits = Delivery.state == "created", Delivery.next_try_at > utc_now()
            tx.execute(update(Delivery).where(*waits).values(next_try_at=utc_now()))
        with database.reading() as tx:
            unsent = select(Delivery.id, Delivery.state, Delivery.attempts, Delivery.next_try_at, Delivery.error)
            rows = [str(row) for row in tx.execute(unsent.where(Delivery.state != "sent"))]
            unheard = select(OutboxRow.key, OutboxRow.topic).where(OutboxRow.relayed_at.is_(None))
            return rows + [str(row) for row in tx.execute(unheard)]

    came = eventually(lambda: not left(), seconds=100 + 30 * SOAK, every=0.3)
    assert came, "\n".join([*left()[:20], product.processes["worker"].said()[-3000:]])


def report(product: Product, ledger: Ledger, sink: SmtpSink, dropped: set[str]) -> None:
    copies = Counter(letter.message_id for letter in sink.letters)
    print(
        f"\n{len(ledger.answered)} steps, {ledger.cut} calls without an answer, {ledger.unread} answers lost, "
        f"kills {dict(product.kills)}, "
        f"{len(copies)} letters, {copies.total() - len(copies)} second copies, {len(dropped)} answers dropped"
    )


def assert_steps_are_there_once(database: Database, ledger: Ledger, before: dict[Ref, int], steps: int) -> None:
    """The history holds each acknowledged step once, and nothing that nobody asked for."""
    assert [(one.key, one.calls) for one in ledger.intents if one.answer is None] == []
    assert len(ledger.intents) >= steps
    with database.snapshot() as tx:
        assert faults(tx) == []
        entries = entries_by_subject(tx)
    asked = Counter((one.ref, one.version + 1, one.step) for one in ledger.intents)
    found = Counter(
        (ref, entry.version, entry.step) for ref in before for entry in entries[ref] if entry.version > before[ref]
    )
    assert found == asked
    assert set(found.values()) == {1}
    assert all(one.answer and one.answer["version"] == one.version + 1 for one in ledger.intents)
    assert ledger.cut > 0, "no call was ever cut, so nothing was tested"
    assert ledger.unread > 0


def assert_letters_came(database: Database, sink: SmtpSink, ledger: Ledger, *, spare: int) -> None:
    """Every letter came, to the right people; a second copy only of one that was tried twice, and told as the same."""
    with database.reading() as tx:
        rows = tx.execute(
            select(Delivery.message_id, Delivery.attempts, Person.email, OutboxRow.key)
            .join(OutboxRow, OutboxRow.id == Delivery.outbox_id).join(Person, Person.id == Delivery.recipient_id)
            .where(Delivery.channel == "email")
        ).all()  # fmt: skip
    copies = Counter(letter.message_id for letter in sink.letters)
    assert set(copies) == {row.message_id for row in rows}
    assert len(rows) == len({row.message_id for row in rows})
    assert [row.key for row in rows if copies[row.message_id] > row.attempts] == []
    assert copies.total() - len(copies) <= spare
    told: dict[str, set[str]] = {}
    for row in rows:
        told.setdefault(row.key, set()).add(row.email)
    for one in ledger.intents:
        assert told.get(f"{one.ref}:{one.version + 1}", set()) == TOLD.get(one.step, set())
