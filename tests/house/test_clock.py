"""Only the edges of the product ask what time it is; everything inside is given the moment."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.floors import name_of, sources, tree_of

# Where a moment comes into the product, and from where it is passed on as `at`.
EDGES = {"web/http/identity.py", "tasks/deliver.py", "web/commands/"}
# The clock itself; the doctor, which compares the machine's clock with the database's.
BELOW = {"workflow/base/calendar.py", "workflow/base/clock.py", "web/ops/doctor.py"}
# The limiter counts in seconds of the machine, and says when its own count ends.
ELAPSED = {"web/http/errors.py": {"time.time"}}
ASKING = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime",
          "time.gmtime"}  # fmt: skip


def asked(tree: ast.Module) -> Iterator[str]:
    """The names by which a file asks the machine or the clock what time it is."""
    names = {alias.asname or alias.name: alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
             and node.module in ("workflow.base.clock", "workflow.base.calendar") for alias in node.names}  # fmt: skip
    yield from (name for name in names.values() if name in ("now", "utc_now"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if name in ASKING or name == "clock.now":
                yield name


def is_edge(file: str) -> bool:
    return any(file == edge or (edge.endswith("/") and file.startswith(edge)) for edge in EDGES)


def test_only_the_edges_ask_the_clock_and_only_the_clock_asks_the_machine() -> None:
    wrong = {}
    for path in sources():
        file = name_of(path)
        names = set(asked(tree_of(path))) - ELAPSED.get(file, set())
        if is_edge(file):
            names -= {"now", "clock.now"}
        if names and file not in BELOW:
            wrong[file] = sorted(names)
    assert wrong == {}


@pytest.mark.parametrize("line", ["from datetime import datetime\nx = datetime.now()", "import time\nx = time.time()",
                                  "from workflow.base.clock import now", "from workflow.base import clock\nclock.now()",
                                  "from workflow.base.calendar import utc_now as asked"])  # fmt: skip
def test_every_way_to_ask_is_found(line: str) -> None:
    assert list(asked(ast.parse(line)))


def test_every_exception_is_still_there() -> None:
    files = {name_of(path) for path in sources()}
    assert all(edge in files or any(file.startswith(edge) for file in files) for edge in EDGES | BELOW | set(ELAPSED))
