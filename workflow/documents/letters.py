"""A letter on paper: the address, then the same words as by e-mail."""

from collections.abc import Iterator

from workflow.base.i18n import _, format_date, say
from workflow.documents.blocks import Block, Paragraph, Text, pairs
from workflow.notifications.letter_page import NOTE
from workflow.notifications.paper_letters import PaperLetter


def text_of_letter(paper: PaperLetter) -> Text:
    """The document that is printed and put into an envelope."""
    letter = paper.letter
    return Text(letter.subject, paper.edition, list(_blocks(paper)), paper.at, letter.language)


def _blocks(paper: PaperLetter) -> Iterator[Block]:
    letter, language = paper.letter, paper.letter.language
    yield Paragraph(paper.name, strong=True, apart=True)
    yield from (Paragraph(line) for line in paper.postal_address.splitlines() if line.strip())
    yield Paragraph(format_date(paper.at, language), apart=True)
    yield from (Paragraph(text, apart=True) for text in (letter.greeting, letter.happened, *letter.expected))
    if letter.until:
        yield Paragraph(letter.until, strong=True, apart=True)
    if letter.details:
        yield pairs(say(_("Details"), language), (say(_("What"), language), say(_("Text"), language)), letter.details)
    if letter.note:
        yield Paragraph(say(NOTE, language), strong=True, apart=True)
        yield Paragraph(letter.note)
    if letter.signed:
        yield Paragraph(letter.signed, apart=True)
    yield from (Paragraph(text, apart=place == 0) for place, text in enumerate(letter.signature))
    # Whom to ask stands in the signature, and that nobody reads answers is true of e-mails alone.
    yield Paragraph(letter.reason, apart=True)
