"""Lists that were sent in: kept apart for whoever sent them, and removed after a day at the latest."""

import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import NotFound, found
from workflow.base.i18n import _
from workflow.db.database import Database
from workflow.files.storage import copy
from workflow.models import ParticipantList
from workflow.models.base import table_of
from workflow.participant_lists.headings import Choice, Column
from workflow.participant_lists.reading import too_large
from workflow.participant_lists.tables import Limits, Unreadable

FOLDER = "participant_lists"
KEPT = timedelta(hours=24)
RESERVED_SPACE = 500 * 1024 * 1024
MOST_SHOWN = 10
_T = table_of(ParticipantList)


class SentList(Struct, frozen=True):
    """A list that somebody sent in, as it is now."""

    id: int
    edition_id: int
    owner_id: int
    name: str
    storage_key: str
    uploaded_at: datetime
    expires_at: datetime
    chosen: Mapping[str, Any]
    accepted_digest: str
    job_id: int | None
    loaded_at: datetime | None
    result: Mapping[str, Any]
    removed_at: datetime | None

    @property
    def is_there(self) -> bool:
        """Whether its bytes can be read."""
        return self.removed_at is None

    @property
    def sheet(self) -> int:
        """The number of the sheet that was chosen."""
        return int(self.chosen.get("sheet", 0))

    @property
    def choice(self) -> Choice | None:
        """What was chosen about headings and columns; None before."""
        if "columns" not in self.chosen:
            return None
        columns = {int(number): Column(content) for number, content in self.chosen["columns"].items()}
        return Choice(self.chosen["heading"], columns)


_LISTS: Any = select(*(_T.c[name] for name in SentList.__struct_fields__))


def receive(data: Path, stream: IO[bytes], limits: Limits) -> tuple[str, int]:
    """Copy a stream to a file of its own in pieces; returns its key and size. Raises Unreadable, with nothing left."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder).free < RESERVED_SPACE + limits.size:
        raise Unreadable(_("There is no room for files at the moment. The programme office has to make some."))
    key = secrets.token_hex(20)
    try:
        size, _digest = copy(stream, folder / key, largest=limits.size, refusal=Unreadable(too_large(limits)))
    except BaseException:
        remove_bytes(data, key)
        raise
    return key, size


def path_of(data: Path, sent: SentList) -> Path:
    """Where the bytes of a list are; NotFound once they were removed."""
    path = data / FOLDER / sent.storage_key
    if not sent.is_there or not path.is_file():
        raise NotFound(_("The list was removed when its time was over. Send it once more."))
    return path


def remove_bytes(data: Path, key: str) -> None:
    """Remove the bytes of a list."""
    (data / FOLDER / key).unlink(missing_ok=True)


def keep(tx: Connection, edition_id: int, *, name: str, key: str, size: int, owner_id: int, at: datetime) -> int:
    """Write down that somebody sent a list in; returns its number."""
    values = {"edition_id": edition_id, "owner_id": owner_id, "name": name[:200], "storage_key": key, "size": size,
              "uploaded_at": at, "expires_at": at + KEPT}  # fmt: skip
    return int(tx.execute(insert(_T).values(**values).returning(_T.c.id)).scalar_one())


def find_list(connection: Connection, number: int, *, edition_id: int, owner_id: int) -> SentList:
    """A list of a person; NotFound where there is none or it is somebody else's."""
    mine = _T.c.id == number, _T.c.edition_id == edition_id, _T.c.owner_id == owner_id
    return SentList(*found(connection.execute(_LISTS.where(*mine)).one_or_none()))


def list_of_job(connection: Connection, job_id: int, *, owner_id: int) -> SentList:
    """The list that a job loads; NotFound where there is none of this person."""
    mine = _T.c.job_id == job_id, _T.c.owner_id == owner_id
    return SentList(*found(connection.execute(_LISTS.where(*mine)).one_or_none()))


def lists_of(connection: Connection, edition_id: int, owner_id: int) -> list[SentList]:
    """The newest lists of a person in an edition."""
    query = _LISTS.where(_T.c.edition_id == edition_id, _T.c.owner_id == owner_id)
    return [SentList(*row) for row in connection.execute(query.order_by(_T.c.id.desc()).limit(MOST_SHOWN))]


def choose(tx: Connection, number: int, *, sheet: int, heading: int | None, columns: Mapping[int, Column]) -> None:
    """Keep what was chosen about a list; what was accepted before counts no more."""
    chosen = {
        "sheet": sheet,
        "heading": heading,
        "columns": {str(index): content for index, content in columns.items()},
    }
    tx.execute(update(_T).where(_T.c.id == number, _T.c.job_id.is_(None)).values(chosen=chosen, accepted_digest=""))


def accept(tx: Connection, number: int, *, digest: str, job_id: int, at: datetime) -> None:
    """Note that a list is to be loaded as it was shown, and by which job."""
    values = {"accepted_digest": digest, "accepted_at": at, "job_id": job_id}
    tx.execute(update(_T).where(_T.c.id == number).values(**values))


def note_loaded(tx: Connection, number: int, result: Mapping[str, Any], *, at: datetime) -> None:
    """Note that the people of a list are there, in the transaction that writes them."""
    tx.execute(update(_T).where(_T.c.id == number).values(loaded_at=at, result=dict(result)))


def remove(tx: Connection, number: int, *, at: datetime) -> None:
    """Note that the bytes of a list are removed; the caller removes them after the commit."""
    tx.execute(update(_T).where(_T.c.id == number, _T.c.removed_at.is_(None)).values(removed_at=at))


def sweep_lists(database: Database, data: Path, *, at: datetime) -> int:
    """Remove the bytes of lists that were loaded or whose time is over, and those without a row; returns how many."""
    with database.transaction() as tx:
        over = _T.c.removed_at.is_(None) & ((_T.c.expires_at <= at) | _T.c.loaded_at.is_not(None))
        tx.execute(update(_T).where(over).values(removed_at=at))
        kept = set(tx.execute(select(_T.c.storage_key).where(_T.c.removed_at.is_(None))).scalars())
    oldest = (at - KEPT).timestamp()
    # A file without a row may be on its way in; after a day it is not.
    known = {path for path in (data / FOLDER).glob("*") if path.name not in kept}
    with database.reading() as connection:
        gone = set(connection.execute(select(_T.c.storage_key).where(_T.c.removed_at.is_not(None))).scalars())
    old = [path for path in known if path.name in gone or path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
