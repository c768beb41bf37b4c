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
def database(run: Run, sqlite_master: bytes, tmp_path: Path) -> Iterator[Database]:
    """The database of that installation, up to date."""
    path = tmp_path / "data" / "partnerstwo.sqlite3"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(sqlite_master)
    path.chmod(0o600)
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()
