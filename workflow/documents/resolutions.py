"""The template of a resolution: what was decided, why, by whom and with which votes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from workflow.base.i18n import Sentence, _, format_date, say
from workflow.documents.blocks import Block, Grid, Heading, Paragraph, pairs
from workflow.documents.minutes import decided, vote_blocks
from workflow.rules.bodies import BODIES, FUNCTIONS
from workflow.rules.documents import LANGUAGE

Data = Mapping[str, Any]


def _say(sentence: Sentence) -> str:
    return say(sentence, LANGUAGE)


def title(data: Data) -> Sentence:
    """What the resolution is called."""
    return _("Resolution no. {number}/{year}: {body}", number=data["number"], year=data["year"],
             body=BODIES[data["body"]])  # fmt: skip


def blocks(data: Data) -> Iterator[Block]:
    """The head, the wording, decisions with their reasons, the vote, the committee."""
    adopted = format_date(date.fromisoformat(data["adopted_on"]), LANGUAGE)
    rows = [
        (_("Body"), _say(BODIES[data["body"]])), (_("Edition"), data["edition"]), (_("Adopted on"), adopted),
        (_("Number of the meeting"), str(data["meeting"])), (_("Chaired by"), data["chair"]),
    ]  # fmt: skip
    labels = (_say(_("What")), _say(_("Text")))
    yield pairs(_say(_("Resolution")), labels, [(_say(label), text) for label, text in rows])
    yield Heading(_say(_("Wording of the resolution")))
    yield Paragraph(data["wording"], strong=True)
    yield decided(data["items"])
    yield from vote_blocks(data["figures"], data["poll"])
    yield from committee(data["seats"])


def committee(seats: Sequence[Data]) -> Iterator[Block]:
    """Who sat in the body that day: name, function, sector, organisation; members act publicly."""
    yield Heading(_say(_("Composition of the body")))
    columns = [_say(label) for label in (_("Person"), _("Function"), _("Sector"), _("Organisation"))]
    rows = [(seat["name"], _say(FUNCTIONS[seat["function"]]), seat["sector"], seat["organisation"]) for seat in seats]
    yield Grid(_say(_("Composition of the body")), columns, rows, widths=(4, 4, 3, 4))
