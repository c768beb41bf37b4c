"""Counting is exact and depends on nothing: no floats in votes or money, nothing but the standard library."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflow

ROOT = Path(workflow.__file__).parent
COUNTING = ROOT / "voting" / "counting"
VERIFIER = ROOT / "voting" / "verifier" / "verify_result.py"


def files(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def floats(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        is_name = isinstance(node, ast.Name) and node.id in {"float", "complex", "round"}
        if is_literal or is_name:
            yield getattr(node, "lineno", 0)


def divisions(tree: ast.AST) -> Iterator[int]:
    return (node.lineno for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))


@pytest.mark.parametrize("code", ["x = 1.5", "x = float('2')", "def f(x: float) -> None: ...", "x = round(y, 2)"])
def test_a_float_is_found(code: str) -> None:
    assert [*floats(ast.parse(code))] == [1]


@pytest.mark.parametrize("path", files("voting", "selection"), ids=lambda path: str(path.relative_to(ROOT)))
def test_there_are_no_floats_in_votes_and_money(path: Path) -> None:
    assert [*floats(ast.parse(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("path", files("voting/counting"), ids=lambda path: path.name)
def test_counting_divides_by_fractions_alone(path: Path) -> None:
    assert [*divisions(ast.parse(path.read_text("utf-8")))] == []


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or ".")
    return names


@pytest.mark.parametrize("path", files("voting/counting"), ids=lambda path: path.name)
def test_counting_imports_the_standard_library_alone(path: Path) -> None:
    others = {name for name in imported(path) if not name.startswith("workflow.voting.counting.")}
    assert {name.partition(".")[0] for name in others} <= sys.stdlib_module_names


def test_the_second_verifier_is_one_short_file_of_the_standard_library() -> None:
    assert imported(VERIFIER) <= sys.stdlib_module_names
    assert len(VERIFIER.read_text("utf-8").splitlines()) < 150
