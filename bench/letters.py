"""Letters: how many one worker sends of one announcement, beside loops by hand, and how soon after the commit.

`python -m bench.letters [--only NAME] [--recipients N]` measures this alone and prints it.
"""

import argparse
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import delete, insert

from bench import servers, sink
from bench.starting import MODULE, serving
from tasks.deliver import Sender, deliver
from tasks.mail import OutgoingMail, SmtpTransport
from tasks.render import Renderer, render
from tests.smtp_sink import ACCEPT, Answer, Letter, SmtpSink
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from workflow.db.database import Database
from workflow.models import Delivery, DeliveryTry, OutboxRow, Person, RoleGrant
from workflow.notifications.message_data import Addressed, addressed
from workflow.notifications.relay import relay_all
from workflow.rules.roles import Role
from workflow.rules.topics import Topic

RECIPIENTS, ROUNDS = 5000, 3
# So many letters for a loop by hand, whose speed does not depend on their number.
BY_HAND = 1500
SAMPLES, PATIENCE = 60, 30.0
BARE, RENDERED, RENDERED_ANEW, WORKER = "bare loop", "rendered as we do", "each rendered anew", "worker"
# The least share of a loop, and the most milliseconds from commit to acceptance.
LEAST = {BARE: 0.25, RENDERED: 0.7, RENDERED_ANEW: 0.7}
EXPLAINED = (
    "Letters a second of one worker, from the outbox row to the last acceptance, beside loops that send over one"
    " connection without a database: a ready message, the same letters written as the product writes them, and each one"
    " written anew. Then milliseconds from commit to acceptance, by a worker process without a broker."
)
EMBEDDED_MS, POSTGRESQL_MS = 250.0, 100.0


@dataclass(frozen=True, slots=True)
class Sent:
    """Letters a second by contestant, medians of some rounds, and milliseconds from commit to acceptance."""

    per_second: dict[str, float]
    median_ms: float
    p95_ms: float

    def share(self, name: str) -> float:
        """The worker as a share of a loop by hand."""
        return self.per_second[WORKER] / self.per_second[name]


def measure(database: Database, *, recipients: int = RECIPIENTS) -> Sent:
    """Throughput and the time from commit to acceptance, on a fresh, migrated database."""
    programme = Programme(database)
    add_partners(programme, recipients)
    rounds: dict[str, list[float]] = {}
    with sink.running() as port, tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        contest = _Contest(programme, port, Path(folder))
        for _ in range(ROUNDS):
            for name, contestant in contest.contestants.items():
                rounds.setdefault(name, []).append(_per_second(contestant))
    took = _latencies(programme)
    return Sent({name: median(speeds) for name, speeds in rounds.items()}, median(took), quantiles(took, n=20)[-1])


def _per_second(contestant: Callable[[], int]) -> float:
    began = time.perf_counter()
    return contestant() / (time.perf_counter() - began)


def add_partners(programme: Programme, count: int) -> None:
    """So many people who get the announcement, p0@example.org and so on."""
    people = [{"email": f"p{n}@example.org", "name": f"Maria Wiśniewska {n}", "created_at": MORNING}
              for n in range(count)]  # fmt: skip
    with programme.db.transaction() as tx:
        numbers = list(tx.execute(insert(Person).returning(Person.id), people).scalars())
        grant = {"edition_id": programme.edition, "role": Role.PARTNER, "granted_at": MORNING}
        tx.execute(insert(RoleGrant), [{**grant, "person_id": number} for number in numbers])


