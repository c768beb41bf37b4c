import gzip
import tarfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.world import World
from workflow.base.calendar import utc_now, warsaw_date
from workflow.db.database import Database
from workflow.engine import audit, chains, machine
from workflow.engine.command import StepCommand
from workflow.models import Base, Person, WebSession
from workflow.models.base import table_of
from workflow.notifications import mail_pause
from workflow.operations import backup
from workflow.operations.clock import is_rehearsal, mark_rehearsal
from workflow.people.minors import record_consent

pytestmark = pytest.mark.slow

Fresh = Callable[[str], Database]


@pytest.fixture
def fresh(request: pytest.FixtureRequest, sqlite_master: bytes, tmp_path: Path) -> Iterator[Fresh]:
    """Another empty database of either kind."""
    opened: list[Database] = []

    def make(kind: str) -> Database:
        if kind == "postgresql":
            opened.append(Database(request.getfixturevalue("other_postgres_url")()))
        else:
            path = tmp_path / f"copy{len(opened)}.sqlite3"
            path.write_bytes(sqlite_master)
            opened.append(Database(f"sqlite:///{path}"))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


def content(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in backup.tables() if table.name != "switch"
        }  # fmt: skip


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_copy_restores_into_either_database(database: Database, target: str, fresh: Fresh, tmp_path: Path) -> None:
    world = World(database)
    for state in ("merged", "settled"):
        world.proposal_in(state)
    edition, day = world.edition("draft"), warsaw_date(utc_now())
    given = {"kind": "school", "given_by": "Szkoła nr 2", "given_on": day}
    with world.writing() as tx:
        record_consent(
            tx, world["member"].id or 0, edition_id=edition.id, consent=given, actor=world["staff"], at=utc_now()
        )
    uploads = tmp_path / "uploads"
    (uploads / "2026").mkdir(parents=True)
    (uploads / "2026" / "umowa łosicka.pdf").write_bytes(b"%PDF")
    path, other = tmp_path / "copy.tar.gz", tmp_path / "other" / "uploads"
    written = backup.write_copy(database, uploads, path, at=utc_now())
    there = fresh(target)

    assert backup.read_copy(there, other, path, at=utc_now()) == written
    assert path.stat().st_mode & 0o077 == 0
    assert content(there) == content(database)
    assert (other / "2026" / "umowa łosicka.pdf").read_bytes() == b"%PDF"
    with there.snapshot() as connection:
        assert mail_pause.is_mail_paused(connection)
        assert chains.verify(connection, audit.heads(connection)).broken is None


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_work_goes_on_after_a_restore(database: Database, target: str, fresh: Fresh, tmp_path: Path) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    backup.write_copy(database, tmp_path / "none", tmp_path / "copy.tar.gz", at=utc_now())
    there = fresh(target)
    backup.read_copy(there, tmp_path / "uploads", tmp_path / "copy.tar.gz", at=utc_now())
    data = {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}

    with there.transaction() as tx:
        moved = machine.take(
            tx, StepCommand(ref, "return_for_completion", actor=world["staff"], at=utc_now(), answers=data)
        )

    assert moved.target == "returned"


@pytest.mark.parametrize(("asked", "marked"), [(False, True), (True, False)])
def test_a_copy_is_one_to_rehearse_with_only_where_it_is_restored_as_one(
    database: Database, *, asked: bool, marked: bool, fresh: Fresh, tmp_path: Path
) -> None:
    with database.transaction() as tx:
        mark_rehearsal(tx, at=utc_now(), is_rehearsal=marked)
    backup.write_copy(database, tmp_path / "none", tmp_path / "copy.tar.gz", at=utc_now())
    there = fresh("sqlite")
    backup.read_copy(there, tmp_path / "uploads", tmp_path / "copy.tar.gz", at=utc_now(), is_rehearsal=asked)
    with there.reading() as connection:
        assert is_rehearsal(connection) is asked


