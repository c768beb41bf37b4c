"""Tests that share what is made once for their module run in one process, else each process makes it anew."""

from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import WorkerInteractor

from tests import bytecode, order


@pytest.fixture(scope="module")
def costly() -> object:
    return object()


def test_a_test_that_shares_a_costly_fixture_is_in_the_group_of_its_module(
    request: pytest.FixtureRequest, costly: object
) -> None:
    assert order.group_of(request.node) == "order"


def test_small_tests_of_a_module_are_handed_out_together_and_long_ones_alone(request: pytest.FixtureRequest) -> None:
    def item(name: str) -> pytest.Function:
        return pytest.Function.from_parent(request.node.parent, name=name, callobj=lambda: None)

    items = [item(f"test_small[{number}]") for number in range(3 * order.TOGETHER)]
    long = item("test_long")
    long.add_marker(pytest.mark.slow)
    order.arrange([*items, long])
    groups = [one.get_closest_marker("xdist_group") for one in items]
    assert len({group.args for group in groups if group}) in (3, 4)
    assert None not in groups
    assert long.get_closest_marker("xdist_group") is None


def test_the_group_of_a_test_arrives_in_the_name_by_which_tests_are_handed_out(request: pytest.FixtureRequest) -> None:
    """pytest-xdist writes it into a field that not every pytest reads."""
    item = pytest.Function.from_parent(request.node.parent, name="probe", callobj=lambda: None)
    item.add_marker(pytest.mark.xdist_group("costly"))
    interactor: Any = WorkerInteractor
    interactor.pytest_collection_modifyitems(None, SimpleNamespace(getvalue=lambda _name: True), [item])
    assert item.nodeid.endswith("@costly")


def test_what_a_process_imports_before_it_collects_is_what_is_collected_by_the_same_name(
    request: pytest.FixtureRequest,
) -> None:
    """Else each process would compile all modules itself, or import them twice."""
    names = bytecode.modules(is_fast=False)
    assert request.node.module.__name__ in names
    assert {item.module.__name__ for item in request.session.items if isinstance(item, pytest.Function)} <= set(names)
    assert len(set(names)) == len(names) == len(list(bytecode.TESTS.rglob("test_*.py")))
