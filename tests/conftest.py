"""What any test may ask for: databases, brokers, a mail server, a browser, all of them real."""

import gc
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import bytecode, chromium, fast, memory, order, postgres
from tests.cheap_passwords import hash_cheaply
from tests.databases import Postgres, ReusedDatabase, sqlite_template
from tests.engines import compile_statements_once
from tests.servers import PrivateRedis, numbered
from tests.smtp_sink import SmtpSink
from tests.world import World
from workflow.db.database import Database
from workflow.rules.facts import Ref

# A slow machine must not decide whether a property holds.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")

# After how many new objects, and rounds among the younger ones, garbage is looked for; Python's own are 700, 10, 10.
GARBAGE = (100_000, 10, 10)
# Until everything is collected.
gc.disable()
hash_cheaply()
compile_statements_once()
memory.keep_temporary_files_in_memory()

# Processor seconds by test, where the results arrive.
_seconds: dict[str, float] = {}
# Characters of bytes that still name a case of a test.
LONGEST_ID = 20
BEGUN = pytest.StashKey[float]()
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
SETTINGS = ("DATABASE_URL", "REDIS_URL", "MAIL_URL", "MAIL_FROM", "BASE_URL", "SECRET_KEY", "HOST", "PORT")


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What somebody has set on this machine must not decide what a test sees."""
    for name in list(os.environ):
        if name in SETTINGS or name.startswith("PARTNERSTWO_") or name == "TRUSTED_PROXIES":
            del os.environ[name]
    # Each process of the product that a test starts would compile everything anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PARTNERSTWO_DATA"] = str(tmp_path_factory.mktemp("data"))


# --- databases -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """TEST_DATABASE_URL, else a server from the wheel, else an installed one."""
    given = os.environ.get("TEST_DATABASE_URL")
    own = None if given else postgres.start()
    server = Postgres(given or (own.url if own else ""))
    yield server
    server.close()
    if own:
        own.close()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    return postgres_server.template()


@pytest.fixture(scope="session")
def reused_database(postgres_server: Postgres, postgres_template: str) -> Iterator[ReusedDatabase]:
    """The one PostgreSQL database of this test process; ask for `postgres_url` instead."""
    reused = ReusedDatabase(postgres_server, postgres_template)
    yield reused
    reused.drop()


@pytest.fixture
def postgres_url(reused_database: ReusedDatabase) -> str:
    """An empty, migrated PostgreSQL database, the same one for every test of a process."""
    return reused_database.empty()


@pytest.fixture
def other_postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[Callable[[], str]]:
    """Makes further PostgreSQL databases, migrated and empty, for a test that needs two."""
    names: list[str] = []

    def make() -> str:
        names.append(f"partnerstwo_other_{secrets.token_hex(6)}")
        return postgres_server.create(names[-1], template=postgres_template)

    yield make
    for name in names:
        postgres_server.drop(name)


@pytest.fixture(scope="session")
def sqlite_master() -> bytes:
    return sqlite_template().read_bytes()


@pytest.fixture
def sqlite_url(sqlite_master: bytes, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    path = tmp_path / "partnerstwo.sqlite3"
    path.write_bytes(sqlite_master)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Runs the test once on each of the two databases; the fast part takes the embedded one."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened the way the product opens it."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database) -> World:
    """People with roles, on each of the two databases; they have done nothing yet."""
    return World(database)


@pytest.fixture
def ref(world: World) -> Ref:
    """A proposal in group work, with leader, member and member2; what most tests begin with."""
    return world.proposal_in("group_work")


@pytest.fixture(scope="module")
def shared_sqlite(sqlite_master: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One embedded database for all tests of a module that only read, or undo what they write."""
    path = tmp_path_factory.mktemp("shared") / "partnerstwo.sqlite3"
    path.write_bytes(sqlite_master)
    with closing(Database(f"sqlite:///{path}")) as opened:
        yield opened


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def shared_database(
    request: pytest.FixtureRequest, sqlite_master: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One for all tests of a module, on each of the two databases: for tests that only read, or undo what they write."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("shared") / "partnerstwo.sqlite3"
        path.write_bytes(sqlite_master)
        with closing(Database(f"sqlite:///{path}")) as opened:
            yield opened
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = f"partnerstwo_shared_{secrets.token_hex(6)}"
    with closing(Database(server.create(name, template=request.getfixturevalue("postgres_template")))) as opened:
        yield opened
    server.drop(name)


# --- broker and mail -------------------------------------------------------------------------------------


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    """A broker that this test alone may stop, kill or flush."""
    server = PrivateRedis(tmp_path)
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """TEST_REDIS_URL with a database number of this process, else a broker of this process."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        yield numbered(given, int(worker) % 16)
        return
    server = PrivateRedis(tmp_path_factory.mktemp("redis"))
    yield server.url
    server.close()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty broker, shared with no other test at the same time."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server that answers as the test tells it to."""
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


# --- browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine; the one thing that a test may be skipped for, and never in CI."""
    program = chromium.find() if chromium.has_driver() else None
    if not program:
        reason = "no Chromium on this machine: install chromium and libatomic1, or set CHROMIUM to its path"
        (pytest.fail if IN_CI else pytest.skip)(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of a reader who prefers Polish."""
    context = browser.new_context(locale="pl-PL", viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


# --- which tests, and in which order ---------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="only what takes milliseconds, and a sample of the rest")
    parser.addoption("--record", action="store_true", help="write what is costly into tests/costly.txt")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import what the fast part leaves out as a whole."""
    return True if config.option.fast and fast.is_left_out(collection_path) else None


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Before anything in this folder is collected."""
    if collector.path == bytecode.TESTS:
        bytecode.import_own_share(collector.session)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call the content of a file by its argument: made anew in each process, an archive has its second in it."""
    return argname if isinstance(val, bytes) and len(val) > LONGEST_ID else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before pytest-xdist reads the groups."""
    if config.option.fast:
        chosen = fast.selected(items, fast.read_costly())
        config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
        items[:] = chosen
    order.arrange(items)


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but not in what was imported and collected, and seldom: that takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note the processor seconds of each test, for `--record`."""
    item.stash[BEGUN] = time.process_time()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    if call.when == "teardown":
        item.user_properties.append((fast.CPU, time.process_time() - item.stash[BEGUN]))
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        _seconds[report.nodeid] = float(str(dict(report.user_properties)[fast.CPU]))


# --- nothing is left out in CI ---------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In CI a skipped test is a failed run: a check that does not run protects nobody."""
    skipped = terminalreporter.stats.get("skipped", [])
    if IN_CI and skipped:
        terminalreporter.section("skipped in CI")
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.option.record and not hasattr(session.config, "workerinput"):
        fast.write_costly(_seconds)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped") and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
