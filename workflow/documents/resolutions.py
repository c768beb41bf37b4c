"""The template of a resolution: what was decided, why, by whom and with which votes."""

from collections.abc import Iterator, Sequence

from workflow.base.i18n import Sentence, _
from workflow.documents.blocks import Block, Paragraph
from workflow.documents.minutes import decided, vote_blocks
from workflow.documents.wording import Data, day, heading, particulars, said, table
from workflow.rules.bodies import BODIES, FUNCTIONS


def title(data: Data) -> Sentence:
    """What the resolution is called."""
    return _("Resolution no. {number}/{year}: {body}", number=data["number"], year=data["year"],
             body=BODIES[data["body"]])  # fmt: skip


def blocks(data: Data) -> Iterator[Block]:
    """The head, the wording, decisions with their reasons, the vote, the committee."""
    rows = [
        (_("Body"), said(BODIES[data["body"]])), (_("Edition"), data["edition"]),
        (_("Adopted on"), day(data["adopted_on"])), (_("Number of the meeting"), str(data["meeting"])),
        (_("Chaired by"), data["chair"]),
    ]  # fmt: skip
    yield particulars(_("Resolution"), rows)
    yield heading(_("Wording of the resolution"))
    yield Paragraph(data["wording"], strong=True)
    yield decided(data["items"])
    yield from vote_blocks(data["figures"], data["poll"])
    yield from committee(data["seats"])


def committee(seats: Sequence[Data]) -> Iterator[Block]:
    """Who sat in the body that day: name, function, sector, organisation; members act publicly."""
    yield heading(_("Composition of the body"))
    columns = (_("Person"), _("Function"), _("Sector"), _("Organisation"))
    rows = [(seat["name"], said(FUNCTIONS[seat["function"]]), seat["sector"], seat["organisation"]) for seat in seats]
    yield table(_("Composition of the body"), columns, rows, widths=(4, 4, 3, 4))
