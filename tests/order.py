"""In which order the tests run when several processes share them: the longest first, what shares a server together.

Only where pytest-xdist hands tests out by group, as `./run test` has it, does a group stay in one process.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from tests import fast

# Begun first, in this order, so that nobody waits for one of them in the end.
LONGEST = (
    "journeys/test_every_page.py",
    # Needs no database: those are made, and waited for, by whoever asks first.
    "house/test_toolchain.py",
    "journeys/test_crash.py",
    "journeys/test_letter_storm.py",
    "journeys/test_decision_day.py",
    "journeys/test_idea_to_settled.py",
    "web/api/test_document.py",
    "journeys/",
    "web/pages/test_minors.py",
    "web/test_embargo.py",
    "web/pages/test_statements.py",
    "workflow/demo/test_load.py",
    "tasks/test_worker.py",
    "workflow/engine/test_matrix.py",
)
# So many tests of some milliseconds each are handed out at once: each time costs as much as such a test.
TOGETHER = 16


def arrange(items: list[pytest.Item]) -> None:
    """Sort the tests, and name the group of each that shares a costly fixture with others, or is small."""
    small, costly = Counter[str](), fast.read_costly()
    for item in items:
        group, module = group_of(item), fast.module_of(item.nodeid)
        is_small = not fast.needs_server_or_seconds(item) and fast.function_of(item.nodeid) not in costly
        if not group and is_small:
            small[module] += 1
            group = f"{module}-{small[module] // TOGETHER}"
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=rank)


def rank(item: pytest.Item) -> int:
    """The place among the longest; all others keep their order after them."""
    path = item.path.as_posix()
    return next((place for place, part in enumerate(LONGEST) if f"/tests/{part}" in path), len(LONGEST))


def group_of(item: pytest.Item) -> str:
    """The module, and the parameters of what it shares; empty for a test that shares nothing."""
    shared = sorted(names_shared_in_module(item))
    if not shared:
        return ""
    params: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    words = [str(params[name]).replace(" ", "-") for name in shared if name in params]
    return "-".join([item.path.stem.removeprefix("test_"), *words])


def names_shared_in_module(item: pytest.Item) -> Iterable[str]:
    """The fixtures of a test that are made once for its module."""
    known: Any = getattr(item, "_fixtureinfo", None)
    definitions = known.name2fixturedefs if known else {}
    return (name for name, found in definitions.items() if found[-1].scope == "module")
