"""The template of a correction note: which minutes it corrects, and how."""

from collections.abc import Iterator

from workflow.base.i18n import Sentence, _
from workflow.documents.blocks import Block, Paragraph
from workflow.documents.wording import Data, heading, particulars, said
from workflow.rules.bodies import BODIES


def title(data: Data) -> Sentence:
    """What the note is called."""
    return _("Correction no. {number} of the minutes of meeting no. {meeting}", number=data["number"],
             meeting=data["meeting"])  # fmt: skip


def blocks(data: Data) -> Iterator[Block]:
    """What it corrects, and the correction."""
    rows = [
        (_("Body"), said(BODIES[data["body"]])), (_("Corrects minutes of meeting"), str(data["meeting"])),
        (_("Version"), str(data["version"])), (_("Control code of the minutes"), data["digest"]),
        (_("Written by"), data["author"]),
    ]  # fmt: skip
    yield particulars(_("What is corrected"), rows)
    yield heading(_("Correction"))
    yield Paragraph(data["text"])
