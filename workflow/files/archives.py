"""Looks inside documents that are archives (docx, xlsx, pptx, odt, ods, odp) before anybody opens them.

Nothing is unpacked to disk and no XML is parsed. Every entry is read to its end once, within limits, so that a size
that lies, entries that overlap and a broken sum are found here.
"""

import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zlib import error as ZlibError  # noqa: N812 - the name of a class

from workflow.base.i18n import Sentence, _
from workflow.rules.file_limits import MEGABYTE, BadFile

MOST_ENTRIES = 3000
LARGEST_UNPACKED = 200 * MEGABYTE
# Text of office documents shrinks to a twentieth; an entry that shrinks more than this is made to fill a disk.
LARGEST_RATIO = 200
SMALL = MEGABYTE
DEEPEST = 12
CHUNK = 256 * 1024
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED = 0x1
# What the reader of archives raises for bytes that are no archive, or a damaged one.
DAMAGES = (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, OSError, KeyError, ValueError)
PROGRAMS = (".exe", ".dll", ".com", ".scr", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf", ".hta", ".jar",
            ".lnk", ".msi", ".sh", ".py")  # fmt: skip
PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"#!")
ARCHIVE_HEADS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")
# A chart carries its table; such a document is looked into as well.
CARRIED = (".xlsx", ".docx", ".pptx")
CONTENT_TYPES, MIMETYPE, MANIFEST = "[Content_Types].xml", "mimetype", "META-INF/manifest.xml"

DAMAGED = _("The document is damaged or was not saved to its end. Save it again and send it once more.")
BOMB = _("The document would unpack to far more than its size. It is not taken.")
MACROS = _("The document contains macros or embedded objects. Save it without them, or as PDF.")
PROGRAM = _("The document contains a program. It is not taken.")
NESTED = _("The document contains another archive. It is not taken.")
PATHS = _("The document contains paths that lead out of it. It is not taken.")
ENCRYPTED_TEXT = _("The document is encrypted. Save it without a password.")


def check_office(path: Path, media_type: str, mark: bytes) -> None:
    """Raise BadFile unless the file is a whole document of this type without anything that could harm."""
    with path.open("rb") as file:
        _check(file, media_type, mark, depth=0)


def _check(file: IO[bytes], media_type: str, mark: bytes, *, depth: int) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_directory(archive)
            _check_type(archive, media_type, mark)
            _Reading(archive, depth).read_all()
    except DAMAGES:
        raise BadFile(DAMAGED) from None


def _check_directory(archive: zipfile.ZipFile) -> None:
    """What the table of contents says, before anything is unpacked."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise BadFile(BOMB)
    if archive.comment or len(set(map(str.lower, names))) != len(names):
        raise BadFile(DAMAGED)
    for entry in entries:
        if wrong := _wrong(entry):
            raise BadFile(wrong)


def _wrong(entry: zipfile.ZipInfo) -> Sentence | None:
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if name.startswith("/") or "\\" in name or "\x00" in name or ":" in parts[0] or ".." in parts or is_link:
        return PATHS
    if len(parts) > DEEPEST:
        return PATHS
    if entry.flag_bits & ENCRYPTED:
        return ENCRYPTED_TEXT
    if entry.compress_type not in METHODS:
        return DAMAGED
    if entry.file_size > SMALL and entry.file_size > LARGEST_RATIO * max(1, entry.compress_size):
        return BOMB
    return _active(name.lower())


def _active(name: str) -> Sentence | None:
    """What would run when the document is opened."""
    last = name.rpartition("/")[2]
    basic = name.startswith("basic/") and last not in ("", "script-lc.xml", "script-lb.xml")
    if last.startswith(("vbaproject", "vbadata", "oleobject")) or "/activex/" in name or basic:
        return MACROS
    if name.startswith("scripts/") and last:
        return MACROS
    return PROGRAM if name.endswith(PROGRAMS) else None


def _check_type(archive: zipfile.ZipFile, media_type: str, mark: bytes) -> None:
    """The type that the document names itself, and whether it is the one of its name."""
    names = set(archive.namelist())
    if mark:
        types = _short(archive, CONTENT_TYPES) if CONTENT_TYPES in names else b""
        if b"macroEnabled" in types:
            raise BadFile(MACROS)
        fits = mark in types
    else:
        fits = MIMETYPE in names and _short(archive, MIMETYPE) == media_type.encode() and MANIFEST in names
        if fits and b"encryption-data" in _short(archive, MANIFEST):
            raise BadFile(ENCRYPTED_TEXT)
    if not fits:
        raise BadFile(_("The content is an archive, but not a document of the type that its name says."))


def _short(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(MEGABYTE)


@dataclass(slots=True)
class _Reading:
    """Reads every entry once, counting what comes out."""

    archive: zipfile.ZipFile
    depth: int
    unpacked: int = 0

    def read_all(self) -> None:
        for entry in self.archive.infolist():
            if not entry.is_dir():
                self._read(entry)

    def _read(self, entry: zipfile.ZipInfo) -> None:
        with self.archive.open(entry) as source, SpooledTemporaryFile(max_size=MEGABYTE) as copy:
            head = source.read(CHUNK)
            carried = head.startswith(ARCHIVE_HEADS)
            if head.startswith(PROGRAM_HEADS):
                raise BadFile(PROGRAM)
            is_part = "/embeddings/" in entry.filename and entry.filename.lower().endswith(CARRIED)
            if carried and (self.depth or not is_part):
                raise BadFile(NESTED)
            chunk = head
            while chunk:
                self._count(chunk)
                if carried:
                    copy.write(chunk)
                chunk = source.read(CHUNK)
            if carried:
                self._inspect(copy)

    def _count(self, chunk: bytes) -> None:
        self.unpacked += len(chunk)
        if self.unpacked > LARGEST_UNPACKED:
            raise BadFile(BOMB)

    def _inspect(self, copy: Any) -> None:
        copy.seek(0)
        with zipfile.ZipFile(copy) as inner:
            _check_directory(inner)
            _Reading(inner, self.depth + 1, self.unpacked).read_all()
