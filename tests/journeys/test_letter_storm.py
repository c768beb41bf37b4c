"""Workers, beats and the broker die again and again while letters go out through a mail server that flaps.

Two workers relay and send and two beats run all along. SOAK=10 is the full form: 10,000 letters, 50 kills.
"""

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
from sqlalchemy import insert, select, update

from tests.postgres import CHECKOUT
from tests.processes import Process, eventually
from tests.servers import PrivateRedis
from tests.smtp_sink import ACCEPT, BUSY, DROP_AFTER, DROP_BEFORE, REFUSE, Answer, Letter, SmtpSink, slow
from tests.tasks.programme import MORNING, Programme
from web.ops.orphan_reaper import OrphanReaper
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.models import Delivery, DeliveryTry, OutboxRow, Person, RoleGrant
from workflow.notifications import deliveries
from workflow.rules.roles import Role
from workflow.rules.topics import Topic

pytestmark = [pytest.mark.slow, pytest.mark.chaos]
FULL = int(os.environ.get("SOAK", "1")) > 1
SEED = int(os.environ.get("SEED", "2017"))
ANNOUNCEMENTS, RECIPIENTS, KILLS = (20, 499, 50) if FULL else (3, 60, 5)
# A worker has four threads that send: what wakes it, its sweep, and two for messages of the broker.
SENDERS = 4
# By how many of a hundred letters each: put off, refused, dropped before and after acceptance, slow, hanging.
FAULTS = ((BUSY, 10), (REFUSE, 2), (DROP_BEFORE, 3), (DROP_AFTER, 2), (slow(0.2), 3))
# Longer than a worker waits for an answer; it has accepted the letter all the same.
HANGS = slow(16.0)


@dataclass
class Flapping:
    """What the mail server does with each letter, drawn from one seed; and which letters it kept unheard."""

    chance: random.Random
    unheard: list[str] = field(default_factory=list)
    hangs: int = 3 if FULL else 0

    def __call__(self, letter: Letter) -> Answer:
        if not letter.content:
            return ACCEPT
        if self.hangs and self.chance.random() < 0.01:
            self.hangs -= 1
            self.unheard.append(letter.message_id)
            return HANGS
        drawn = self.chance.random() * 100
        for answer, share in FAULTS:
            if drawn < share:
                if answer is DROP_AFTER:
                    self.unheard.append(letter.message_id)
                return answer
            drawn -= share
        return ACCEPT


