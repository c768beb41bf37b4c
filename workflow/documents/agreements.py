"""The templates of a partnership agreement: its text with annexes, and the certificate with the list of partners."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from workflow.base.i18n import Sentence, _, format_date, say
from workflow.documents.blocks import Block, Grid, Heading, Paragraph, pairs
from workflow.rules.agreement import WAYS_OF_SIGNING, SignedBy
from workflow.rules.documents import LANGUAGE

Data = Mapping[str, Any]


def _say(sentence: Sentence) -> str:
    return say(sentence, LANGUAGE)


def day(value: str | None) -> str:
    """A day of the data in words; empty where there is none."""
    return format_date(datetime.fromisoformat(value), LANGUAGE) if value else ""


def title(data: Data) -> Sentence:
    """What the text is called: as the agreement itself."""
    return Sentence("{title}", {"title": data["title"]})


def blocks(data: Data) -> Iterator[Block]:
    """The text as it was written, paragraph by paragraph, then its annexes."""
    if data["purpose"]:
        yield Paragraph(_say(_("Purpose: {purpose}", purpose=data["purpose"])))
    if data["valid_until"]:
        yield Paragraph(_say(_("Valid until {day}.", day=day(data["valid_until"]))))
    yield from _paragraphs(data["text"])
    for number, annex in enumerate(data["annexes"], start=1):
        yield Heading(_say(_("Annex {number}: {title}", number=number, title=annex["title"])))
        yield from _paragraphs(annex["text"])


def _paragraphs(text: str) -> Iterator[Block]:
    yield from (Paragraph(part.strip()) for part in text.split("\n\n") if part.strip())


def certificate_title(_data: Data) -> Sentence:
    """What the certificate is called."""
    return _("Certificate of the conclusion of the partnership agreement")


def certificate_blocks(data: Data) -> Iterator[Block]:
    """That the agreement is concluded, on which text, and with whom."""
    yield Paragraph(_say(_("It is certified that the agreement “{title}” was concluded.", title=data["title"])))
    labels = (_say(_("What")), _say(_("Text")))
    text = _("version {version}, control code {code}", version=data["text_version"], code=data["text_digest"][:16])
    source = f"{data['count']} ({_say(_('source: {source}', source=data['source']))})"
    rows = [
        (_("Edition"), data["edition"]), (_("Purpose"), data["purpose"]),
        (_("Concluded on"), day(data["concluded_on"])), (_("Valid until"), day(data["valid_until"])),
        (_("Partners"), source if data["source"] else str(data["count"])),
        (_("Text of the agreement"), _say(text) if data["text_version"] else ""),
        (_("Amendments"), str(data["amendments"]) if data["amendments"] else ""),
    ]  # fmt: skip
    yield pairs(_say(_("The agreement")), labels, [(_say(label), value) for label, value in rows])
    yield Heading(_say(_("Partners")))
    columns = [_say(label) for label in (_("No."), _("Partner"), _("Signed by"), _("Signed"))]
    lines = [(str(line["number"]), _partner(line), _signatory(line), _signed(line)) for line in data["partners"]]
    if lines:
        yield Grid(_say(_("Partners of the agreement")), columns, lines, widths=(1, 5, 4, 3), numbers=frozenset({0}))
    else:
        yield Paragraph(_say(_("Only the number of partners is known.")))


def _partner(line: Data) -> str:
    return ", ".join(filter(None, (line["name"], line["commune"], line["sector"])))


def _signatory(line: Data) -> str:
    return ", ".join(filter(None, (line["signatory"], line["function"])))


def _signed(line: Data) -> str:
    return ", ".join(filter(None, (day(line["signed_on"]), _say(WAYS_OF_SIGNING[SignedBy(line["signed_by"])]))))


def signing_sheet(data: Data) -> tuple[str, list[Block]]:
    """Title and blocks of the sheet that is signed on paper: the text's control code, and a line for each partner."""
    head = _("The undersigned join the agreement “{title}”, version {version} of its text, control code {code}.",
             title=data["title"], version=data["version"], code=data["digest"])  # fmt: skip
    columns = [_say(label) for label in (_("No."), _("Partner"), _("Who signs, function"), _("Day"), _("Signature"))]
    lines = [(str(line["number"]), line["name"], line["signatory"], "", "\n\n") for line in data["partners"]]
    grid = Grid(_say(_("Signatures")), columns, lines, widths=(1, 5, 4, 2, 5), numbers=frozenset({0}))
    return _say(_("Signing sheet of the partnership agreement")), [Paragraph(_say(head)), grid]
