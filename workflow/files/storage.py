"""Stored bytes: in the data folder under random object keys, each whole or not at all.

uploads/files/incoming/KEY      being checked, or of a form that was refused; swept up after a session
uploads/files/KE/KEY            stored, once its row is committed
uploads/files/KE/KEY.small      the small copy of a picture
uploads/files/KE/KEY.page-1     a page of slides, as the screen in the hall shows it
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from msgspec import Struct

from workflow.base.errors import Refusal
from workflow.base.i18n import _
from workflow.files import thumbnails
from workflow.files.content_types import Family, Kind, recognise
from workflow.files.names import clean_name
from workflow.rules.file_limits import LARGEST_FILE, RESERVED_SPACE, BadFile, amount

FOLDER, INCOMING, SMALL = "files", "incoming", ".small"
CHUNK = 256 * 1024


class IncomingFile(Struct, frozen=True):
    """A file that has been received and recognised, but not stored yet."""

    key: str
    name: str
    kind: Kind
    size: int
    sha256: str

    @property
    def is_picture(self) -> bool:
        """Whether there is a small copy to show."""
        return self.kind.family is Family.PICTURE


def receive(uploads: Path, stream: IO[bytes], name: str) -> IncomingFile:
    """Copy a stream to disk in pieces, look at it, and say what it is; on any error nothing of it is left.

    Never the whole file in memory. Raises BadFile with the reason.
    """
    shown = clean_name(name)
    folder = uploads / FOLDER / INCOMING
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder).free < RESERVED_SPACE + LARGEST_FILE:
        raise BadFile(_("There is no room for files at the moment. The programme office has to make some."))
    key = secrets.token_hex(20)
    path = folder / key
    try:
        refusal = BadFile(_("The file is too large: at most {most} fit.", most=amount(LARGEST_FILE)))
        size, sha256 = copy(stream, path, largest=LARGEST_FILE, refusal=refusal)
        kind = recognise(path, shown)
        if kind.family is Family.PICTURE:
            small = folder / f"{key}{SMALL}"
            small.touch(mode=0o600)
            thumbnails.shrink(path, kind.media_type, small)
            _sync(small)
    except BaseException:
        _remove(path)
        raise
    return IncomingFile(key, shown, kind, size, sha256)


def copy(stream: IO[bytes], path: Path, *, largest: int, refusal: Refusal) -> tuple[int, str]:
    """Copy a stream to a new file, written through to the disk; its size and digest. Raises the refusal where it is
    larger; what was written then stays for the caller to remove."""
    size, digest = 0, hashlib.sha256()
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > largest:
                raise refusal
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _sync(path: Path) -> None:
    """Have a file, or the names in a folder, written through to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(uploads: Path, key: str, *, small: bool = False) -> Path:
    """The path of a stored file, or of its thumbnail."""
    return uploads / FOLDER / key[:2] / f"{key}{SMALL if small else ''}"


def store(uploads: Path, incoming: IncomingFile) -> None:
    """Move the bytes to where they stay; called in the transaction that writes the row, before its commit.

    Done a second time it changes nothing. Without a commit the bytes have no row, and the sweep removes them.
    """
    for ending in (SMALL, "") if incoming.is_picture else ("",):
        coming = uploads / FOLDER / INCOMING / f"{incoming.key}{ending}"
        there = path_of(uploads, incoming.key, small=bool(ending))
        there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            coming.replace(there)
        _sync(there.parent)


def incoming_path(uploads: Path, incoming: IncomingFile) -> Path:
    """Where the bytes of a received file lie before they are stored."""
    return uploads / FOLDER / INCOMING / incoming.key


def is_waiting(uploads: Path, incoming: IncomingFile) -> bool:
    """Whether a received file is still there, and neither stored nor swept up."""
    return incoming_path(uploads, incoming).is_file()


def incoming_bytes(uploads: Path, incoming: IncomingFile) -> bytes:
    """The content of a received file that is small enough to be read at once, as a mark of an office is."""
    return incoming_path(uploads, incoming).read_bytes()


def remove(uploads: Path, key: str) -> None:
    """Remove the bytes of a file and its copies, wherever they are; only where no row needs them any more."""
    _remove(uploads / FOLDER / INCOMING / key)
    _remove(path_of(uploads, key))


def _remove(path: Path) -> None:
    for copy in path.parent.glob(f"{path.name}.*"):
        copy.unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def keys_older_than(uploads: Path, *, before: float) -> Iterator[str]:
    """The keys of all files last written before a moment (seconds of the epoch), stored or incoming."""
    for path in (uploads / FOLDER).glob("*/*"):
        with suppress(FileNotFoundError):
            if "." not in path.name and path.stat().st_mtime < before:
                yield path.name
