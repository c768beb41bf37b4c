"""The product that journeys share: each module finds it empty, and nobody waits for a start."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.journeys.product import SERVICES
from tests.journeys.shared_product import USUAL, SharedProduct
from tests.processes import answers
from tests.world import World
from workflow.base.calendar import utc_now
from workflow.models import Delivery, Person, WebSession

pytestmark = pytest.mark.slow


def test_each_module_finds_the_same_processes_and_nothing_of_the_world_before(shared_product: SharedProduct) -> None:
    product = shared_product.emptied()
    pids = {name: product.processes[name].pid for name in USUAL}
    first = World(product.database, now=utc_now()).proposal_in("group_work")
    product.wait_for_letters()
    assert product.sink.letters
    product.move_clock("+1d")
    assert product.now() > utc_now() + timedelta(hours=23)

    product = shared_product.emptied()
    assert {name: product.processes[name].pid for name in USUAL} == pids
    with product.database.reading() as tx:
        for model in (Person, Delivery, WebSession):
            assert tx.execute(select(func.count()).select_from(model)).scalar_one() == 0
    assert not product.sink.letters
    assert product.now() < utc_now() + timedelta(hours=1)
    assert answers(f"{product.address}/readyz")
    # What runs writes and reads the new world, whose numbers begin anew.
    assert World(product.database, now=utc_now()).proposal_in("group_work") == first
    product.wait_for_letters()
    assert product.sink.letters


def test_beat_takes_no_step_where_nobody_asked_for_it(shared_product: SharedProduct) -> None:
    assert shared_product.emptied(SERVICES).processes["beat"].is_alive
    processes = shared_product.emptied().processes
    assert {name: process.is_alive for name, process in processes.items()} == {
        "web": True,
        "worker": True,
        "beat": False,
    }


def test_a_process_that_died_is_there_again_for_the_next_module(shared_product: SharedProduct) -> None:
    shared_product.emptied(("web",)).processes["web"].kill()
    product = shared_product.emptied(("web",))
    assert answers(f"{product.address}/readyz")
