"""The templates of a partnership agreement: its text with annexes, and the certificate with the list of partners."""

from collections.abc import Iterator

from workflow.base.i18n import Sentence, _
from workflow.documents.blocks import Block, Paragraph
from workflow.documents.wording import Data, day, heading, paragraph, particulars, said, table
from workflow.rules.agreement import WAYS_OF_SIGNING, SignedBy


def title(data: Data) -> Sentence:
    """What the text is called: as the agreement itself."""
    return Sentence("{title}", {"title": data["title"]})


def blocks(data: Data) -> Iterator[Block]:
    """The text as it was written, paragraph by paragraph, then its annexes."""
    if data["purpose"]:
        yield paragraph(_("Purpose: {purpose}", purpose=data["purpose"]))
    if data["valid_until"]:
        yield paragraph(_("Valid until {day}.", day=day(data["valid_until"])))
    yield from _paragraphs(data["text"])
    for number, annex in enumerate(data["annexes"], start=1):
        yield heading(_("Annex {number}: {title}", number=number, title=annex["title"]))
        yield from _paragraphs(annex["text"])


def _paragraphs(text: str) -> Iterator[Block]:
    yield from (Paragraph(part.strip()) for part in text.split("\n\n") if part.strip())


def certificate_title(_data: Data) -> Sentence:
    """What the certificate is called."""
    return _("Certificate of the conclusion of the partnership agreement")


def certificate_blocks(data: Data) -> Iterator[Block]:
    """That the agreement is concluded, on which text, and with whom."""
    yield paragraph(_("It is certified that the agreement “{title}” was concluded.", title=data["title"]))
    text = _("version {version}, control code {code}", version=data["text_version"], code=data["text_digest"][:16])
    source = f"{data['count']} ({said(_('source: {source}', source=data['source']))})"
    rows = [
        (_("Edition"), data["edition"]), (_("Purpose"), data["purpose"]),
        (_("Concluded on"), day(data["concluded_on"])), (_("Valid until"), day(data["valid_until"])),
        (_("Partners"), source if data["source"] else str(data["count"])),
        (_("Text of the agreement"), said(text) if data["text_version"] else ""),
        (_("Amendments"), str(data["amendments"]) if data["amendments"] else ""),
    ]  # fmt: skip
    yield particulars(_("The agreement"), rows)
    yield heading(_("Partners"))
    columns = (_("No."), _("Partner"), _("Signed by"), _("Signed"))
    lines = [(str(line["number"]), _partner(line), _signatory(line), _signed(line)) for line in data["partners"]]
    if lines:
        yield table(_("Partners of the agreement"), columns, lines, widths=(1, 5, 4, 3), numbers={0})
    else:
        yield paragraph(_("Only the number of partners is known."))


def _partner(line: Data) -> str:
    return ", ".join(filter(None, (line["name"], line["commune"], line["sector"])))


def _signatory(line: Data) -> str:
    return ", ".join(filter(None, (line["signatory"], line["function"])))


def _signed(line: Data) -> str:
    return ", ".join(filter(None, (day(line["signed_on"]), said(WAYS_OF_SIGNING[SignedBy(line["signed_by"])]))))


def signing_sheet(data: Data) -> tuple[str, list[Block]]:
    """Title and blocks of the sheet that is signed on paper: the text's control code, and a line for each partner."""
    head = _("The undersigned join the agreement “{title}”, version {version} of its text, control code {code}.",
             title=data["title"], version=data["version"], code=data["digest"])  # fmt: skip
    columns = (_("No."), _("Partner"), _("Who signs, function"), _("Day"), _("Signature"))
    lines = [(str(line["number"]), line["name"], line["signatory"], "", "\n\n") for line in data["partners"]]
    grid = table(_("Signatures"), columns, lines, widths=(1, 5, 4, 2, 5), numbers={0})
    return said(_("Signing sheet of the partnership agreement")), [paragraph(head), grid]
