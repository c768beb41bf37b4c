"""Copies of an installation: every table as JSON lines in a tar, from one snapshot, and back into an empty database.

The copy is of the content and not of the files of one database, so that it can be restored into either kind. Left
out is what must not come back to life: sessions, one-time links, counted sign-in attempts, signs of life, and sealed
ballots of open secret votes, whose keys are in no copy; and the words for searching, which the database makes anew.
"""

import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any

from msgspec import Struct
from sqlalchemy import Column, Connection, Date, Table, func, insert, select, update

from workflow.base.errors import Refusal
from workflow.base.i18n import _
from workflow.db.database import Database
from workflow.db.revision import revision
from workflow.files.storage import copy
from workflow.models import Base, Switch
from workflow.models.base import UtcDateTime, table_of
from workflow.notifications import mail_pause
from workflow.operations.clock import mark_rehearsal

FORMAT = 1
BATCH = 500
MANIFEST = "manifest.json"
UPLOADS = "uploads"
PASSING = frozenset({
    "web_session", "one_time_link", "sign_in_attempt", "heartbeat", "proposal_person", "state_tally", "search_word",
    "ballot_box",
})  # fmt: skip
# An installation without these is empty, whatever else a running worker has left.
CONTENT = ("person", "edition", "history")
DAMAGED = _("This file is not a copy of an installation, or it is damaged.")


class Copied(Struct, frozen=True):
    """How much a copy holds."""

    rows: int
    files: int


class CannotRestore(Refusal):
    """The copy cannot be restored here; nothing was written."""

    code = "cannot_restore"


def tables() -> list[Table]:
    """The tables that are copied, those that others point to first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in PASSING]


def write_copy(database: Database, uploads: Path, path: Path, *, at: datetime) -> Copied:
    """Write a copy of database and uploads; the file appears whole or not at all, readable by its owner only."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with tarfile.open(draft, "w:gz") as tar, database.snapshot() as connection:
            counts = {table.name: _add_table(tar, connection, table) for table in tables()}
            files = _add_uploads(tar, uploads)
            manifest = {"format": FORMAT, "revision": revision(connection), "at": at.isoformat(), "rows": counts}
            _add_file(tar, MANIFEST, BytesIO(json.dumps(manifest, indent=1).encode()))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Copied(sum(counts.values()), files)


def _add_table(tar: tarfile.TarFile, connection: Connection, table: Table) -> int:
    count = 0
    with TemporaryFile() as draft:
        result = connection.execution_options(stream_results=True).execute(
            select(table).order_by(*table.primary_key.columns)
        )
        for row in result.mappings():
            draft.write(json.dumps(dict(row), ensure_ascii=False, default=_plain).encode() + b"\n")
            count += 1
        _add_file(tar, f"tables/{table.name}.jsonl", draft)
    return count


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a copy")


def _add_uploads(tar: tarfile.TarFile, uploads: Path) -> int:
    files = [path for path in sorted(uploads.rglob("*")) if path.is_file() and not path.is_symlink()]
    for path in files:
        tar.add(path, f"{UPLOADS}/{path.relative_to(uploads)}", recursive=False)
    return len(files)


def _add_file(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = file.seek(0, 2), 0o600
    file.seek(0)
    tar.addfile(entry, file)


def read_copy(
    database: Database, uploads: Path, path: Path, *, at: datetime, is_rehearsal: bool = False
) -> Copied:  # fmt: skip
    """Restore a copy into an empty installation, in one transaction, with all mail paused.

    The uploads are unpacked before the commit, so that a restore that fails can be run again. In a rehearsal
    the clock may be moved. Raises CannotRestore.
    """
    try:
        with tarfile.open(path, "r:*") as tar, database.transaction() as tx:
            manifest = _manifest(tar)
            _require_fit(tx, manifest, uploads)
            tx.execute(table_of(Switch).delete())
            rows = sum(_load_table(tx, tar, table) for table in tables())
            if rows != sum(manifest["rows"].values()):
                raise CannotRestore(_("The copy is damaged: it holds fewer rows than it names."))
            mail_pause.pause_mail(tx, at=at)
            mark_rehearsal(tx, at=at, is_rehearsal=is_rehearsal)
            files = _unpack(tar, uploads)
    except (tarfile.TarError, EOFError, json.JSONDecodeError, KeyError, UnicodeDecodeError):
        raise CannotRestore(DAMAGED) from None
    return Copied(rows, files)


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(_open(tar, MANIFEST).read())
    if manifest["format"] != FORMAT:
        raise CannotRestore(_("The copy was made by another version of the program."))
    return manifest


def _open(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    stream = tar.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream


def _require_fit(tx: Connection, manifest: Mapping[str, Any], uploads: Path) -> None:
    here = revision(tx)
    if manifest["revision"] != here:
        raise CannotRestore(
            _("The copy has tables of version {there}, this program {here}. Restore it with the version that made it.",
              there=manifest["revision"], here=here)
        )  # fmt: skip
    filled = [
        name for name in CONTENT if tx.execute(select(func.count()).select_from(Base.metadata.tables[name])).scalar()
    ]
    if filled or (uploads.exists() and any(uploads.iterdir())):
        raise CannotRestore(_("This installation is not empty: restore into an empty database and data folder."))


def _load_table(tx: Connection, tar: tarfile.TarFile, table: Table) -> int:
    """Put the rows of a table back; what points to the same table is filled in when all of its rows are there."""
    own = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
    count, later = 0, []
    for batch in _batches(_open(tar, f"tables/{table.name}.jsonl"), table):
        for row in batch:
            if any(row[column.name] is not None for column in own):
                later.append((row["id"], {column.name: row[column.name] for column in own}))
                row |= dict.fromkeys((column.name for column in own), None)
        tx.execute(insert(table), batch)
        count += len(batch)
    for number, values in later:
        tx.execute(update(table).where(table.c.id == number).values(values))
    _move_sequence(tx, table)
    return count


def _batches(lines: IO[bytes], table: Table) -> Iterator[list[dict[str, Any]]]:
    raws = map(json.loads, lines)
    rows = ({column.name: _typed(column, raw[column.name]) for column in table.c} for raw in raws)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _typed(column: Column[Any], value: Any) -> Any:
    if value is not None and isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and isinstance(column.type, Date) else value


def _move_sequence(tx: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a counter of its own, which has to follow."""
    key = table.autoincrement_column
    if tx.dialect.name != "postgresql" or key is None:
        return
    name = func.pg_get_serial_sequence(table.name, key.name)
    highest = select(func.max(key)).scalar_subquery()
    tx.execute(select(func.setval(name, func.coalesce(highest, 1), highest.is_not(None))))


def _unpack(tar: tarfile.TarFile, uploads: Path) -> int:
    """Write the uploads, all or none; by hand, since before Python 3.11.4 `tarfile` has no filter for their names."""
    files = [entry for entry in tar.getmembers() if entry.isfile() and entry.name.startswith(f"{UPLOADS}/")]
    if any(".." in PurePosixPath(entry.name).parts for entry in files):
        raise tarfile.ReadError
    try:
        for entry in files:
            path = uploads.parent / entry.name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy(_open(tar, entry.name), path, largest=entry.size, refusal=CannotRestore(DAMAGED))
            os.utime(path, (entry.mtime, entry.mtime))
    except BaseException:
        shutil.rmtree(uploads, ignore_errors=True)
        raise
    return len(files)
