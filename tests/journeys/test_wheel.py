"""The wheel is the whole product: it holds every file, says what it is, and runs where nothing else of ours is."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.journeys.test_run import Running, eventually
from tests.postgres import CHECKOUT as ROOT

pytestmark = pytest.mark.slow

PACKAGES = ("workflow", "web", "tasks")
BUILD = "from setuptools import build_meta; build_meta.build_wheel('dist')"
FROM = "import pathlib, web; print(pathlib.Path(web.__file__).parents[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources, so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("sources")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "docs/package.md"):
        (copy / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    subprocess.run([sys.executable, "-c", BUILD], cwd=copy, check=True, capture_output=True)
    (built,) = (copy / "dist").glob("*.whl")
    return built


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    ours = {str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("*")
            if path.is_file() and path.suffix != ".pyc"}  # fmt: skip
    assert len(ours) > 1000
    assert not ours - held


def test_the_wheel_says_what_it_is_without_leading_into_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = message_from_string(archive.read(name).decode())
    assert about["License-Expression"] == "Apache-2.0"
    assert {"Framework :: Flask", "Natural Language :: Polish"} <= set(about.get_all("Classifier", []))
    description = str(about.get_payload())
    assert "local partnership programme" in description
    assert [link for link in re.findall(r"\]\(([^)]+)\)", description) if not link.startswith("https://")] == []


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder in which nothing is, beside that into which the wheel will be installed."""
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def test_the_wheel_runs_in_an_empty_folder(wheel: Path, empty: Path) -> None:
    installed = empty.parent / "installed"
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed), str(wheel)]
    subprocess.run([sys.executable, *words], check=True, cwd=empty, capture_output=True)
    # What is installed comes before the checkout.
    place = {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    found = subprocess.run(
        [sys.executable, "-c", FROM], check=True, cwd=empty, env={**os.environ, **place}, capture_output=True, text=True
    )
    assert found.stdout.strip() == str(installed)

    started = Running(empty, [str(installed / "bin" / "partnerstwo"), "run", "--no-demo"], cwd=empty, **place)
    try:
        eventually(lambda: "Ctrl-C stops everything" in started.said() or started.process.poll() is not None)
        assert started.process.poll() is None, started.said()
        assert "Zaloguj się" in started.get("/").decode()
        assert "Sign in" in started.get("/login?lang=en").decode()
        assert started.get("/static/app.css")
        assert len(json.loads(started.get("/api/v1/openapi.json"))["paths"]) > 10
        eventually(lambda: started.health().get("worker") == "ok")
    finally:
        started.stop()
    assert "Traceback" not in started.said()
