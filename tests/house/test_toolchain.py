"""The files by which this checkout is set up, checked and configured agree with each other."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.postgres import CHECKOUT
from workflow.base.settings import Settings

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt")


def text(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def locked(name: str) -> set[str]:
    return {found[1].lower() for found in re.finditer(r"^([A-Za-z0-9._-]+)==", text(name), re.MULTILINE)}


def named(requirement: str) -> str:
    return re.split(r"[\[<>=;! ]", requirement)[0].lower()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_every_package_by_version_and_hash_and_no_address(name: str) -> None:
    packages = [block for block in re.split(r"\n(?=[A-Za-z0-9])", text(name)) if not block.startswith("#")]
    assert packages
    assert all(re.match(r"\S+==\S+", block) and "--hash=sha256:" in block for block in packages)
    assert "://" not in text(name)
    assert "--index-url" not in text(name)


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    assert {named(one) for one in project["project"]["dependencies"]} <= locked("requirements.txt")
    assert {named(one) for one in project["dependency-groups"]["dev"]} <= locked("requirements-dev.txt")


def test_what_both_locks_hold_has_one_version() -> None:
    pinned = [dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text(name), re.MULTILINE)) for name in LOCKS[:2]]
    shared = pinned[0].keys() & pinned[1].keys()
    assert {name: pinned[0][name] for name in shared} == {name: pinned[1][name] for name in shared}


def test_example_of_settings_names_every_setting() -> None:
    names = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert names <= set(re.findall(r"^#?([A-Z_]+)=", text(".env.example"), re.MULTILINE))


def test_ci_calls_the_two_commands_that_a_person_calls() -> None:
    lines = text(".ci/run").splitlines()
    assert any(line.startswith("./run test ") for line in lines)
    assert "./run check" in lines


def test_run_explains_itself_without_setting_anything_up() -> None:
    told = subprocess.run(
        [sys.executable, "-S", CHECKOUT / "run", "--help"], capture_output=True, text=True, check=True
    )
    assert "./run test [--fast]" in told.stdout


@pytest.mark.slow
def test_skipped_test_fails_the_run_in_ci_only(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\ndef test_it() -> None:\n    pytest.skip('no reason')\n", encoding="utf-8"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", str(tmp_path)]
    told = {}
    for ci in ("", "true"):
        environment = {**os.environ, "CI": ci, "PYTHONPATH": str(CHECKOUT)}
        told[ci] = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert told[""].returncode == 0, told[""].stdout
    assert told["true"].returncode == 1, told["true"].stdout
    assert "skipped in CI" in told["true"].stdout
