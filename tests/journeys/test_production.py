"""The services of docker-compose.yml, each started as the file says, on the real servers of this machine."""

import http.cookiejar
import json
import os
import re
import secrets
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from tests.compose import Dockerfile, read_compose, seconds
from tests.databases import Postgres, named
from tests.postgres import CHECKOUT, free_port
from tests.processes import Process, answers, eventually
from tests.smtp_sink import SmtpSink
from tests.world import PASSWORD, World
from web.ops.embedded_broker import embedded_server
from web.ops.orphan_reaper import OrphanReaper
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow]
BASE_URL = "http://partnerstwo.example.org"


@dataclass
class Machine:
    """Runs services of the file: addresses are those of this machine, everything else is what the file says."""

    services: dict[str, Any]
    image: Path
    hosts: dict[str, str]
    reaper: OrphanReaper
    running: list[tuple[str, Process]] = field(default_factory=list)

    def environment(self, name: str, port: int) -> dict[str, str]:
        """What the file and the image give, and nothing of this test's own environment."""
        inside = {**Dockerfile.read().environment, **self.services[name]["environment"]}
        for url in ("DATABASE_URL", "REDIS_URL", "MAIL_URL"):
            inside[url] = self.moved(inside[url])
        tools = f"{self.image / 'bin'}:{CHECKOUT / '.venv' / 'bin'}:{os.defpath}"
        places = {"PATH": tools, "PYTHONPATH": str(self.image / "app"), "PARTNERSTWO_DATA": str(self.image / "data")}
        # Containers have a port 8000 each; here they share one machine.
        return {**inside, **places, "PORT": str(port)}

    def moved(self, url: str) -> str:
        return next(real for host, real in self.hosts.items() if urllib.parse.urlsplit(url).hostname == host)

    def start(self, name: str, number: int = 1) -> Process:
        port = free_port()
        words = [*Dockerfile.read().entrypoint, *self.services[name]["command"]]
        program = str(self.image / "bin" / words[0])
        log = self.image / f"{name}-{number}.log"
        made = Process(f"{name}-{number}", [program, *words[1:]], self.environment(name, port), self.image / "app",
                       log, self.reaper)  # fmt: skip
        self.running.append((name, made.start()))
        return made

    def is_healthy(self, name: str, process: Process) -> bool:
        """Run the health check of the file, in the environment of the service."""
        check = self.services[name]["healthcheck"]
        port = process.environment["PORT"]
        words = [word.replace("127.0.0.1:8000/", f"127.0.0.1:{port}/") for word in check["test"][1:]]
        told = subprocess.run(
            words, env=dict(process.environment), cwd=process.folder, capture_output=True, check=False,
            timeout=seconds(check["timeout"]), executable=which(words[0], process.environment["PATH"]),
        )  # fmt: skip
        return told.returncode == 0

    def run(self, name: str, *words: str) -> str:
        """`docker compose run NAME WORDS`: one command in the environment of a service."""
        told = subprocess.run(
            [str(self.image / "bin" / "partnerstwo"), *words], env=self.environment(name, 1), cwd=self.image / "app",
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        return told.stdout.strip()


def which(word: str, path: str) -> str:
    return next(str(Path(one) / word) for one in path.split(":") if (Path(one) / word).exists())


@pytest.fixture
def database_address(postgres_server: Postgres) -> Iterator[str]:
    """An empty database that belongs to somebody without rights, as the one of the file does."""
    name, password = f"partnerstwo_test_{secrets.token_hex(6)}", secrets.token_hex(8)
    who = sql.Identifier(name)
    postgres_server.admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(who, sql.Literal(password)))
    parts = urllib.parse.urlsplit(postgres_server.create(name))
    postgres_server.admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(who, who))
    yield named(parts._replace(netloc=f"{name}:{password}@{parts.hostname}:{parts.port}").geturl(), name)
    postgres_server.drop(name)
    postgres_server.admin.execute(sql.SQL("DROP ROLE {}").format(who))


@pytest.fixture
def services() -> dict[str, Any]:
    given = {"SECRET_KEY": secrets.token_hex(32), "BASE_URL": BASE_URL}
    passwords = {"POSTGRES_PASSWORD": secrets.token_hex(8), "VALKEY_PASSWORD": secrets.token_hex(8)}
    return dict(read_compose({**given, **passwords})["services"])


@pytest.fixture
def broker_address(services: dict[str, Any], tmp_path: Path) -> Iterator[str]:
    """The broker started with the options of the file, its password among them."""
    port, program = free_port(), embedded_server()
    assert program
    reaper = OrphanReaper()
    words = [program, *services["valkey"]["command"][1:], "--port", str(port), "--bind", "127.0.0.1"]
    server = Process("valkey", words, dict(os.environ), tmp_path, tmp_path / "valkey.log", reaper).start()
    password = services["valkey"]["environment"]["VALKEYCLI_AUTH"]
    try:
        assert eventually(lambda: pings(port, password), seconds=20), server.said()
        yield f"redis://:{password}@127.0.0.1:{port}/0"
    finally:
        server.stop(seconds=10)
        reaper.close()


