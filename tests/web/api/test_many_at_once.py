"""A real web server on PostgreSQL, many programs at once, answers that get lost on the way."""

import http.client
import json
import os
import random
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.databases import Postgres
from tests.postgres import CHECKOUT, free_port
from tests.processes import Process, answers, eventually
from tests.web.compiled import share_templates
from tests.world import World
from web.ops.orphan_reaper import OrphanReaper
from workflow.accounts.tokens import create_token
from workflow.db.database import Database
from workflow.models import HistoryEntry, Proposal
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow
CLIENTS, TWINS = 50, 20
INTENTS, HANDS = 300, 10
LOST = 0.3
SEED = 2017


@dataclass(frozen=True)
class Served:
    """A running web server and the world behind it."""

    world: World
    port: int

    def key(self, name: str) -> str:
        with self.world.database.transaction() as tx:
            return create_token(tx, self.world[name].id or 0, name="test", at=self.world.now)

    def send(self, key: str, method: str, path: str, body: Any, **headers: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **spelled}
        connection.request(method, f"/api/v1/{path}", json.dumps(body), told)
        return connection

    def ask(self, *words: Any, **headers: str) -> tuple[int, bytes]:
        connection = self.send(*words, **headers)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def entries(self, step: str, ref: Ref | None = None) -> int:
        h = HistoryEntry
        where = [h.subject_kind == "proposal", h.step == step]
        if ref:
            where.append(h.subject_id == ref.id)
        with self.world.database.reading() as tx:
            return int(tx.execute(select(func.count()).select_from(h).where(*where)).scalar_one())

    def version(self, ref: Ref) -> int:
        with self.world.database.reading() as tx:
            return int(tx.execute(select(Proposal.version).where(Proposal.id == ref.id)).scalar_one())


@pytest.fixture(scope="module")
def served(
    postgres_server: Postgres, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    name, folder = f"partnerstwo_test_{secrets.token_hex(6)}", tmp_path_factory.mktemp("served")
    url = postgres_server.create(name, template=postgres_template)
    share_templates(folder)
    port, reaper, database = free_port(), OrphanReaper(), Database(url)
    inside = {
        "PATH": os.environ["PATH"], "PARTNERSTWO_DATA": str(folder), "DATABASE_URL": url, "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}", "WEB_CONCURRENCY": "2", "WEB_THREADS": "12",
    }  # fmt: skip
    words = (sys.executable, "-m", "web.cli", "web")
    web = Process("web", words, inside, CHECKOUT, folder / "web.log", reaper).start()
    try:
        ready = eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"), seconds=30)
        assert ready, web.said()
        yield Served(World(database), port)
    finally:
        web.stop(seconds=20)
        reaper.close()
        database.close()
        postgres_server.drop(name)


def at_once(hands: int, work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(work, range(hands)))


def test_of_fifty_programs_that_press_one_step_exactly_one_moves_it(served: Served) -> None:
    ref = served.world.proposal_in("submitted")
    served.world.verify(ref)
    version = served.version(ref)
    keys = [served.key(name) for name in ("staff", "staff2")]
    body = {"version": version}
    told = at_once(CLIENTS, lambda n: served.ask(keys[n % 2], "POST", f"proposals/{ref.id}/steps/admit", body))
    assert Counter(status for status, _body in told) == {200: 1, 409: CLIENTS - 1}
    for status, text in told:
        if status == 409:
            problem = json.loads(text)
            assert problem["code"] == "stale"
            assert problem["last"]["step"] == "admit"
    assert served.entries("admit", ref) == 1
    assert served.version(ref) == version + 1


def test_the_same_call_twenty_times_at_once_has_one_effect_and_one_answer(served: Served) -> None:
    ref = served.world.proposal_in("submitted")
    served.world.verify(ref)
    key, path, body = served.key("staff"), f"proposals/{ref.id}/steps/admit", {"version": served.version(ref)}
    told = at_once(TWINS, lambda _n: served.ask(key, "POST", path, body, Idempotency_Key="twin"))
    assert len(set(told)) == 1
    assert told[0][0] == 200
    assert served.entries("admit", ref) == 1


def test_the_same_idea_twenty_times_at_once_is_recorded_once(served: Served) -> None:
    served.world.edition(key="ogrody")
    before = served.entries("record_idea")
    key, body = served.key("participant"), {"edition": "ogrody", "title": "Ogród"}
    told = at_once(TWINS, lambda _n: served.ask(key, "POST", "proposals", body, Idempotency_Key="twin"))
    assert len(set(told)) == 1
    assert told[0][0] == 201
    assert served.entries("record_idea") == before + 1


def test_lost_answers_are_asked_for_again_and_nothing_happens_twice(served: Served) -> None:
    served.world.edition(key="otwarta")
    before = served.entries("record_idea"), served.entries("withdraw")
    key = served.key("participant")
    lost: Counter[str] = Counter()

    def insist(chance: random.Random, path: str, body: Any, name: str) -> dict[str, Any]:
        """Ask with one key until an answer arrives whole."""
        while True:
            connection = served.send(key, "POST", path, body, Idempotency_Key=name)
            if chance.random() < LOST:
                lost[path.rpartition("/")[2]] += 1
                if chance.random() < 0.5:
                    # The server is done, and its answer goes into the void.
                    connection.getresponse()
                connection.close()
                continue
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
            assert answer.status in (200, 201), text
            return dict(json.loads(text))

    def hand(number: int) -> list[dict[str, Any]]:
        chance, done = random.Random(SEED + number), []
        for turn in range(INTENTS // 2 // HANDS):
            idea = {"edition": "otwarta", "title": f"Pomysł {number}-{turn}"}
            made = insist(chance, "proposals", idea, f"idea-{number}-{turn}")
            assert (made["state"], made["version"]) == ("idea", 1)
            step = {"version": 1, "data": {"reason": "Zmiana planów."}}
            done.append(insist(chance, f"proposals/{made['id']}/steps/withdraw", step, f"out-{number}-{turn}"))
        return done

    rows = [row for found in at_once(HANDS, hand) for row in found]
    assert lost["proposals"] > 20, lost
    assert lost["withdraw"] > 20, lost
    assert {(row["state"], row["version"]) for row in rows} == {("withdrawn", 2)}
    assert len({row["id"] for row in rows}) == INTENTS // 2
    after = served.entries("record_idea"), served.entries("withdraw")
    assert [now - then for now, then in zip(after, before, strict=True)] == [INTENTS // 2, INTENTS // 2]
