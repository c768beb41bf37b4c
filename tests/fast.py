"""Which tests `./run test --fast` takes: those of some milliseconds, and a sample of the others, the same every time.

Left out are: modules and tests marked `slow`, before their module is imported where all of it is; whatever needs a
server of PostgreSQL or Redis or a browser; and of the functions in `costly.txt` all but one of 24 cases. At least
one test of each module that is imported stays. `./run test --record` writes `costly.txt` anew for the functions that ran.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from zlib import crc32

import pytest

TESTS = Path(__file__).parent
COSTLY = TESTS / "costly.txt"
# Processor seconds of a case, on the average of its function, from which on only a sample is taken.
LIMIT_S = 0.03
SAMPLE = 24
SERVERS = frozenset({"postgres_server", "redis_server", "own_redis", "browser"})
ALL_SLOW = re.compile(r"^pytestmark = .*pytest\.mark\.slow", re.MULTILINE)
CPU = "cpu_s"


def is_left_out(path: Path) -> bool:
    """Whether all tests of a module are marked slow, as its text says."""
    return path.suffix == ".py" and path.name.startswith("test_") and bool(ALL_SLOW.search(path.read_text("utf-8")))


def selected(items: Iterable[pytest.Item], costly: frozenset[str]) -> list[pytest.Item]:
    """The tests of the fast part, in their order."""
    modules: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if not needs_server_or_seconds(item):
            modules[module_of(item.nodeid)].append(item)
    return [item for module in modules.values() for item in _sample(module, costly)]


def needs_server_or_seconds(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return item.get_closest_marker("slow") is not None or not SERVERS.isdisjoint(names)


def _sample(module: list[pytest.Item], costly: frozenset[str]) -> list[pytest.Item]:
    """All that is cheap, and of what is costly the same cases every time; never nothing."""
    few = [item for item in module if function_of(item.nodeid) not in costly or not _place(item) % SAMPLE]
    return few or [min(module, key=_place)]


def _place(item: pytest.Item) -> int:
    return crc32(item.nodeid.encode())


def module_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def function_of(nodeid: str) -> str:
    """The name of a test without its parameters and without the group that pytest-xdist adds."""
    return nodeid.partition("[")[0].partition("@")[0]


def read_costly() -> frozenset[str]:
    return frozenset(COSTLY.read_text("utf-8").split())


def write_costly(seconds: Mapping[str, float]) -> None:
    """Replace what the list says of the functions that ran, by processor seconds of each test; forget what is gone."""
    cases: dict[str, list[float]] = defaultdict(list)
    for nodeid, taken in seconds.items():
        cases[function_of(nodeid)].append(taken)
    costly = {name for name, taken in cases.items() if sum(taken) > LIMIT_S * len(taken)}
    kept = {name for name in read_costly() - set(cases) if is_there(name)}
    COSTLY.write_text("".join(f"{name}\n" for name in sorted(costly | kept)), "utf-8")


def is_there(function: str) -> bool:
    """Whether a listed function is still in its module."""
    module, _, name = function.partition("::")
    path = TESTS.parent / module
    return path.exists() and f"def {name}(" in path.read_text("utf-8")
