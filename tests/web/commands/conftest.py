"""Commands as a person would call them, on an installation of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from web import cli
from workflow.db.database import Database

Told = tuple[int, str, str]
Run = Callable[..., Told]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Call `partnerstwo` with words, on an installation in a folder of its own."""
    monkeypatch.setenv("PARTNERSTWO_DATA", str(tmp_path / "data"))

    def call(*words: str) -> Told:
        monkeypatch.setattr("sys.argv", ["partnerstwo", *words])
        code = cli.main()
        told = capfd.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def database(run: Run, tmp_path: Path) -> Iterator[Database]:
    """The database of that installation, brought up to date."""
    assert run("db", "upgrade")[0] == 0
    opened = Database(f"sqlite:///{tmp_path / 'data' / 'partnerstwo.sqlite3'}")
    yield opened
    opened.close()
