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

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGES = ("workflow", "web", "tasks")
BUILD = "from setuptools import build_meta; build_meta.build_wheel('dist')"
# Run from an empty folder: brings a database up to date, and shows pages in both languages.
RUN = """
import json, pathlib
import web
from web.app import create_app
from workflow.base.settings import load_settings
client = create_app(load_settings(data=pathlib.Path("data"), database_url="sqlite:///data/own.sqlite3")).test_client()
print(json.dumps({
    "from": str(pathlib.Path(web.__file__).parents[1]),
    "front": client.get("/").text, "english": client.get("/login?lang=en").text,
    "style": client.get("/static/app.css").status_code, "calls": len(client.get("/api/v1/openapi.json").json["paths"]),
}))
"""


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


def test_the_wheel_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed), str(wheel)]
    subprocess.run([sys.executable, *words], check=True, cwd=empty, capture_output=True)
    # What is installed comes before the checkout.
    place = {"PYTHONPATH": str(installed), "PARTNERSTWO_DATA": "data", "DATABASE_URL": "sqlite:///data/own.sqlite3"}
    settings = {**os.environ, **place}
    command = [sys.executable, str(installed / "bin" / "partnerstwo")]
    upgraded = subprocess.run([*command, "db", "upgrade"], check=True, cwd=empty, env=settings, capture_output=True)
    assert b"up to date" in upgraded.stdout
    shown = subprocess.run([sys.executable, "-P", "-c", RUN], check=True, cwd=empty, env=settings, capture_output=True)
    seen = json.loads(shown.stdout)
    assert seen["from"] == str(installed)
    assert ("Zaloguj się" in seen["front"], "Sign in" in seen["english"], seen["style"]) == (True, True, 200)
    assert seen["calls"] > 10
