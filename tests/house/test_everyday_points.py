"""Each of the 31 points of the everyday (docs/everyday.md) names a test and a journey."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
POINTS = range(1, 32)
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+)::(\w+)`")


@cache
def names_in(module: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def rows() -> dict[int, tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """By number: the tests and the journeys that are named."""
    text = (ROOT / "docs" / "everyday.md").read_text("utf-8")
    return {
        int(number): (NAMED.findall(tests), NAMED.findall(journeys))
        for number, _point, tests, journeys in ROW.findall(text)
    }


def test_every_point_names_tests_and_journeys_that_are_there() -> None:
    found = rows()
    assert sorted(found) == list(POINTS)
    for number, (tests, journeys) in found.items():
        assert tests, f"point {number} names no test"
        assert journeys, f"point {number} names no journey"
        missing = [f"{module}::{name}" for module, name in (*tests, *journeys) if name not in names_in(module)]
        assert missing == [], f"point {number}"
        assert all(module.startswith("journeys/") for module, _name in journeys)
