"""The thirty hostile cases of votes and announcements are all tried: each number stands in a test's name or first line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
CASES = range(1, 31)
IN_NAME, IN_WORDS = (
    re.compile(r"^test_hostile_(\d+(?:_and_\d+)*)_"),
    re.compile(r"Hostile cases? (\d+(?:(?:,| and) \d+)*)"),
)


def numbered() -> Iterator[tuple[int, str]]:
    """The number of every case that a test says it is about, with the name of the test."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = [*IN_NAME.findall(node.name), *IN_WORDS.findall(ast.get_docstring(node) or "")]
                for number in re.findall(r"\d+", " ".join(said)):
                    yield int(number), f"{path.relative_to(TESTS)}::{node.name}"


def test_every_hostile_case_is_the_subject_of_a_test() -> None:
    tried: dict[int, list[str]] = {}
    for number, name in numbered():
        tried.setdefault(number, []).append(name)
    assert [number for number in CASES if number not in tried] == []
    assert set(tried) <= set(CASES)
