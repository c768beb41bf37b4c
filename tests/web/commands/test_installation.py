import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests.short_demo import short_demo as short_demo
from tests.web.commands.conftest import Run
from tests.world import World
from web import cli
from web.commands import COMMANDS
from workflow.accounts.passwords import matches
from workflow.db.database import Database
from workflow.demo.books import read_book
from workflow.models import Proposal
from workflow.models.base import table_of
from workflow.rules.page_permissions import PAGES

pytestmark = pytest.mark.slow


def test_every_command_names_a_permission() -> None:
    assert {entry.permission for entry in COMMANDS.values()} <= PAGES.keys()


@pytest.mark.parametrize("words", [("demo",), ("history",), ("state",), ("import",), ("backup",), ("export",)])
def test_help_is_there_for_every_command(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(cli.partnerstwo, [*words, "--help"]).exit_code == 0


@pytest.mark.parametrize("words", [("history", "verify"), ("state", "dump"), ("demo", "load"), ("backup", "x.tar.gz")])
def test_a_database_without_tables_is_one_sentence_with_the_remedy(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)

    assert (code, out) == (1, "")
    assert err == "partnerstwo: the database is behind this version: run `partnerstwo db upgrade`.\n"


# --- the record --------------------------------------------------------------------------------------------


def test_verify_counts_what_it_has_checked(run: Run, database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    key = world.facts(world.edition_of(ref))["key"]

    assert run("history", "verify")[:2] == run("history", "verify", "--edition", key)[:2]
    assert run("history", "verify", "--edition", "nowhere") == (1, "", "partnerstwo: There is no edition nowhere.\n")


def test_verify_names_the_first_entry_that_was_changed(run: Run, database: Database) -> None:
    ref = World(database).proposal_in("submitted")
    with database.transaction() as tx:
        tx.execute(text("DROP TRIGGER history_keeps_update"))
        tx.execute(text("UPDATE history SET actor_id = 1 WHERE subject_kind = 'proposal' AND version = 3"))
    code, _out, err = run("history", "verify")

    assert code == 1
    assert f"{ref}, entry 3" in err
    assert "its content does not match its hash" in err


def test_verify_notices_a_subject_that_was_deleted(run: Run, database: Database) -> None:
    ref = World(database).proposal_in("idea")
    with database.transaction() as tx:
        tx.execute(text("DELETE FROM group_member"))
        tx.execute(table_of(Proposal).delete().where(Proposal.id == ref.id))

    assert f"broken at {ref}" in run("history", "verify")[2]


def test_verify_notices_a_row_that_was_changed_by_hand(run: Run, database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("selected")
    key = world.facts(world.edition_of(ref))["key"]
    with database.transaction() as tx:
        tx.execute(text("UPDATE proposal SET cost = 1"))

    for words in (("history", "verify"), ("history", "verify", "--edition", key)):
        code, out, err = run(*words)
        assert (code, out) == (1, "")
        assert str(ref) in err
        assert "cost of its row is not what the history led to" in err


def test_verify_compares_with_a_published_head(run: Run, database: Database, tmp_path: Path) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    code, line, _err = run("history", "head")
    assert (code, line.count("\n")) == (0, 1)
    published = tmp_path / "head.json"
    published.write_text(line)
    world.send_back(ref)
    assert run("history", "verify", "--head", str(published))[0] == 0

    other = json.loads(line)["subjects"] | {str(ref): [2, "0" * 64]}
    sealed = sha256(json.dumps(other, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    published.write_text(json.dumps({"hash": sealed, "subjects": other}))
    code, _out, err = run("history", "verify", "--head", str(published))
    assert code == 1
    assert f"{ref}, entry 2" in err
    assert "published head" in err

    published.write_bytes(b"\xff")
    assert run("history", "verify", "--head", str(published))[0] == 1
    assert run("history", "verify", "--head", str(tmp_path / "none"))[0] == 2


def test_dumps_are_json_lines_with_the_promised_names(run: Run, database: Database) -> None:
    ref = World(database).proposal_in("submitted")
    entries = [json.loads(line) for line in run("history", "dump")[1].splitlines()]
    states = [json.loads(line) for line in run("state", "dump")[1].splitlines()]

    assert {"seq", "subject", "actor", "step", "from", "to", "version", "at", "prev_hash", "hash"} <= entries[0].keys()
    assert [one["seq"] for one in entries] == sorted(one["seq"] for one in entries)
    (mine,) = (one for one in states if one["kind"] == "proposal" and one["id"] == ref.id)
    assert (mine["state"], mine["version"]) == ("submitted", sum(one["subject"] == str(ref) for one in entries))


# --- the demo ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("short_demo")
def test_the_demo_loads_once(run: Run, database: Database) -> None:
    assert "plock-2017" in run("demo", "load")[1]
    assert run("demo", "load") == (0, "The demo is there already.\n", "")


@pytest.mark.usefixtures("short_demo")
@pytest.mark.parametrize("setting", [("HOST", "0.0.0.0"), ("PARTNERSTWO_ENV", "production")])
def test_the_demo_is_refused_where_others_could_sign_in(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch, setting: tuple[str, str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setenv(*setting)
    code, _out, err = run("demo", "load")

    assert code == 1
    assert "set PARTNERSTWO_DEMO_PASSWORD" in err
    monkeypatch.setenv("PARTNERSTWO_DEMO_PASSWORD", "pięć czarnych kotów")
    assert run("demo", "load")[0] == 0
    with database.reading() as connection:
        hashes = connection.execute(text("SELECT password_hash FROM person WHERE email = 'admin@example.org'"))
        assert matches(hashes.scalar_one(), "pięć czarnych kotów")


# --- copies ------------------------------------------------------------------------------------------------


def test_a_copy_comes_back_with_its_record_and_with_mail_paused(
    run: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    World(database).proposal_in("settled")
    before, copy = run("history", "dump")[1], str(tmp_path / "copy.tar.gz")
    assert run("backup", copy)[0] == 0
    monkeypatch.setenv("PARTNERSTWO_DATA", str(tmp_path / "elsewhere"))
    code, out, _err = run("restore", copy)

    assert code == 0
    assert "Mail is paused" in out
    assert run("history", "dump")[1] == before
    assert json.loads(run("outbox", "status", "--json")[1])["paused"] is True
    assert "not empty" in run("restore", copy)[2]


def test_a_file_that_is_no_copy_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("nic")

    code, _out, err = run("restore", str(tmp_path / "copy"))
    assert (code, err) == (1, "partnerstwo: This file is not a copy of an installation, or it is damaged.\n")


# --- the doctor --------------------------------------------------------------------------------------------


def test_the_doctor_finds_nothing_wrong_with_a_fresh_installation(run: Run, database: Database) -> None:
    code, out, err = run("doctor")

    assert (code, err) == (0, "")
    assert "!!" not in out


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MAIL_URL", "smtp://127.0.0.1:1", "check MAIL_URL"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "check DATABASE_URL"),
    ],
)
def test_the_doctor_names_the_remedy(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    code, out, err = run("doctor")

    assert (code, err) == (1, "partnerstwo: 1 thing needs mending.\n")
    assert told in out


@pytest.mark.usefixtures("short_demo")
def test_the_doctor_sees_open_doors(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").chmod(0o755)
    assert run("demo", "load")[0] == 0
    monkeypatch.setenv("HOST", "0.0.0.0")
    code, out, _err = run("doctor")

    assert code == 1
    assert f"chmod 700 {tmp_path / 'data'}" in out
    accounts = sum(bool(person.get("signs_in")) for person in read_book("people")["person"])
    assert accounts > 15
    assert f"{accounts} demo accounts have the password that everybody knows" in out


def test_the_doctor_sees_a_record_without_protection(run: Run, database: Database) -> None:
    with database.transaction() as tx:
        for deed in ("update", "delete"):
            tx.execute(text(f"DROP TRIGGER history_keeps_{deed}"))

    assert "the database does not protect the record" in run("doctor")[1]


def test_the_doctor_says_that_a_database_is_behind(run: Run) -> None:
    assert "run `partnerstwo db upgrade`" in run("doctor")[1]
