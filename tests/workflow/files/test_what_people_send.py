"""Files as people have them: what opens elsewhere is taken, what could not be opened is refused with the remedy."""

import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.workflow.lifecycle import documents
from workflow.files.content_types import BY_ENDING
from workflow.files.not_taken import REMEDIES
from workflow.files.storage import receive
from workflow.rules.file_limits import BadFile

# The number of the mark by which a camera says how it was held.
ORIENTATION = 0x0112
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PASSWORD_OF_OFFICE = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512)
HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)
JOB = b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n"
# Begins as no other kind of file and holds nothing that a browser would run.
BEFORE = st.binary(max_size=900).map(lambda noise: b"\n" + noise.translate(None, b"<%PMZ#\x7f"))
CONTENTS = (
    b"", b"x", b"%PDF-1.4", b"\xef\xbb\xbf%PDF-1.7\n", documents.PDF, JOB + documents.PDF, documents.picture(),
    documents.picture("PNG"), documents.picture("WEBP"), documents.picture("GIF"), documents.picture("TIFF"),
    documents.picture("BMP"), documents.docx(), documents.odt(), documents.zipped({"a.txt": b"x"}), OLE,
    PASSWORD_OF_OFFICE, HEIC, b"Rar!\x1a\x07\x00", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP",
)  # fmt: skip


def refusal(content: bytes, name: str, language: str = "en") -> str:
    """The reason why a file is refused; empty where it is taken."""
    with TemporaryDirectory() as folder:
        try:
            receive(Path(folder), BytesIO(content), name)
        except BadFile as refused:
            return refused.missing[0].say(language)
    return ""


def locked_pdf(user: str, owner: str, algorithm: str) -> bytes:
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt(user, owner, algorithm=algorithm)
    writer.write(out)
    return out.getvalue()


@settings(max_examples=60)
@given(BEFORE)
def test_a_pdf_with_bytes_before_its_header_is_taken(before: bytes) -> None:
    assert refusal(before + documents.PDF, "skan.pdf") == ""


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", JOB, b"\x00" * 20, b" " * 1019])
def test_a_pdf_of_a_scanner_or_printer_is_taken(before: bytes) -> None:
    assert refusal(before + documents.PDF, "skan.pdf") == ""


@pytest.mark.parametrize("before", [
    documents.picture(), documents.picture("PNG"), documents.zipped({"a.js": b"x"}), b"MZ\x90\x00" + bytes(60),
    b"#!/bin/sh\n", b"\x7fELF", b"<!DOCTYPE html><p>", b"\n<ScRiPt>", b"GIF89a",
], ids=["jpeg", "png", "zip", "exe", "script", "elf", "html", "javascript", "gif"])  # fmt: skip
def test_what_begins_as_something_else_is_no_pdf(before: bytes) -> None:
    assert refusal(before[:900] + documents.PDF, "skan.pdf")


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_that_asks_for_a_password_is_refused_with_the_remedy(algorithm: str) -> None:
    assert "has a password" in refusal(locked_pdf("tajne", "szef", algorithm), "umowa.pdf")
    assert "ma hasło" in refusal(JOB + locked_pdf("tajne", "szef", algorithm), "umowa.pdf", "pl")


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_that_only_forbids_printing_is_taken(algorithm: str) -> None:
    content = locked_pdf("", "szef", algorithm)
    assert PdfReader(BytesIO(content)).is_encrypted
    assert refusal(content, "umowa.pdf") == ""


def test_a_pdf_that_only_speaks_of_encryption_is_taken() -> None:
    assert refusal(documents.PDF.replace(b"endobj", b"(/Encrypt 9 0 R)endobj"), "umowa.pdf") == ""


@pytest.mark.parametrize("name", ["list.docx", "kosztorys.xlsx", "pokaz.pptx"])
def test_an_office_document_with_a_password_is_refused_with_the_remedy(name: str) -> None:
    assert "take the password away" in refusal(PASSWORD_OF_OFFICE, name)


def test_an_archive_is_refused_with_what_to_send_instead() -> None:
    assert "Unpack it, with its password if it has one" in refusal(documents.zipped({"a.txt": b"x"}), "papiery.zip")


