"""The same blocks as a page, a PDF and a DOCX: the same lines, tagged, with bookmarks, the same bytes each time."""

from datetime import UTC, datetime
from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from workflow.documents.blocks import Grid, Heading, Items, Paragraph, Text
from workflow.documents.docx import docx_of
from workflow.documents.html import html_of
from workflow.documents.pdf import pdf_of
from workflow.documents.store import RENDERERS

AT = datetime(2026, 9, 14, 8, 0, 0, 123_456, tzinfo=UTC)
BLOCKS = (
    Heading("Obecność"), Paragraph("Zażółcić gęślą jaźń."), Items(("Otwarcie", "Wybór"), numbered=True),
    Items(("Żaden",)), Heading("Głosowanie", level=3), Paragraph("Uchwałę podjęto.", strong=True),
    Grid("Głosy imienne", ("Osoba", "Głos"), (("Łucja Żak", "za"), ("Ćma <b>", "")), widths=(3, 1)),
)  # fmt: skip
TEXT = Text("Protokół z posiedzenia nr 1", "Edycja 2027", BLOCKS, AT)
LINES = ("Protokół z posiedzenia nr 1", "Obecność", "Zażółcić gęślą jaźń.", "Otwarcie", "Wybór", "Żaden", "Głosowanie",
         "Uchwałę podjęto.", "Osoba", "Łucja Żak", "za")  # fmt: skip


def words_of_pdf(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def words_of_docx(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(one.text for one in document.paragraphs), *cells])


@pytest.mark.parametrize("form", list(RENDERERS))
def test_every_rendering_holds_the_same_lines(form: str) -> None:
    content = RENDERERS[form](TEXT)
    read = {"pdf": words_of_pdf, "docx": words_of_docx, "html": lambda given: given.decode()}[form]
    for line in LINES:
        assert line in read(content), line


def test_the_pdf_is_tagged_and_has_a_bookmark_for_each_heading() -> None:
    reader = PdfReader(BytesIO(pdf_of(TEXT)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a value of the PDF, not the word
    assert root["/Lang"] == "pl"
    title, sections = reader.outline
    assert title["/Title"] == TEXT.title
    assert [one["/Title"] for one in sections if isinstance(one, dict)] == ["Obecność"]


def test_the_docx_has_real_headings_and_a_header_row_in_every_table() -> None:
    document = docx.Document(BytesIO(docx_of(TEXT)))
    headings = [(one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings == [("Heading 1", TEXT.title), ("Heading 2", "Obecność"), ("Heading 3", "Głosowanie")]
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)
    assert document.core_properties.language == "pl-PL"


def test_nothing_that_was_typed_becomes_markup_of_the_page() -> None:
    page = html_of(Text("<script>", "Ćma & syn", (Paragraph("<img src=x>"), *BLOCKS), AT)).decode()
    assert "<script>" not in page
    assert "<img" not in page
    assert "Ćma &lt;b&gt;" in page


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_any_text_can_be_rendered_and_gives_the_same_bytes_each_time(title: str, line: str) -> None:
    text = Text(title or "–", "Edycja", (Paragraph(line), Items((line,)), Grid(line, ("A", "B"), ((line, title),))), AT)
    for form in ("html", "pdf"):
        assert RENDERERS[form](text) == RENDERERS[form](text)


def test_the_archive_of_a_docx_keeps_no_moment_of_its_making() -> None:
    assert docx_of(TEXT) == docx_of(TEXT)


def test_a_draft_says_so_on_every_page() -> None:
    draft = Text(TEXT.title, TEXT.issuer, BLOCKS, AT, draft="wersja robocza")
    assert "wersja robocza" in words_of_pdf(pdf_of(draft))
    assert "wersja robocza" in html_of(draft).decode()
    assert "wersja robocza" not in words_of_pdf(pdf_of(TEXT))
