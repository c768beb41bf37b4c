"""A running product for journeys, and people with browsers of their own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.post import Post
from tests.journeys.product import Product
from tests.journeys.shared_product import USUAL, SharedProduct, started
from tests.journeys.somebody import Somebody
from tests.world import World
from workflow.base.calendar import utc_now

Meet = Callable[..., Somebody]


@pytest.fixture(scope="session")
def shared_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedProduct]:
    """The product of this test process; ask for `shared` instead."""
    with started(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, shared_product: SharedProduct) -> Iterator[Product]:
    """The product of this process, emptied for the journeys of a file; web and worker, or the services that SERVICES names."""
    product = shared_product.emptied(getattr(request.module, "SERVICES", USUAL))
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