@pytest.mark.parametrize("name", ["IMG_0042.HEIC", "IMG_0042.jpg", "IMG_0042.JPEG", "zdjecie.png", "skan.pdf"])
def test_a_picture_in_the_format_of_a_telephone_is_told_how_to_come(name: str) -> None:
    assert "Send it as JPG" in refusal(HEIC, name)


@pytest.mark.parametrize("name", ["IMG_0042.JPG", "IMG_0042.Jpeg", "image.jfif"])
def test_a_picture_straight_from_a_telephone_is_taken(name: str) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + bytes(3000)
    assert refusal(documents.picture(size=(4032, 3024)), name) == ""
    assert refusal(documents.picture() + film, name) == "", "a picture that moves"


@pytest.mark.parametrize("ending", [ending for endings in REMEDIES for ending in endings])
def test_each_kind_that_is_not_taken_is_told_what_to_send_instead(ending: str) -> None:
    assert ending not in BY_ENDING
    assert re.search(r"[Ss]ave|[Ss]end", refusal(b"x", f"plik.{ending}"))


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
def test_a_picture_of_several_or_in_the_colours_of_printing_or_turned_by_the_camera_is_taken(mode: str) -> None:
    several, turned, about = BytesIO(), BytesIO(), Image.Exif()
    picture, about[ORIENTATION] = Image.new(mode, (64, 48)), 6
    picture.convert("RGB").save(several, "MPO", save_all=True, append_images=[picture.convert("RGB")])
    picture.save(turned, "JPEG", exif=about.tobytes())
    assert refusal(several.getvalue(), "IMG_0042.JPG") == ""
    assert refusal(turned.getvalue(), "IMG_0042.JPG") == ""


def test_a_png_that_moves_is_taken_as_a_png() -> None:
    out, first = BytesIO(), Image.new("RGB", (64, 48))
    first.save(out, "PNG", save_all=True, append_images=[Image.new("RGB", (64, 48), "red")])
    assert refusal(out.getvalue(), "plan.png") == ""


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (documents.PDF, "umowa", "pdf"),
        (documents.PDF, "Protokół z 12.10.2026", "pdf"),
        (documents.picture(), "IMG_0042.HEIC", "jpg"),
        (documents.picture(), "DSC_1.mpo", "jpg"),
        (documents.docx(), "pismo.doc", "docx"),
        (documents.picture("WEBP"), "zdjecie.avif", "webp"),
    ],
)
def test_what_would_be_taken_under_another_name_is_told_that_name(content: bytes, name: str, found: str) -> None:
    reason = refusal(content, name)
    assert f"Add .{found} to it" in reason or f"the content is .{found}. Change the end" in reason
    assert refusal(content, f"{name}.{found}") == ""


def test_a_picture_of_a_telephone_without_an_ending_is_told_how_to_come() -> None:
    assert "Send it as JPG" in refusal(HEIC, "IMG_0042")


ANY_ENDING = ["", "exe", "2026", "mpo", *BY_ENDING, *(ending for endings in REMEDIES for ending in endings)]


@settings(max_examples=80)
@given(st.sampled_from(CONTENTS), st.sampled_from(ANY_ENDING))
def test_whoever_changes_the_name_as_told_is_not_told_to_change_it_again(content: bytes, ending: str) -> None:
    reason = refusal(content, f"plik.{ending}" if ending else "plik")
    if told := re.search(r"Add \.(\w+) to it|content is \.(\w+)\. Change", reason):
        assert "content is" not in refusal(content, f"plik.{told[1] or told[2]}")


@settings(max_examples=60)
@given(st.sampled_from(CONTENTS), st.binary(max_size=16), st.sampled_from(sorted(BY_ENDING)), st.booleans())
def test_a_reason_never_contradicts_itself(content: bytes, more: bytes, ending: str, upper: bool) -> None:
    name = f"plik.{ending.upper() if upper else ending}"
    for given_content in (content, more + content, content + more):
        reason = refusal(given_content, name)
        said = re.search(r"The name says \.(\w+), but the content is \.(\w+)", reason)
        if said:
            named, found = (BY_ENDING.get(word) for word in said.groups())
            assert named is not found, reason
        assert "damaged" not in reason or "has a password" not in reason
