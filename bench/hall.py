"""A vote in a hall on the embedded default: `make hall`, or python -m bench.hall [--phones N] [--seconds S].

Three desks check everybody in, every phone keeps its pass, follows the presentation until the vote is opened, and casts
a ballot, all of it through HTTP; the published ballots are counted again. The last line names the figures; exit status
1 where a limit is missed.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from bench.hall_phones import Client, Phone
from bench.served import COOKIE
from bench.starting import WEB, serving, wait
from tests.databases import migrate
from tests.postgres import free_port
from tests.workflow.hall.people import SECTORS, Hall
from workflow.accounts.sessions import open_session
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.models import Registration
from workflow.presentations.actions import generate, publish
from workflow.presentations.queries import read_agenda
from workflow.presentations.remote import Press, press_button, take_remote
from workflow.rules.facts import Ref
from workflow.voting import verifier
from workflow.voting.results.verification import verify_result

PHONES, SECONDS, DESKS = 200, 15.0, 3
# The most milliseconds of nineteen votes in twenty.
MOST = 500
OPTIONS = tuple(f"Projekt {number}" for number in range(1, 7))
TITLES = ("Szlak wodny", "Targ u sąsiada", "Świetlica do dwudziestej")
# How long a project is on, and how long phones wait for the vote after the last.
CALLED, PATIENCE = 3.0, 60.0
PASS = re.compile(r"https?://[^\s\"<]+/przepustka/[^\s\"<]+")
VERIFIER = Path(verifier.__file__).with_name("verify_result.py")


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of the votes of a hall."""

    phones: int
    votes: int
    lost: int
    doubled: int
    p95_ms: int
    polls_p95_ms: int
    parts_p95_ms: int
    # How many changes of the presentation a phone missed at most.
    behind: int
    equal: bool
    failures: tuple[str, ...]

    def line(self) -> str:
        """The figures as the contract words them."""
        recount = "equal" if self.equal else "differs"
        return (f"phones {self.phones} votes {self.votes} lost {self.lost} doubled {self.doubled} "
                f"p95_ms {self.p95_ms} recount {recount}")  # fmt: skip

    def holds(self) -> bool:
        """Whether every limit was kept."""
        complete = self.votes == self.phones and not (self.lost or self.doubled or self.failures)
        return complete and self.equal and self.p95_ms < MOST and self.behind <= 1


