"""The key files of open secret votes: in the data folder, never in the database, a log or a copy.

polls/ID.key, polls/hall-ID.key   made at the opening, read at each use, destroyed once the closing is committed
"""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from workflow.base.errors import not_ready
from workflow.base.i18n import _
from workflow.db.database import Database
from workflow.db.dialect import POLL_KEYS, clear_traces
from workflow.models import BallotBox, HallBox, HallPoll, Poll
from workflow.models.base import table_of
from workflow.rules.facts import Ref
from workflow.rules.states import PollState
from workflow.voting.sealing import KEY_BYTES, new_key

ENDING = ".key"


class Keyed(NamedTuple):
    """A kind of vote with keys: its model, its box, and how the names of its key files begin."""

    model: type[Poll | HallPoll]
    box: type[BallotBox | HallBox]
    prefix: str


KINDS: Mapping[str, Keyed] = {
    "poll": Keyed(Poll, BallotBox, ""),
    "hall_poll": Keyed(HallPoll, HallBox, "hall-"),
}
# A younger key of a vote that is not open may belong to an opening that is not committed yet.
YOUNG = timedelta(hours=1)


def folder_of(connection: Connection) -> Path:
    """The folder of the keys that belongs to a database; RuntimeError where none was named."""
    folder = connection.get_execution_options().get(POLL_KEYS)
    if folder is None:
        raise RuntimeError("no folder was named for the keys of secret votes")
    return Path(folder)


def make_key(folder: Path, poll: Ref) -> None:
    """Write a new key for a vote, readable by its owner only; one that was left by an opening that failed goes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _path(folder, poll)
    draft = folder / f".{path.stem}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, new_key())
        os.fsync(file)
    finally:
        os.close(file)
    draft.replace(path)
    _sync(folder)


def read_key(folder: Path, poll: Ref) -> bytes:
    """The key of an open vote, read anew at each use; NotReady where it is lost, and with it every ballot."""
    with suppress(OSError):
        key = _path(folder, poll).read_bytes()
        if len(key) == KEY_BYTES:
            return key
    sentence = _("The key of this secret vote is lost, so its ballots cannot be opened. Annul the vote and repeat it.")
    raise not_ready("key_lost", sentence)


def destroy_key(folder: Path, poll: Ref) -> None:
    """Overwrite and remove the key of a vote; nothing where it is gone already."""
    path = _path(folder, poll)
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync(folder)


def sweep_keys(database: Database, *, at: datetime) -> int:
    """Destroy keys of votes that are not open any more, and clear an empty box; returns how many keys went.

    They are left where a process was killed between its commit and the destruction. Safe beside open votes.
    """
    folder = database.poll_keys
    kept = dict(_keys(folder)) if folder and folder.is_dir() else {}
    if not (folder and kept):
        return 0
    with database.reading() as connection:
        leftovers = [ref for kind in KINDS for ref in _leftovers(connection, kind, kept, at=at)]
    for poll in leftovers:
        destroy_key(folder, poll)
    for kind in {poll.kind for poll in leftovers}:
        with database.engine.connect() as connection:
            clear_traces(connection, table_of(KINDS[kind].box))
    return len(leftovers)


def _leftovers(connection: Connection, kind: str, kept: dict[Ref, datetime], *, at: datetime) -> Collection[Ref]:
    model, of_kind = KINDS[kind].model, {ref: made_at for ref, made_at in kept.items() if ref.kind == kind}
    if not of_kind:
        return ()
    query = select(model.id, model.state).where(model.id.in_({ref.id for ref in of_kind}))
    states = {Ref(kind, row.id): row.state for row in connection.execute(query)}
    over = {poll for poll, state in states.items() if state not in {PollState.DRAFTED, PollState.OPEN}}
    return over | {poll for poll, made_at in of_kind.items()
                   if states.get(poll) != PollState.OPEN and made_at < at - YOUNG}  # fmt: skip


def _keys(folder: Path) -> Iterator[tuple[Ref, datetime]]:
    kinds = {keyed.prefix: kind for kind, keyed in KINDS.items()}
    for path in folder.glob(f"*{ENDING}"):
        prefix, dash, number = path.stem.rpartition("-")
        with suppress(OSError, ValueError, KeyError):
            poll = Ref(kinds[prefix + dash], int(number))
            yield poll, datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def _path(folder: Path, poll: Ref) -> Path:
    return folder / f"{KINDS[poll.kind].prefix}{poll.id}{ENDING}"


def _sync(folder: Path) -> None:
    """Make sure that what was renamed or removed in the folder stays so."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
