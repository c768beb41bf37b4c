import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.postgres import CHECKOUT
from web import cli
from web.commands import COMMANDS

pytestmark = pytest.mark.slow

CONTRACT = (
    *("run", "web", "worker", "beat", "db", "demo", "user", "token", "lifecycle", "history", "outbox", "state"),
    *("routes", "backup", "restore", "import", "export", "selection", "result", "rehearse", "doctor"),
)


Told = subprocess.CompletedProcess[str]
Command = Callable[..., Told]


@pytest.fixture
def partnerstwo(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Calls the command as a person would, without a process of its own."""

    def call(*words: str, **settings: str) -> Told:
        with monkeypatch.context() as patched:
            for name, value in settings.items():
                patched.setenv(name, value)
            patched.setattr("sys.argv", ["partnerstwo", *words])
            code = cli.main()
        told = capfd.readouterr()
        return subprocess.CompletedProcess(words, code, told.out, told.err)

    return call


def test_every_command_of_the_contract_has_its_line() -> None:
    assert tuple(COMMANDS) == CONTRACT


def test_help_names_the_commands_without_importing_them() -> None:
    words = [sys.executable, "-m", "web.cli", "--help"]
    told = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert told.returncode == 0
    assert "web, worker and beat under one supervisor" in told.stdout
    script = "import sys, web.cli; web.cli.partnerstwo(['--help'], standalone_mode=False); print([*sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    assert "'flask'" not in loaded
    assert "'sqlalchemy'" not in loaded


@pytest.mark.parametrize(
    "name", [name for name, entry in COMMANDS.items() if find_spec(f"web.commands.{entry.module}")]
)
def test_every_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(cli.partnerstwo, [name, "--help"])
    assert told.exit_code == 0
    assert told.output.startswith(f"Usage: partnerstwo {name}")


def test_no_command_at_all_shows_the_help_and_counts_as_wrong_usage(partnerstwo: Command) -> None:
    told = partnerstwo()
    assert told.returncode == 2
    assert "Commands:" in told.stdout + told.stderr


@pytest.mark.parametrize("words", [("sing",), ("db", "sing"), ("run", "--port", "x"), ("run", "--port", "0")])
def test_wrong_usage_is_one_sentence_and_exit_2(partnerstwo: Command, words: tuple[str, ...]) -> None:
    told = partnerstwo(*words)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith("partnerstwo: ")
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["run", "web", "worker", "beat"])
def test_wrong_setting_stops_a_process_with_one_sentence(partnerstwo: Command, name: str) -> None:
    told = partnerstwo(name, PORT="http")
    assert told.returncode == 1
    assert told.stderr == "partnerstwo: PORT is 'http': give a whole number from 1 to 65535.\n"


def test_database_that_does_not_answer_is_told_without_a_traceback(partnerstwo: Command) -> None:
    told = partnerstwo("db", "upgrade", DATABASE_URL="postgresql://u:hush@127.0.0.1:1/p")
    assert told.returncode == 1
    assert told.stderr.startswith("partnerstwo: the database does not answer")
    assert "Traceback" not in told.stderr
    assert "hush" not in told.stderr


def test_database_is_behind_until_it_is_upgraded(partnerstwo: Command, tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    behind = partnerstwo("db", "check", PARTNERSTWO_DATA=folder)
    assert (behind.returncode, behind.stdout) == (1, "")
    assert "run `partnerstwo db upgrade`" in behind.stderr
    assert partnerstwo("db", "upgrade", PARTNERSTWO_DATA=folder).returncode == 0
    assert partnerstwo("db", "upgrade", PARTNERSTWO_DATA=folder).returncode == 0
    agrees = partnerstwo("db", "check", PARTNERSTWO_DATA=folder)
    assert (agrees.returncode, agrees.stderr) == (0, "")


def test_process_without_a_sign_of_life_is_reported(partnerstwo: Command, sqlite_url: str) -> None:
    told = partnerstwo("worker", "--alive", DATABASE_URL=sqlite_url)
    assert told.returncode == 1
    assert "no sign of life of a worker so far" in told.stderr


def test_unforeseen_error_is_one_sentence_and_its_details_are_kept(tmp_path: Path) -> None:
    script = (
        "import sys, web.cli as cli\n"
        "@cli.partnerstwo.command('break')\n"
        "def broken(): raise RuntimeError('details')\n"
        "cli.CommandTable.get_command = lambda *_: broken\n"
        "sys.argv[1:] = ['break']\n"
        "sys.exit(cli.main())"
    )
    environment = {**os.environ, "PARTNERSTWO_DATA": str(tmp_path)}
    words = [sys.executable, "-c", script]
    told = subprocess.run(words, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    kept = tmp_path / "last-error.txt"
    assert str(kept) in told.stderr
    assert "Traceback" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o777 == 0o600
