"""Small files as people and attackers make them, built in memory."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from PIL import Image

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TEXT = "application/vnd.oasis.opendocument.text"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "#2a6f6f").save(out, kind, **more)
    return out.getvalue()


def zipped(entries: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """An archive with these entries, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(main: str = WORD, **more: bytes) -> dict[str, bytes]:
    """The entries of a text document."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    return {"[Content_Types].xml": types.encode(), "_rels/.rels": b"<x/>", "word/document.xml": b"<w/>"} | more


def docx(extra: Mapping[str, bytes] | None = None, main: str = WORD) -> bytes:
    """A text document with more entries in it."""
    return zipped(word(main) | dict(extra or {}))


def odt(extra: Mapping[str, bytes] | None = None, manifest: bytes = b"<manifest/>") -> bytes:
    """A text document of the open format."""
    entries = {"mimetype": TEXT.encode(), "META-INF/manifest.xml": manifest, "content.xml": b"<office/>"}
    return zipped(entries | dict(extra or {}))
