"""Each test process of a run compiles its share of the test modules, not all of them.

pytest writes its assertions into a module anew in every process that finds none of it on disk, and all processes of a run
begin at the same moment: in a fresh clone each of three took twice as long to collect as later on.
"""

import importlib
from contextlib import suppress
from pathlib import Path

import pytest

from tests import fast

TESTS = Path(__file__).parent


def import_own_share(session: pytest.Session) -> None:
    """Import every third module first where three processes collect everything; each finds the others' on disk."""
    given = getattr(session.config, "workerinput", None)
    if not given or {Path(one).resolve() for one in session.config.args} != {TESTS}:
        return
    place, count = int(given["workerid"].removeprefix("gw")), int(given["workercount"])
    for name in modules(is_fast=session.config.option.fast)[place::count]:
        # What is wrong with a module is said when it is collected.
        with suppress(Exception):
            importlib.import_module(name)


def modules(*, is_fast: bool) -> list[str]:
    """The names of all test modules, in the same order in each process; without those that the fast part leaves out."""
    paths = [path for path in sorted(TESTS.rglob("test_*.py")) if not (is_fast and fast.is_left_out(path))]
    return [".".join(path.relative_to(TESTS.parent).with_suffix("").parts) for path in paths]
