"""The text of each letter in a language: as it is shipped, or as an edition has it."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sqlalchemy import Connection

from workflow.base.i18n import say
from workflow.notifications.shipped_texts import SHIPPED
from workflow.rules.letter_text import LetterText
from workflow.rules.topics import Topic

__all__ = ["LetterText", "shipped", "texts_of", "title_of"]
BLANK = re.compile(r"\{[a-z_]+\}")


@cache
def shipped(language: str) -> Mapping[Topic, LetterText]:
    """The texts as they are shipped, by topic."""
    return MappingProxyType({
        topic: LetterText(
            subject=say(text.subject, language),
            happened=say(text.happened, language),
            expected={audience: say(sentence, language) for audience, sentence in text.expected.items()},
            below=say(text.below, language) if text.below else "",
            appeal=say(text.appeal, language) if text.appeal else "",
        )
        for topic, text in SHIPPED.items()
    })  # fmt: skip


def title_of(topic: str, language: str) -> str:
    """What letters of a topic are about, for lists: the shipped title with its blanks left open."""
    texts = shipped(language)
    return BLANK.sub("…", texts[Topic(topic)].subject) if topic in texts else topic


def texts_of(
    connection: Connection,  # noqa: ARG001 - an edition gets texts of its own with the editor
    edition_id: int | None,  # noqa: ARG001
    language: str,
) -> Mapping[Topic, LetterText]:
    """The texts that an edition has now, in one language: its own newest versions, and the shipped ones otherwise."""
    return shipped(language)
