"""The template of a correction note: which minutes it corrects, and how."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.base.i18n import Sentence, _, say
from workflow.documents.blocks import Block, Heading, Paragraph, pairs
from workflow.rules.bodies import BODIES
from workflow.rules.documents import LANGUAGE


def title(data: Mapping[str, Any]) -> Sentence:
    """What the note is called."""
    return _("Correction no. {number} of the minutes of meeting no. {meeting}", number=data["number"],
             meeting=data["meeting"])  # fmt: skip


def blocks(data: Mapping[str, Any]) -> Iterator[Block]:
    """What it corrects, and the correction."""
    rows = [
        (_("Body"), say(BODIES[data["body"]], LANGUAGE)), (_("Corrects minutes of meeting"), str(data["meeting"])),
        (_("Version"), str(data["version"])), (_("Control code of the minutes"), data["digest"]),
        (_("Written by"), data["author"]),
    ]  # fmt: skip
    labels = (say(_("What"), LANGUAGE), say(_("Text"), LANGUAGE))
    yield pairs(say(_("What is corrected"), LANGUAGE), labels, [(say(name, LANGUAGE), text) for name, text in rows])
    yield Heading(say(_("Correction"), LANGUAGE))
    yield Paragraph(data["text"])
