"""A running product for journeys, and people with browsers of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.post import Post
from tests.journeys.product import SERVICES, Product, running
from tests.journeys.somebody import Somebody
from tests.servers import PrivateRedis
from tests.smtp_sink import SmtpSink
from tests.world import World
from workflow.base.calendar import utc_now

Meet = Callable[..., Somebody]


@pytest.fixture
def product(database_url: str, own_redis: PrivateRedis, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[Product]:
    """Web, worker and beat on an empty database; a test says on which one."""
    with running(database_url, own_redis.url, smtp_sink, tmp_path) as started:
        yield started
        assert not (found := started.faults()), "\n".join(found)


@pytest.fixture(scope="module")
def shared(
    request: pytest.FixtureRequest, sqlite_master: bytes, redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """One for all journeys of a file, on an empty embedded database; all three services, or those that SERVICES there names."""
    folder, sink = tmp_path_factory.mktemp("shared"), SmtpSink()
    path, services = folder / "partnerstwo.sqlite3", getattr(request.module, "SERVICES", SERVICES)
    path.write_bytes(sqlite_master)
    sink.start()
    with running(f"sqlite:///{path}", redis_server, sink, folder, services=services) as started:
        yield started
        assert not (found := started.faults()), "\n".join(found)
    sink.stop()


@pytest.fixture(scope="module")
def world(shared: Product) -> World:
    """Everybody whom these journeys meet."""
    return World(shared.database, now=utc_now())


@pytest.fixture
def post(product: Product) -> Post:
    return Post(product)


@pytest.fixture
def meet(product: Product, browser: Browser) -> Iterator[Meet]:
    """Somebody of the world at a browser, signed in; the same one when met again."""
    met: dict[str, Somebody] = {}

    def find(name: str, *, signed_in: bool = True, **options: Any) -> Somebody:
        if name not in met:
            met[name] = Somebody(browser, product.address, name, **options)
            if signed_in:
                met[name].sign_in()
        return met[name]

    yield find
    for one in met.values():
        one.context.close()
    assert not [trouble for one in met.values() for trouble in one.troubles]