def pings(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as door:
            door.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in door.makefile("rb").read()
    except OSError:
        return False


@pytest.fixture
def machine(
    services: dict[str, Any], database_address: str, broker_address: str, smtp_sink: SmtpSink, tmp_path: Path
) -> Iterator[Machine]:
    image = tmp_path / "image"
    Dockerfile.read().build(image)
    hosts = {"postgres": database_address, "valkey": broker_address, "mailpit": smtp_sink.url}
    made = Machine(services, image, hosts, OrphanReaper())
    yield made
    for _, process in made.running:
        if process.is_alive:
            process.kill()
    made.reaper.close()


class Client:
    """A browser without a screen: keeps cookies, and knows the site by its own name, as a proxy would call it."""

    def __init__(self, port: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar, Stay())

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=20) as answer:
            return str(answer.read().decode())

    def post(self, path: str, form: dict[str, str]) -> int:
        body = urllib.parse.urlencode(form).encode()
        with self.opener.open(self.address + path, body, timeout=20) as answer:
            return int(answer.status)

    def call(self, path: str, token: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.address + path, content, headers)
        with self.opener.open(asked, timeout=20) as answer:
            return dict(json.load(answer))


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it to an address of the site."""

    def http_error_303(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


def start_all(machine: Machine) -> list[tuple[str, Process]]:
    """Every service of ours, and those that scale twice; a web process that comes too early waits for the migrations."""
    early = machine.start("web")
    assert eventually(lambda: answers(f"http://127.0.0.1:{early.environment['PORT']}/healthz"), seconds=60), (
        early.said()
    )
    assert not machine.is_healthy("web", early), "it is only healthy when the migrations have run"
    migrate = machine.start("migrate")
    assert migrate.running
    assert migrate.running.wait(60) == 0, migrate.said()
    found = [("web", early), ("web", machine.start("web", 2)), ("beat", machine.start("beat"))]
    return [*found, *(("worker", machine.start("worker", number)) for number in (1, 2))]


def wait_until_healthy(machine: Machine, started: list[tuple[str, Process]]) -> None:
    # What was started last is healthy last, so that all others are asked once: each question is a process of its own.
    for name, process in reversed(started):
        healthy = eventually(lambda name=name, process=process: machine.is_healthy(name, process), seconds=60, every=1)
        assert healthy, f"{process.name} is not healthy: {process.said()}"


def test_services_of_the_file_carry_a_step_and_its_letters_and_stop_cleanly(
    machine: Machine, smtp_sink: SmtpSink
) -> None:
    started = start_all(machine)
    wait_until_healthy(machine, started)
    database = Database(machine.hosts["postgres"])
    world = World(database, now=utc_now())
    ref = world.proposal_in("submitted")

    webs = [process for name, process in started if name == "web"]
    sign_in_over_http(webs[0].environment["PORT"])
    row = send_back_over_http(machine, webs[1].environment["PORT"], ref)
    assert (row["id"], row["state"]) == (ref.id, "returned")
    assert_letters_came(smtp_sink, ref)

    database.close()
    grace = seconds(machine.services["web"]["stop_grace_period"])
    codes = {process.name: process.stop(seconds=grace) for _, process in started}
    assert set(codes.values()) == {0}, codes
    assert not [process.name for _, process in started if "Traceback" in process.said()]


def sign_in_over_http(port: str) -> None:
    client = Client(port)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login"))
    assert found
    form = {"email": "staff@example.org", "password": PASSWORD, "csrf_token": found[1]}
    assert client.post("/login", form) == 303
    assert "staff@example.org" in client.get("/konto")


def send_back_over_http(machine: Machine, port: str, ref: Ref) -> dict[str, Any]:
    token = machine.run("web", "token", "create", "--user", "staff@example.org")
    words = {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}
    client = Client(port)
    address = f"/api/v1/proposals/{ref.id}"
    body = {"version": client.call(address, token)["version"], "data": words}
    return client.call(f"{address}/steps/return_for_completion", token, body)


def assert_letters_came(sink: SmtpSink, ref: Ref) -> None:
    readers: Callable[[], list[str]] = lambda: [  # noqa: E731
        reader
        for reader in ("leader@example.org", "member@example.org", "member2@example.org")
        if any("Proszę dopisać partnerów." in text_of(letter) for letter in sink.to(reader))
    ]
    assert eventually(lambda: len(readers()) == 3, seconds=60), readers()
    letter = sink.to("leader@example.org")[-1]
    assert f"{BASE_URL}/" in text_of(letter)


def text_of(letter: Any) -> str:
    return str(letter.message.get_body(("plain",)).get_content())
