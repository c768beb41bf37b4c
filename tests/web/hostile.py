"""Files as attackers make them: each with the name under which it comes and a word of the reason it is refused for."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.workflow.lifecycle import documents
from workflow.rules.file_limits import LARGEST_FILE

MEGABYTE = 2**20
PROGRAM = b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00" + bytes(400)
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@dataclass(frozen=True)
class Hostile:
    """One file: how it is made, how it is called, what the refusal says."""

    called: str
    make: Callable[[], bytes]
    reason: str


def is_(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def png(width: int, height: int, *, rows: bytes = b"") -> bytes:
    """A picture that claims a size which it does not have."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """A document of a few kilobytes that unpacks to 150 MB."""
    return documents.docx({"word/media/image1.bmp": bytes(150 * MEGABYTE)})


def many_small_bombs() -> bytes:
    """No entry stands out, and together they fill a disk."""
    return documents.docx({f"word/media/{number}.bin": bytes(MEGABYTE - 1) for number in range(210)})


def lying_size() -> bytes:
    """An entry that says that it is small and is not."""
    content = bytearray(documents.docx({"word/media/big.bin": bytes(MEGABYTE // 2)}))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rfind(mark, 0, content.rfind(b"word/media/big.bin") if mark == b"PK\x01\x02" else None)
        content[at + offset : at + offset + 4] = struct.pack("<I", 10)
    return bytes(content)


def overlapping() -> bytes:
    """Two entries of the table of contents share the same bytes."""
    out = io.BytesIO(documents.docx({"word/media/a.bin": b"a" * 40}))
    with zipfile.ZipFile(out, "a") as archive:
        twin = zipfile.ZipInfo("word/media/b.bin")
        first = archive.getinfo("word/media/a.bin")
        for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
            setattr(twin, name, getattr(first, name))
        archive.filelist.append(twin)
        archive.NameToInfo[twin.filename] = twin
        archive._didModify = True
    return out.getvalue()


def entry(name: str, content: bytes = b"x", **marks: int) -> Callable[[], bytes]:
    """A document with one more entry, whose marks in the archive are set by hand."""

    def make() -> bytes:
        out = io.BytesIO(documents.docx())
        with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            info = zipfile.ZipInfo(name)
            for mark, value in marks.items():
                setattr(info, mark, value)
            archive.writestr(info, content)
        return out.getvalue()

    return make


def encrypted() -> bytes:
    """The flag of a password on an entry."""
    content = bytearray(documents.docx())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.rfind(mark)
        content[at + offset] |= 1
    return bytes(content)


MACRO = documents.WORD.replace("openxmlformats-officedocument.wordprocessingml", "ms-word").replace(
    "document.main", "document.macroEnabled.main"
)
TOO_LONG, HIDDEN, SLASH, SIGNS = "Nazwa pliku jest za długa", "ukryte znaki", "ukośnik", "jeden ze znaków"
OTHER, TYPES, TWO, DAMAGED = (
    "Plik nie jest prawdziwym|Plik ma nazwę|Nazwa kończy się na",
    "Nie przyjmujemy plików tego rodzaju",
    "ukryty drugi plik",
    "uszkodzon",
)
OUT, MACROS, WINDOWS, DOTS = "uszkodzony albo niebezpieczny", "makra", "nie można użyć w systemie Windows", "kropką"
pdf = is_(documents.PDF)
FILES = (
    # What it is not.
    Hostile("umowa.pdf", is_(PROGRAM), OTHER),
    Hostile("umowa.pdf", is_(HTML), OTHER),
    Hostile("umowa.pdf", is_(documents.picture()), OTHER),
    Hostile("zdjecie.jpg", is_(SVG), OTHER),
    Hostile("zdjecie.jpg", pdf, OTHER),
    Hostile("zdjecie.png", is_(b"\x89PNG\r\n\x1a\n"), "Plik nie jest prawdziwym|Plik ma nazwę|Nazwa kończy się na|uszkodzon"),
    Hostile("list.docx", is_(PROGRAM), OTHER),
    Hostile("list.docx", is_(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)), "ma hasło"),
    Hostile("list.docx", is_(documents.zipped({"a.txt": b"x"})), "na który wskazuje jego nazwa"),
    Hostile("list.docx", is_(documents.odt()), "na który wskazuje jego nazwa"),
    Hostile("pusty.pdf", is_(b""), "Plik jest pusty"),
    # What is not taken at all.
    Hostile("strona.html", is_(HTML), TYPES),
    Hostile("rysunek.svg", is_(SVG), TYPES),
    Hostile("program.js", is_(b"alert(1)"), TYPES),
    Hostile("program.exe", is_(PROGRAM), TYPES),
    Hostile("umowa.pdf.exe", pdf, OTHER),
    Hostile("animacja.gif", is_(b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)"), TYPES),
    Hostile("archiwum.zip", is_(documents.zipped({"a.txt": b"x"})), TYPES),
    Hostile("bez-koncowki", pdf, "nie ma końcówki"),
    Hostile("list.docm", is_(documents.docx({"word/vbaProject.bin": b"x"})), MACROS[:4]),
    Hostile("list.doc", is_(b"\xd0\xcf\x11\xe0" + bytes(512)), "starym formacie"),
    # Two things at once.
    Hostile("zdjecie.jpg", lambda: documents.picture() + HTML, TWO),
    Hostile("zdjecie.jpg", lambda: documents.picture() + documents.zipped({"a.js": b"x"}), TWO),
    Hostile("zdjecie.png", lambda: documents.picture("PNG") + b"<?php system($_GET['x']);", TWO),
    Hostile("list.pdf", lambda: documents.PDF + documents.zipped({"a.class": b"x"}), "ukryty drugi plik|uszkodzon"),
    Hostile("list.pdf", lambda: documents.PDF.replace(b"1 0 obj", b"<script>alert(1)</script>"), TWO),
    # Broken.
    Hostile("zdjecie.jpg", lambda: documents.picture(quality=95, size=(900, 900))[:2000], DAMAGED),
    Hostile("zdjecie.png", lambda: documents.picture("PNG")[:-30], DAMAGED),
    Hostile("list.pdf", is_(documents.PDF[:40]), DAMAGED),
    Hostile("list.docx", lambda: documents.docx()[:-40], DAMAGED),
    # Too much.
    Hostile("wielkie.png", is_(png(50_000, 50_000)), "Obraz jest za duży"),
    Hostile("dlugie.png", is_(png(30_000, 10, rows=bytes(10))), "Obraz jest za duży"),
    Hostile("klamstwo.png", is_(png(2000, 2000, rows=bytes(50))), DAMAGED),
    Hostile("duzy.pdf", lambda: documents.PDF + bytes(LARGEST_FILE), "Plik jest za duży"),
    Hostile("bomba.docx", bomb, "wielokrotnie większy"),
    Hostile("bomby.docx", many_small_bombs, "wielokrotnie większy"),
    Hostile("klamie.docx", lying_size, DAMAGED),
    Hostile("naklada.docx", overlapping, DAMAGED),
    Hostile("wpisy.docx", lambda: documents.docx({f"{n}": b"" for n in range(3001)}), "wielokrotnie większy"),
    # What lies inside.
    Hostile("gniazdo.docx", is_(documents.docx({"word/media/a.zip": documents.zipped({"b": b"x"})})), "zawierają archiwum"),
    Hostile("gniazda.docx", lambda: documents.docx({"word/embeddings/a.xlsx": documents.zipped(
        {"b.zip": documents.zipped({"c": b"x"})})}), "zawierają archiwum"),
    Hostile("makra.docx", is_(documents.docx({"word/vbaProject.bin": b"x"})), MACROS),
    Hostile("makra.docx", is_(documents.docx(main=MACRO)), MACROS),
    Hostile("obiekt.docx", is_(documents.docx({"word/embeddings/oleObject1.bin": b"x"})), MACROS),
    Hostile("makra.odt", is_(documents.odt({"Basic/Standard/Module1.xml": b"x"})), MACROS),
    Hostile("haslo.odt", is_(documents.odt(manifest=b"<x><encryption-data/></x>")), "zaszyfrowany"),
    Hostile("program.docx", is_(documents.docx({"word/media/a.exe": b"x"})), "zawierają program"),
    Hostile("program.docx", is_(documents.docx({"word/media/a.png": PROGRAM})), "zawierają program"),
    Hostile("slip.docx", entry("../../../etc/cron.d/x"), OUT),
    Hostile("slip.docx", entry("/etc/passwd"), OUT),
    Hostile("slip.docx", entry("word\\..\\..\\x"), OUT),
    Hostile("slip.docx", entry("C:/Windows/x"), OUT),
    Hostile("glebia.docx", entry("/".join("abcdefghijklmno")), OUT),
    Hostile("link.docx", entry("word/link", b"/etc/passwd", external_attr=0o120777 << 16), OUT),
    Hostile("haslo.docx", encrypted, "zaszyfrowany"),
    Hostile("dwa.docx", entry("WORD/document.xml"), DAMAGED),
    Hostile("bzip.docx", entry("word/a", compress_type=zipfile.ZIP_BZIP2), DAMAGED),
    # How it is called.
    Hostile("../../etc/passwd.pdf", pdf, SLASH),
    Hostile("..\\..\\boot.pdf", pdf, SLASH),
    Hostile("/etc/passwd.pdf", pdf, SLASH),
    Hostile("umowa\u202efdp.exe.pdf", pdf, HIDDEN),
    Hostile("a\r\nSet-Cookie: x=1.pdf", pdf, HIDDEN),
    Hostile("a\x1bb.pdf", pdf, HIDDEN),
    Hostile("a\u200bb.pdf", pdf, HIDDEN),
    Hostile("a\x00.pdf", pdf, HIDDEN),
    Hostile("CON.pdf", pdf, WINDOWS),
    Hostile("lpt1.umowa.pdf", pdf, WINDOWS),
    Hostile("umowa.pdf:tajne.pdf", pdf, SIGNS),
    Hostile("<b>a</b>.pdf", pdf, "ukośnik|jeden ze znaków"),
    Hostile(".pdf", pdf, DOTS),
    Hostile("umowa.pdf.", pdf, DOTS),
    Hostile("a" * 200 + ".pdf", pdf, TOO_LONG),
)  # fmt: skip
