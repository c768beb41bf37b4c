"""The fast part of the tests: small, the same every time, and yet something of each package."""

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests import fast

ROOT = Path(__file__).parents[2]
PACKAGES = [f"{top}/{folder.name}" for top in ("workflow", "web") for folder in sorted((ROOT / top).iterdir())
            if (folder / "__init__.py").exists() and len(list(folder.glob("*.py"))) > 1]  # fmt: skip
# Tested from elsewhere: through its pages, and by databases that are brought up to date.
ELSEWHERE = {"workflow/ideas": "web/pages/test_ideas.py", "workflow/migrations": "workflow/db/"}


@pytest.fixture(scope="module")
def taken(request: pytest.FixtureRequest) -> set[str]:
    """The modules of which the fast part takes a test; nothing is collected again where all tests are here already."""
    here = [item for item in request.session.items if not fast.is_left_out(item.path)]
    if {item.path for item in request.session.items} >= set((ROOT / "tests").rglob("test_*.py")):
        return {fast.module_of(item.nodeid) for item in fast.selected(here, fast.read_costly())}
    words = [sys.executable, "-m", "pytest", "--fast", "--collect-only", "-q", "-n0", "-p", "no:cacheprovider"]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ | {"CI": ""})
    return {fast.module_of(line) for line in told.stdout.splitlines() if "::" in line}


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_something_of_each_package_is_tested_fast(taken: set[str], package: str) -> None:
    folder = f"tests/{ELSEWHERE.get(package, f'{package}/')}"
    has_own = any(module.startswith(folder) for module in taken)
    assert has_own or any(package in uses(module) for module in taken)


@cache
def uses(module: str) -> set[str]:
    """The packages of the product that a test module imports."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {"/".join(name.split(".")[:2]) for name in names}


@pytest.mark.slow
def test_nothing_that_drives_a_browser_or_kills_processes_is_taken(taken: set[str]) -> None:
    assert not {module for module in taken if module.startswith("tests/journeys/")}
    assert "tests/workflow/engine/test_locking.py" not in taken


def test_of_what_is_costly_a_sample_is_taken_and_of_each_module_something(request: pytest.FixtureRequest) -> None:
    def item(name: str) -> pytest.Function:
        return pytest.Function.from_parent(request.node.parent, name=name, callobj=lambda: None)

    cheap, cases = item("test_cheap"), [item(f"test_matrix[{number}]") for number in range(200)]
    costly = frozenset({fast.function_of(cases[0].nodeid)})
    taken = fast.selected([cheap, *cases], costly)
    assert taken[0] is cheap
    assert 3 < len(taken) < 20
    assert taken == fast.selected([cheap, *cases], costly)
    assert fast.selected(cases[:1], costly) == cases[:1]


def test_the_list_of_costly_tests_is_not_out_of_date() -> None:
    """A test that was renamed is only taken more often; recording forgets it."""
    listed = fast.read_costly()
    assert sum(not fast.is_there(name) for name in listed) <= len(listed) // 20


def test_recording_replaces_what_ran_and_forgets_what_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "costly.txt"
    here = "tests/house/test_fast.py"
    kept = f"{here}::{test_nothing_that_drives_a_browser_or_kills_processes_is_taken.__name__}"
    listed.write_text(f"{here}::test_now_quick\n{kept}\n{here}::test_gone\ntests/gone.py::test_any\n")
    monkeypatch.setattr(fast, "COSTLY", listed)
    fast.write_costly(
        {f"{here}::test_now_quick": 0.01, f"{here}::test_long[a]@group": 0.1, f"{here}::test_long[b]": 0.0}
    )
    assert listed.read_text().split() == [f"{here}::test_long", kept]
