"""A letter on paper: the address, then the same words as by e-mail."""

from collections.abc import Iterator

from workflow.base.i18n import _, format_date, say
from workflow.documents.blocks import Block, Paragraph, Text, pairs
from workflow.notifications.paper_letters import PaperLetter


def text_of_letter(paper: PaperLetter) -> Text:
    """The document that is printed and put into an envelope."""
    letter = paper.letter
    return Text(letter.subject, paper.edition, list(_blocks(paper)), paper.at, letter.language)


def _blocks(paper: PaperLetter) -> Iterator[Block]:
    letter, language = paper.letter, paper.letter.language
    yield Paragraph(paper.name, strong=True)
    yield from (Paragraph(line) for line in paper.postal_address.splitlines() if line.strip())
    yield Paragraph(format_date(paper.at, language))
    yield from (Paragraph(text) for text in (letter.greeting, letter.happened, *letter.expected))
    if letter.until:
        yield Paragraph(letter.until, strong=True)
    if letter.details:
        yield pairs(say(_("Details"), language), (say(_("What"), language), say(_("Text"), language)), letter.details)
    if letter.note:
        yield Paragraph(letter.note)
    yield from (Paragraph(text) for text in (letter.signed, *letter.signature, letter.footer) if text)