def test_sessions_do_not_come_back_to_life(database: Database, fresh: Fresh, tmp_path: Path) -> None:
    world, now = World(database), utc_now()
    with database.transaction() as tx:
        row = {
            "token_digest": "x",
            "person_id": world["staff"].id,
            "created_at": now,
            "seen_at": now,
            "expires_at": now,
        }
        tx.execute(table_of(WebSession).insert().values(**row))
    backup.write_copy(database, tmp_path, tmp_path / "copy.tar.gz", at=now)
    there = fresh("sqlite")
    backup.read_copy(there, tmp_path / "uploads", tmp_path / "copy.tar.gz", at=now)

    with there.reading() as connection:
        assert connection.execute(select(func.count()).select_from(WebSession)).scalar_one() == 0


def test_a_copy_is_not_restored_over_people(database: Database, tmp_path: Path) -> None:
    World(database)
    backup.write_copy(database, tmp_path / "none", tmp_path / "copy.tar.gz", at=utc_now())

    with pytest.raises(backup.CannotRestore, match="not empty"):
        backup.read_copy(database, tmp_path / "uploads", tmp_path / "copy.tar.gz", at=utc_now())


@pytest.mark.parametrize("harm", ["no archive", "cut short", "a table less", "a row less"])
def test_a_damaged_copy_changes_nothing(sqlite_url: str, fresh: Fresh, tmp_path: Path, harm: str) -> None:
    database, path = Database(sqlite_url), tmp_path / "copy.tar.gz"
    World(database)
    backup.write_copy(database, tmp_path / "none", path, at=utc_now())
    spoil(path, harm)
    there = fresh("sqlite")

    with pytest.raises(backup.CannotRestore):
        backup.read_copy(there, tmp_path / "uploads", path, at=utc_now())
    with there.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Person)).scalar_one() == 0
    database.close()


@pytest.mark.parametrize("name", ["uploads/../beside.txt", "uploads/12/../../../beside.txt"])
def test_a_file_that_would_be_written_elsewhere_is_refused_and_leaves_none(
    sqlite_url: str, fresh: Fresh, tmp_path: Path, name: str
) -> None:
    database, path, data = Database(sqlite_url), tmp_path / "copy.tar.gz", tmp_path / "a" / "b"
    World(database)
    uploads = tmp_path / "uploads"
    (uploads / "12").mkdir(parents=True)
    (uploads / "12" / "plan.txt").write_text("plan")
    backup.write_copy(database, uploads, path, at=utc_now())
    database.close()
    with gzip.open(path) as unpacked:
        (tmp_path / "copy.tar").write_bytes(unpacked.read())
    with tarfile.open(tmp_path / "copy.tar", "a") as tar:
        tar.addfile(tarfile.TarInfo(name), BytesIO())
    there = fresh("sqlite")

    with pytest.raises(backup.CannotRestore):
        backup.read_copy(there, data / "uploads", tmp_path / "copy.tar", at=utc_now())
    assert not [*tmp_path.rglob("beside.txt"), *data.rglob("*.txt")]
    # The same folder takes the copy as it was made.
    backup.read_copy(there, data / "uploads", path, at=utc_now())
    assert (data / "uploads" / "12" / "plan.txt").read_text() == "plan"


def spoil(path: Path, harm: str) -> None:
    if harm == "no archive":
        path.write_text("to nie jest kopia")
        return
    if harm == "cut short":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return
    folder = path.parent / "spoilt"
    with tarfile.open(path) as tar:
        for entry in tar.getmembers():
            there, content = folder / entry.name, tar.extractfile(entry)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(content.read() if content else b"")
    people = folder / "tables" / "person.jsonl"
    if harm == "a table less":
        people.unlink()
    else:
        people.write_text("\n".join(people.read_text("utf-8").splitlines()[1:]), "utf-8")
    with tarfile.open(path, "w:gz") as tar:
        for one in sorted(folder.rglob("*")):
            tar.add(one, one.relative_to(folder), recursive=False)


def test_every_table_is_copied_or_left_out_on_purpose() -> None:
    assert {table.name for table in backup.tables()} | backup.PASSING == set(Base.metadata.tables)
