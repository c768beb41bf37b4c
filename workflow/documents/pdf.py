"""A document as a PDF: tagged (PDF/UA-1), with a bookmark for each heading."""

from pathlib import Path
from typing import Any

from workflow.base.calendar import WARSAW
from workflow.base.i18n import _, say
from workflow.base.typesetting import typeset
from workflow.documents.blocks import Block, Grid, Heading, Items, Paragraph, Text

TEMPLATE = Path(__file__).with_name("document.typ")
# Without a blank a line of a table could only run over its edge.
EMPTY = "–"


def pdf_of(text: Text, *, mark: bytes | None = None) -> bytes:
    """The PDF, with the mark of the office (a PNG) above its title; the same text and mark give the same bytes."""
    day = text.at.astimezone(WARSAW)
    value = {
        "title": text.title, "issuer": text.issuer, "language": text.language, "draft": text.draft,
        "date": [day.year, day.month, day.day], "page": say(_("page"), text.language),
        "blocks": [_plain(block) for block in text.blocks], "mark": list(mark) if mark else None,
    }  # fmt: skip
    return typeset(TEMPLATE, "document", value, at=text.at)


def _plain(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            return {"kind": "paragraph", "text": block.text, "strong": block.strong, "apart": block.apart}
        case Items():
            return {"kind": "items", "lines": list(block.lines), "numbered": block.numbered}
        case Grid():
            return {
                "kind": "grid", "columns": list(block.columns), "widths": list(block.shares),
                "numbers": [n in block.numbers for n in range(len(block.columns))],
                "rows": [[cell or EMPTY for cell in row] for row in block.rows],
            }  # fmt: skip