@dataclass
class Post:
    """Two workers and two beats on one database, one broker, one mail server and one data folder."""

    programme: Programme
    sink: SmtpSink
    broker: PrivateRedis
    folder: Path
    reaper: OrphanReaper
    processes: dict[str, Process] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        inside = {
            "PATH": os.environ["PATH"], "PARTNERSTWO_DATA": str(self.folder), "DATABASE_URL": self.programme.db.url,
            "REDIS_URL": self.broker.url, "MAIL_URL": self.sink.url, "BASE_URL": "https://partnerstwo.example",
            "SECRET_KEY": "k" * 40, "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        for name in ("worker-1", "worker-2", "beat-1", "beat-2"):
            words = [sys.executable, "-m", "web.cli", name.partition("-")[0]]
            log = self.folder / f"{name}.log"
            self.processes[name] = Process(name, words, inside, CHECKOUT, log, self.reaper).start()

    def kill(self, name: str) -> None:
        """Kill one of them and start it again; the leases of a dead worker are taken to have run out."""
        self.kills[name.partition("-")[0]] += 1
        if name == "broker":
            self.broker.kill()
            self.broker.start()
            return
        process = self.processes[name]
        pid = process.pid
        process.kill()
        process.start()
        with self.programme.db.transaction() as tx:
            mine = Delivery.state == "sending", Delivery.lease_owner.like(f"%:{pid}:%")
            tx.execute(update(Delivery).where(*mine).values(lease_until=utc_now()))

    def unsent(self) -> list[str]:
        """What has not arrived yet, after letters that were put off are taken to have waited long enough."""
        for process in self.processes.values():
            if not process.is_alive:
                process.start()
        with self.programme.db.transaction() as tx:
            waits = Delivery.state == "created", Delivery.next_try_at > utc_now()
            tx.execute(update(Delivery).where(*waits).values(next_try_at=utc_now()))
            deliveries.retry(tx, at=utc_now())
        with self.programme.db.reading() as tx:
            rows = tx.execute(select(Delivery.id, Delivery.state, Delivery.error).where(Delivery.state != "sent"))
            waiting = tx.execute(select(OutboxRow.key).where(OutboxRow.relayed_at.is_(None)))
            return [str(row) for row in (*rows, *waiting)]

    def close(self) -> None:
        for process in self.processes.values():
            if process.is_alive:
                process.kill()


@pytest.fixture
def reaper() -> Iterator[OrphanReaper]:
    made = OrphanReaper()
    yield made
    made.close()


def add_partners(programme: Programme, count: int) -> None:
    people = [{"email": f"p{n}@example.org", "name": f"Osoba {n}", "created_at": MORNING} for n in range(count)]
    with programme.db.transaction() as tx:
        numbers = list(tx.execute(insert(Person).returning(Person.id), people).scalars())
        grant = {"edition_id": programme.edition, "role": Role.PARTNER, "granted_at": MORNING}
        tx.execute(insert(RoleGrant), [{**grant, "person_id": number} for number in numbers])


def announce(programme: Programme) -> None:
    """Announcements, some of them while processes die."""
    for _ in range(ANNOUNCEMENTS):
        programme.tell(Topic.SELECTED, at=utc_now())
        time.sleep(0.5)


def rage(post: Post, chance: random.Random) -> None:
    """Each kill soon after letters go out again."""
    names = ("worker-1", "worker-2", "worker-1", "worker-2", "beat-1", "beat-2", "broker", "worker-1", "worker-2")
    for number in range(KILLS):
        before = len(post.sink.attempts)
        eventually(lambda before=before: len(post.sink.attempts) > before, seconds=6, every=0.01)
        time.sleep(chance.uniform(0.0, 0.5))
        post.kill("worker-1" if number == 0 else chance.choice(names))
        if FULL and number % 10 == 5:
            # Down for a while; the breakers open, and whoever sends waits.
            post.sink.stop()
            time.sleep(2)
            post.sink.start()


def test_letters_are_neither_lost_nor_repeated_in_a_storm(
    postgres_url: str, own_redis: PrivateRedis, smtp_sink: SmtpSink, reaper: OrphanReaper, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    flapping = smtp_sink.rule = Flapping(random.Random(SEED))
    with closing(Database(postgres_url)) as database:
        programme = Programme(database)
        add_partners(programme, RECIPIENTS)
        with closing(Post(programme, smtp_sink, own_redis, tmp_path, reaper)) as post:
            announcing = threading.Thread(target=announce, args=(programme,))
            announcing.start()
            rage(post, chance)
            announcing.join()
            came = eventually(lambda: not post.unsent(), seconds=900 if FULL else 60, every=0.5)
            left = post.unsent()
            assert came, "\n".join([*left[:20], post.processes["worker-1"].said()[-3000:]])
            report_and_check(programme, smtp_sink, flapping, post)


def report_and_check(programme: Programme, sink: SmtpSink, flapping: Flapping, post: Post) -> None:
    with programme.db.reading() as tx:
        rows = tx.execute(
            select(Delivery.id, Delivery.message_id, Delivery.attempts, Person.email)
            .join(Person, Person.id == Delivery.recipient_id).where(Delivery.channel == "email")
        ).all()  # fmt: skip
        tries = Counter(tx.execute(select(DeliveryTry.delivery_id).where(DeliveryTry.outcome == "accepted")).scalars())
    copies = Counter(letter.message_id for letter in sink.letters)
    lost = {row.message_id for row in rows} - set(copies)
    doubled = copies.total() - len(copies)
    allowed = len(flapping.unheard) + SENDERS * post.kills["worker"]
    print(
        f"\nrounds {post.kills.total()} kills {dict(post.kills)} letters {len(rows)} lost {len(lost)} doubled {doubled} "
        f"(accepted unheard {len(flapping.unheard)}, allowed {allowed})"
    )
    assert len(rows) >= ANNOUNCEMENTS * RECIPIENTS
    assert lost == set()
    # Every copy of a letter names the same row and goes to the same person.
    address = {row.message_id: row.email for row in rows}
    assert {letter.recipients[0] == address.get(letter.message_id) for letter in sink.letters} == {True}
    assert doubled <= allowed
    assert set(tries) == {row.id for row in rows}
    assert post.kills.total() >= KILLS
