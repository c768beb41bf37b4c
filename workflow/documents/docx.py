"""A document for a word processor: headings, lists and tables as such, so that it can be read and gone through."""

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workflow.documents.blocks import Block, Grid, Heading, Items, Paragraph, Text

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.table import Table as DocxTable
    from docx.text.paragraph import Paragraph as DocxParagraph

LOCALES = {"pl": "pl-PL", "en": "en-GB"}


def docx_of(text: Text) -> bytes:
    """The DOCX; the same text gives the same bytes."""
    # Loaded when the first one is made: few processes ever do it.
    import docx

    document = docx.Document()
    _describe(document, text)
    document.add_heading(text.title, level=1)
    said = text.title
    for block in text.blocks:
        _add(document, block, said)
        said = block.text if isinstance(block, Heading) else ""
    made = BytesIO()
    document.save(made)
    return _dated(made.getvalue(), text.at)


def _describe(document: "Docx", text: Text) -> None:
    """Title, language, paper, and the line on top of every page."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    about = document.core_properties
    about.title, about.author, about.language = text.title, text.issuer, LOCALES[text.language]
    about.created = about.modified = text.at.replace(tzinfo=None, microsecond=0)
    about.last_modified_by, about.comments, about.revision = text.issuer, "", 1
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.header.paragraphs[0].text = f"{text.issuer} · {text.draft}" if text.draft else text.issuer
    section.footer.paragraphs[0].text = f"{text.title}\t\t"
    _number_pages(section.footer.paragraphs[0])
    language = document.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:val"), LOCALES[text.language])


def _number_pages(line: "DocxParagraph") -> None:
    """Put the number of each page at the end of a line."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)


def _add(document: "Docx", block: Block, heading: str) -> None:
    """Add a block; a table whose caption is the heading right above it says it once."""
    match block:
        case Heading():
            document.add_heading(block.text, level=block.level)
        case Paragraph():
            for line in filter(str.strip, block.text.split("\n")):
                document.add_paragraph().add_run(line).bold = block.strong or None
        case Items():
            for number, line in enumerate(block.lines, start=1):
                # Numbers as text: a list of its own would go on counting where the one before it ended.
                style = "List Paragraph" if block.numbered else "List Bullet"
                document.add_paragraph(f"{number}. {line}" if block.numbered else line, style=style)
        case Grid():
            if block.caption != heading:
                document.add_paragraph(block.caption, style="Caption")
            _add_grid(document, block)


def _add_grid(document: "Docx", grid: Grid) -> None:
    from docx.oxml import OxmlElement

    table = document.add_table(rows=1, cols=len(grid.columns), style="Table Grid")
    head = table.rows[0]
    for cell, label in zip(head.cells, grid.columns, strict=True):
        cell.paragraphs[0].add_run(label).bold = True
    # Says that the row is a header, to screen readers and at the top of each further page.
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in grid.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value or "–"
    _lay_out(document, table, grid)
    document.add_paragraph()


def _lay_out(document: "Docx", table: "DocxTable", grid: Grid) -> None:
    """Columns as wide as their shares of the line, numbers to the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    section = document.sections[0]
    line = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    table.autofit = False
    for place, share in enumerate(grid.shares):
        width = line * share // sum(grid.shares)
        table.columns[place].width = width
        for cell in table.columns[place].cells:
            cell.width = width
            if place in grid.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _dated(content: bytes, at: datetime) -> bytes:
    """The same archive with one moment for all its parts, in place of the moment of writing."""
    moment = max(at, datetime(1980, 1, 1, tzinfo=at.tzinfo)).timetuple()[:6]
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = ZipInfo(name, moment)
            part.compress_type = ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return made.getvalue()