class _Contest:
    """The same letters, sent in four ways over one connection each."""

    def __init__(self, programme: Programme, port: int, data: Path) -> None:
        self.programme, self.port = programme, port
        url = f"smtp://127.0.0.1:{port}"
        self.settings = settings_for(programme.db, mail_url=url, data=data)
        self.sender = Sender(programme.db, self.settings, SmtpTransport(self.settings.mail), Clock())
        self.letters = self._facts()
        self.ready = render(self.letters[0], self.settings, at=MORNING)
        self.contestants = {
            BARE: self.bare,
            RENDERED: lambda: self.by_hand(Renderer().mail),
            RENDERED_ANEW: lambda: self.by_hand(render, count=BY_HAND // 5),
            WORKER: self.worker,
        }

    def _facts(self) -> list[Addressed]:
        """The facts of every letter, read once, and all rows removed again."""
        self.programme.tell(Topic.SELECTED)
        ids = relay_all(self.programme.db, base_url=self.settings.base_url, at=MORNING)
        with self.programme.db.reading() as tx:
            letters = list(addressed(tx, ids[:BY_HAND]).values())
        with self.programme.db.transaction() as tx:
            for model in (DeliveryTry, Delivery, OutboxRow):
                tx.execute(delete(model))
        return letters

    def bare(self) -> int:
        with smtplib.SMTP("127.0.0.1", self.port) as smtp:
            for _ in range(BY_HAND):
                smtp.sendmail(self.ready.sender, [self.ready.recipient], self.ready.content)
        return BY_HAND

    def by_hand(self, write: Callable[..., OutgoingMail], count: int = BY_HAND) -> int:
        with smtplib.SMTP("127.0.0.1", self.port) as smtp:
            for letter in self.letters[:count]:
                mail = write(letter, self.settings, at=MORNING)
                smtp.sendmail(mail.sender, [mail.recipient], mail.content)
        return min(count, len(self.letters))

    def worker(self) -> int:
        """From the outbox row of the announcement until nothing is due."""
        self.programme.tell(Topic.SELECTED)
        count = 0
        relay_all(self.programme.db, base_url=self.settings.base_url, at=MORNING)
        while sent := deliver(self.sender):
            count += sent
        return count


def _latencies(programme: Programme) -> list[float]:
    """Milliseconds from the end of a commit until a mail server has a letter; the worker is a process of its own."""
    arrived: list[float] = []

    def note(letter: Letter) -> Answer:
        if letter.content:
            arrived.append(time.perf_counter())
        return ACCEPT

    server, took = SmtpSink(rule=note), []
    server.start()
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        more = {"DATABASE_URL": programme.db.url, "MAIL_URL": server.url, "REDIS_URL": "redis://127.0.0.1:1/0"}
        with serving(Path(folder), 8000, *MODULE, "web.cli", "worker", **more):
            # The first letters find a worker that has just started.
            for number in range(SAMPLES + 5):
                known = len(arrived)
                programme.tell(Topic.RESERVE_EXPIRED)
                began = time.perf_counter()
                _wait(lambda known=known: len(arrived) > known)  # type: ignore[misc]
                took += [(arrived[-1] - began) * 1000] if number >= 5 else []
                time.sleep(0.1)
    server.stop()
    return took


def _wait(is_over: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_over():
        if time.monotonic() > deadline:
            raise RuntimeError("no letter came")
        time.sleep(0.002)


def missed(measured: dict[str, Sent]) -> list[str]:
    """A sentence for each limit that was missed."""
    sentences = []
    for name, sent in measured.items():
        sentences += [f"missed: {name}: {sent.share(loop):.2f} of the letters of the {loop}, not {least}"
                      for loop, least in LEAST.items() if sent.share(loop) < least]  # fmt: skip
        if sent.p95_ms > (EMBEDDED_MS if name == servers.SQLITE else POSTGRESQL_MS):
            sentences.append(f"missed: {name}: {sent.p95_ms:.0f} ms from commit to acceptance at p95")
    return sentences


def table(measured: dict[str, Sent]) -> str:
    """The figures as Markdown."""
    lines = [
        "## Letters of one announcement, and how soon one goes out\n",
        f"{EXPLAINED}\n",
        f"| database | {' | '.join((BARE, RENDERED, RENDERED_ANEW, WORKER))} | share | share | share | median | p95 |",
        "| --- " * 10 + "|",
    ]
    for name, sent in measured.items():
        speeds = [f"{sent.per_second[loop]:.0f}" for loop in (BARE, RENDERED, RENDERED_ANEW, WORKER)]
        shares = [f"{sent.share(loop):.2f}" for loop in (BARE, RENDERED, RENDERED_ANEW)]
        lines.append(f"| {name} | {' | '.join(speeds + shares)} | {sent.median_ms:.0f} | {sent.p95_ms:.0f} |")
    return "\n".join(lines) + "\n"


def measure_all(only: str = "", *, recipients: int = RECIPIENTS) -> dict[str, Sent]:
    """Every database, each a fresh one."""
    measured = {}
    with servers.databases(only) as databases:
        for name, database in databases.items():
            print(f"letters: {name} ...", flush=True)
            measured[name] = measure(database, recipients=recipients)
    return measured


def main() -> int:
    """Measure letters alone; exits 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.letters", description=__doc__)
    parser.add_argument("--only", default="", help="databases whose name contains this")
    parser.add_argument("--recipients", type=int, default=RECIPIENTS, help="people who get the announcement")
    arguments = parser.parse_args()
    measured = measure_all(arguments.only, recipients=arguments.recipients)
    sentences = missed(measured)
    print(table(measured))
    print("\n".join(sentences) or "no limit missed")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
