"""A running product for journeys, and people with browsers of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.post import Post
from tests.journeys.product import SERVICES, Product, running
from tests.journeys.shared_product import SharedProduct, started
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


@pytest.fixture(scope="session")
def shared_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedProduct]:
    """The product of this test process; ask for `shared` instead."""
    with started(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, shared_product: SharedProduct) -> Iterator[Product]:
    """The product of this process, emptied for the journeys of a file; all three services, or those that SERVICES names."""
    product = shared_product.emptied(getattr(request.module, "SERVICES", SERVICES))
    yield product
    assert not (found := product.faults()), "\n".join(found)


@pytest.fixture(scope="module")
def world(shared: Product) -> World:
    """Everybody whom these journeys meet."""
    return World(shared.database, now=utc_now())


@pytest.fixture
def post(product: Product) -> Post:
    return Post(product)


@pytest.fixture
def meet(product: Product, browser: Browser) -> Iterator[Meet]:
    """Somebody of the world at a browser, with a session already; the same one when met again."""
    met: dict[str, Somebody] = {}

    def find(name: str, *, signed_in: bool = True, **options: Any) -> Somebody:
        if name not in met:
            met[name] = Somebody(browser, product.address, name, **options)
            if signed_in:
                met[name].enter(product.database, at=product.now())
        return met[name]

    yield find
    for person in met.values():
        person.context.close()
    assert not [trouble for person in met.values() for trouble in person.troubles]
