"""What all templates say in the same way: sentences in the language of documents, moments, headings, tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow.base.i18n import Sentence, _, format_date, format_datetime, format_time, say
from workflow.documents.blocks import Grid, Heading, Paragraph, pairs
from workflow.rules.documents import LANGUAGE

Data = Mapping[str, Any]


def said(sentence: Sentence) -> str:
    """A sentence in the language of documents."""
    return say(sentence, LANGUAGE)


def heading(sentence: Sentence, *, level: int = 2) -> Heading:
    """The title of a section in words."""
    return Heading(said(sentence), level)


def paragraph(sentence: Sentence, *, strong: bool = False) -> Paragraph:
    """A sentence by itself."""
    return Paragraph(said(sentence), strong)


def table(
    caption: Sentence, columns: Iterable[Sentence], rows: Sequence[Sequence[str]], *, widths: Sequence[int],
    numbers: Iterable[int] = (),
) -> Grid:  # fmt: skip
    """A table whose caption and header are sentences."""
    return Grid(said(caption), [said(label) for label in columns], rows, widths, frozenset(numbers))


def particulars(caption: Sentence, rows: Iterable[tuple[Sentence, str]]) -> Grid:
    """A table of what and how, without the rows that say nothing."""
    return pairs(said(caption), (said(_("What")), said(_("Text"))), [(said(label), text) for label, text in rows])


def moment(value: str | None) -> str:
    """A moment of the data in words; empty where there is none."""
    return format_datetime(datetime.fromisoformat(value), LANGUAGE) if value else ""


def hour(value: str | None) -> str:
    """The hour of a moment of the data; empty where there is none."""
    return format_time(datetime.fromisoformat(value), LANGUAGE) if value else ""


def day(value: str | None) -> str:
    """A day of the data in words, of a moment its day in Warsaw; empty where there is none."""
    given = datetime.fromisoformat(value) if value else None
    return format_date(given if given.tzinfo else given.date(), LANGUAGE) if given else ""
