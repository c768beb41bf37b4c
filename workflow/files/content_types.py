"""Content types: recognised from the content, and the extension has to agree."""

import zipfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import filetype
from msgspec import Struct

from workflow.base.i18n import Sentence, _
from workflow.files.archives import PROGRAM_HEADS, check_office
from workflow.files.locked_pdf import refuse_locked_pdf
from workflow.files.names import ending_of
from workflow.files.not_taken import ARCHIVES, CAMERA_PICTURE, WITH_MACROS, is_from_camera, not_taken, old_container
from workflow.rules.file_limits import BadFile

HEAD, TAIL = 8192, 65_536
ZIP = b"PK\x03\x04"
# The container of old Office files, and of new ones with a password: see `not_taken`.
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# Programs look for the header of a PDF in so many bytes; a scanner may put some of its own before it.
PDF_HEADER_WITHIN = 1024
# What a browser would run, or take for a page, if it ever guessed at the content.
# No mark is shorter than five letters, or photographs would have it by chance.
ACTIVE = (b"<script", b"<html", b"<svg ", b"<?php", b"<!doctype", b"<iframe")


class Family(StrEnum):
    """How a kind of content is checked."""

    PDF = "pdf"
    PICTURE = "picture"
    OFFICE = "office"


class Kind(Struct, frozen=True):
    """A type of file that is taken."""

    family: Family
    media_type: str
    # How the content is known: the first bytes, or for an office document the type that it names itself.
    mark: bytes
    endings: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
KINDS = (
    Kind(Family.PDF, "application/pdf", b"%PDF-", ("pdf",)),
    Kind(Family.PICTURE, "image/jpeg", b"\xff\xd8\xff", ("jpg", "jpeg", "jfif")),
    Kind(Family.PICTURE, "image/png", b"\x89PNG\r\n\x1a\n", ("png",)),
    Kind(Family.PICTURE, "image/webp", b"RIFF", ("webp",)),
    Kind(Family.OFFICE, f"{_OOXML}wordprocessingml.document", b"wordprocessingml.document.main+xml", ("docx",)),
    Kind(Family.OFFICE, f"{_OOXML}spreadsheetml.sheet", b"spreadsheetml.sheet.main+xml", ("xlsx",)),
    Kind(
        Family.OFFICE, f"{_OOXML}presentationml.presentation", b"presentationml.presentation.main+xml", ("pptx",)
    ),
    Kind(Family.OFFICE, f"{_ODF}text", b"", ("odt",)),
    Kind(Family.OFFICE, f"{_ODF}spreadsheet", b"", ("ods",)),
    Kind(Family.OFFICE, f"{_ODF}presentation", b"", ("odp",)),
)  # fmt: skip
BY_ENDING: Mapping[str, Kind] = {ending: kind for kind in KINDS for ending in kind.endings}
ENDINGS = ", ".join(BY_ENDING)
# What else a content of this type may be called: a picture that moves, and is opened as any other.
ALSO = {"image/png": ("image/apng",)}


def recognise(path: Path, name: str) -> Kind:
    """What the file at `path` is; raises BadFile where it is not taken, or not what its name says.

    Documents are looked into, see `archives`; pictures are opened by `pictures` afterwards.
    """
    ending, size = ending_of(name), path.stat().st_size
    if size == 0:
        raise BadFile(_("The file is empty."))
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, size - TAIL))
        tail = file.read()
    kind = _named(path, head, ending)
    if not _begins_as(head, kind):
        raise _other_content(path, head, ending)
    if kind.family is Family.OFFICE:
        check_office(path, kind.media_type, kind.mark)
        return kind
    if kind.family is Family.PDF and (b"startxref" not in tail or b"%%EOF" not in tail):
        raise BadFile(_("The PDF is damaged: its end is missing. Save it again and send it once more."))
    _refuse_two_in_one(path, head, tail, kind)
    if kind.family is Family.PDF:
        refuse_locked_pdf(path)
    return kind


def _named(path: Path, head: bytes, ending: str) -> Kind:
    """The kind that the name says; where that is none, what to do with a file of this content and this ending."""
    if kind := BY_ENDING.get(ending):
        return kind
    if found := _taken_content(path, head, ending):
        raise BadFile(_rename(ending, found))
    if is_from_camera(head):
        raise BadFile(CAMERA_PICTURE)
    raise BadFile(not_taken(ending) or _("Files of this type are not taken. These are: {endings}.", endings=ENDINGS))


def _taken_content(path: Path, head: bytes, ending: str) -> str:
    """The ending that a file of this content would be taken with; empty where there is none.

    A document with macros or within an archive is not made another one by its name.
    """
    if ending in (*WITH_MACROS, *ARCHIVES):
        return ""
    found = filetype.guess_extension(head) or ""
    found = "png" if found == "apng" else "pdf" if not found and b"%PDF-" in head[:PDF_HEADER_WITHIN] else found
    kind = BY_ENDING.get(found)
    if kind and kind.family is Family.OFFICE:
        try:
            check_office(path, kind.media_type, kind.mark)
        except BadFile:
            return ""
    return found if kind else ""


def _rename(ending: str, found: str) -> Sentence:
    if not ending:
        return _("The name of the file has no ending. Add .{found} to it and send it again.", found=found)
    return _("The name says .{ending}, but the content is .{found}. Change the end of the name and send it again.",
             ending=ending, found=found)  # fmt: skip


def _begins_as(head: bytes, kind: Kind) -> bool:
    if kind.family is Family.OFFICE:
        return head.startswith(ZIP)
    if kind.family is Family.PDF:
        return kind.mark in head[:PDF_HEADER_WITHIN]
    return head.startswith(kind.mark) and filetype.guess_mime(head) in (kind.media_type, *ALSO.get(kind.media_type, ()))


def _other_content(path: Path, head: bytes, ending: str) -> BadFile:
    """What the content is instead; a type that is another spelling of the named one is never given as the reason."""
    named = BY_ENDING[ending]
    if head.startswith(OLD_OFFICE) and named.family is Family.OFFICE:
        return BadFile(old_container(path))
    if is_from_camera(head):
        return BadFile(CAMERA_PICTURE)
    extension = filetype.guess_extension(head)
    if extension is None or BY_ENDING.get(extension) is named:
        return BadFile(_("The name says .{ending}, but the content is not of this type.", ending=ending))
    if extension in BY_ENDING:
        return BadFile(_rename(ending, extension))
    return BadFile(_("The name says .{ending}, but the content is .{found}. Files of that type are not taken.",
                     ending=ending, found=extension))  # fmt: skip


def _refuse_two_in_one(path: Path, head: bytes, tail: bytes, kind: Kind) -> None:
    """A file that is two things at once is made to be taken for the other one somewhere."""
    if kind.family is Family.PDF:
        start = head.index(kind.mark)
        where = head[: start + PDF_HEADER_WITHIN].lower()
        other = head.startswith(PROGRAM_HEADS) or filetype.guess_mime(head) not in (None, kind.media_type)
        foreign = start > 0 and other
    else:
        where, foreign = head.lower() + tail.lower(), b"%PDF-" in head
    if foreign or any(mark in where for mark in ACTIVE) or zipfile.is_zipfile(path):
        raise BadFile(_("The file is two things at once: something else is hidden in it. Save it anew and send that."))