def measure(phones: int = PHONES, *, seconds: float = SECONDS, called: float = CALLED) -> Measured:
    """Run one hall of its own on an embedded database, and leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="partnerstwo-hall-") as folder:
        data = Path(folder)
        migrate(f"sqlite:///{data / 'partnerstwo.sqlite3'}")
        with closing(Database(f"sqlite:///{data / 'partnerstwo.sqlite3'}")) as database:
            people = [sector for sector, _number in zip(cycle(SECTORS), range(phones), strict=False)]
            hall = Hall(database, data, people, checked_in=False)
            draw_up(hall)
            poll = hall.prepare(texts=OPTIONS, max_choices=3, minutes=None)
            port = free_port()
            with serving(data, port, *WEB, SECRET_KEY="k" * 40) as process:
                wait(process, f"http://127.0.0.1:{port}/login")
                return vote(hall, poll, port, seconds=seconds, called=called, folder=data)


def vote(hall: Hall, poll: Ref, port: int, *, seconds: float, called: float, folder: Path) -> Measured:
    """Check in, open, vote, close and count again."""
    root = f"/konferencje/{hall.conference.id}"
    path = f"{root}/glosowania/{poll.id}"
    phones = [Phone(Client(port), random.Random(number)) for number in range(len(hall.registrations))]
    with ExitStack() as ended:
        for phone in phones:
            ended.callback(phone.client.close)
        check_in(hall, phones, port, root)
        host = ended.enter_context(closing(signed_in(hall, "animator", port)))
        return opened_and_counted(hall, host, phones, path, seconds=seconds, called=called, folder=folder)


def draw_up(hall: Hall) -> None:
    """A public agenda of three projects for the conference, with the remote in the hand of the animator."""
    world, at = hall.world, hall.world.at
    for title in TITLES:
        world.lead(world.idea(hall.edition, title=title), "admitted")
    with world.database.transaction() as tx:
        generate(tx, hall.conference.id, actor=world["staff"], at=at)
        publish(tx, hall.conference.id, is_public=True, version=version_of(tx, hall), actor=world["staff"], at=at)
        take_remote(tx, hall.conference.id, version=screen_of(tx, hall), actor=world["animator"])


def version_of(tx: Connection, hall: Hall) -> int:
    """The version of the agenda."""
    agenda = read_agenda(tx, hall.conference.id)
    return agenda.version if agenda else 0


def screen_of(tx: Connection, hall: Hall) -> int:
    """The version of the screen."""
    agenda = read_agenda(tx, hall.conference.id)
    return agenda.screen.version if agenda else 0


def present(hall: Hall, called: float) -> None:
    """Call one project after the other, as the remote does; each is on for so many seconds."""
    for _title in TITLES:
        time.sleep(called)
        with hall.world.database.transaction() as tx:
            press_button(tx, hall.conference.id, Press.NEXT, version=screen_of(tx, hall),
                         actor=hall.world["animator"], at=utc_now())  # fmt: skip


def opened_and_counted(
    hall: Hall, host: Client, phones: Sequence[Phone], path: str, *, seconds: float, called: float,
    folder: Path,
) -> Measured:  # fmt: skip
    """Present, open, vote, close and compare."""
    desk, stage = f"{path}/prowadzenie", f"/konferencje/{hall.conference.id}/na-zywo"
    keys = [f"T{number:02d}" for number in range(1, len(OPTIONS) + 1)]

    def lead() -> None:
        present(hall, called)
        time.sleep(called)
        press_step(host, desk, f"{path}/krok/open")

    together([lead, *(lambda phone=phone: phone.attend(stage, path, keys, seconds=seconds, patience=PATIENCE)
                      for phone in phones)])  # fmt: skip
    press_step(host, desk, f"{path}/krok/count")
    file = folder / "result.json"
    file.write_bytes(host.get(f"{path}/wynik.json").encode())
    return compared(phones, file)


def check_in(hall: Hall, phones: Sequence[Phone], port: int, root: str) -> None:
    """Three desks let everybody in by code; each phone then keeps the pass that its person got."""
    with hall.world.database.reading() as tx:
        query = select(Registration.code).where(Registration.id.in_(hall.registrations)).order_by(Registration.id)
        codes = list(tx.execute(query).scalars())
    waiting = list(zip(codes, phones, strict=True))

    def desk(number: int) -> None:
        with closing(signed_in(hall, "staff", port)) as client:
            page = client.get(f"{root}/odprawa")
            for code, phone in waiting[number::DESKS]:
                status, text = client.press(page, f"{root}/odprawa/kod", ("code", code))
                address = PASS.search(text)
                if status != 200 or address is None:
                    raise RuntimeError(f"the desk answered {status} without a pass")
                phone.keep_pass(urlsplit(address[0]).path)

    together([lambda number=number: desk(number) for number in range(DESKS)])  # type: ignore[misc]


def signed_in(hall: Hall, who: str, port: int) -> Client:
    """The browser of somebody of the office."""
    client = Client(port)
    with hall.world.database.transaction() as tx:
        client.cookies[COOKIE] = open_session(tx, hall.world[who].id or 0, at=utc_now())
    return client


def press_step(host: Client, desk: str, step: str) -> None:
    """Let the host take a step of the vote."""
    status, text = host.press(host.get(desk), step)
    if status != 200 or "notice error" in text:
        raise RuntimeError(f"{step} was answered with {status}")


def together(works: Sequence[Callable[[], None]]) -> None:
    """Do all of it at once; the first error is raised when all have ended."""
    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(work) for work in works]:
            done.result()


def compared(phones: Sequence[Phone], file: Path) -> Measured:
    """What phones were told beside the published ballots, which both verifiers count again."""
    content = verify_result(file.read_bytes())
    again = subprocess.run([sys.executable, str(VERIFIER), str(file)], check=False, capture_output=True).returncode == 0
    told = [(phone.receipt, phone.choice) for phone in phones if phone.receipt]
    cast = sum(ballot.get("count", 1) for ballot in content["ballots"])
    if "receipts" in content:
        missing = len({number for number, _choice in told} - set(content["receipts"]))
    else:
        published = {ballot["number"]: tuple(sorted(ballot["choice"])) for ballot in content["ballots"]}
        missing = sum(published.get(number) != choice for number, choice in told)
    sums = Counter(key for _number, choice in told for key in choice)
    scores = {key: f"{sums[key]}/1" for key in content["outcome"]["scores"]}
    failures = tuple(failure for phone in phones for failure in phone.failures)
    return Measured(
        len(phones), len(told), missing, max(0, cast - len(told)), p95([s for phone in phones for s in phone.seconds]),
        p95([s for phone in phones for s in phone.polls]), p95([s for phone in phones for s in phone.parts]),
        max(len(TITLES) + 1 - phone.followed for phone in phones), again and scores == content["outcome"]["scores"],
        failures,
    )  # fmt: skip


def p95(seconds: Sequence[float]) -> int:
    """What nineteen in twenty do not exceed, in milliseconds."""
    return round(1000 * quantiles(seconds, n=20)[-1]) if len(seconds) > 1 else 0


def main() -> int:
    """Measure and print; the exit status says whether the limits hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.hall", description=__doc__)
    parser.add_argument("--phones", type=int, default=PHONES)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    arguments = parser.parse_args()
    measured = measure(arguments.phones, seconds=arguments.seconds)
    for failure in measured.failures[:10]:
        print(failure)
    print(f"the question whether something has changed: p95 {measured.polls_p95_ms} ms")
    print(f"a part of the presentation: p95 {measured.parts_p95_ms} ms; changes missed by a phone: {measured.behind}")
    print(measured.line())
    return 0 if measured.holds() else 1


if __name__ == "__main__":
    sys.exit(main())
