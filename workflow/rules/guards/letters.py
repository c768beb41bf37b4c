"""Only if: the text of a letter can be filled with what its topic knows."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.letter_text import AUDIENCE_NAMES, fault
from workflow.rules.topics import Audience, Topic

PARTS = ("letter_subject", "letter_happened", "letter_below", "letter_appeal")
TOPICS = frozenset(topic.value for topic in Topic)


@demands("letter_topic_unknown", _("There are no letters of this kind."), field="letter_topic")
def letter_topic_known(_facts: Facts, attempt: Attempt) -> bool:
    """There are letters of this kind."""
    return attempt.data is None or answers(attempt)["letter_topic"] in TOPICS


@guard
def letter_text_is_sound(facts: Facts, attempt: Attempt) -> Missing | None:
    """Every placeholder is one that a letter of this kind can fill; the first that is not is named."""
    if attempt.data is None:
        return None
    if unknown := letter_topic_known(facts, attempt):
        return unknown
    given = answers(attempt)
    for field, reader, text in _parts(given):
        if wrong := fault(text, Topic(given["letter_topic"])):
            said = _("{reader}: {problem}", reader=AUDIENCE_NAMES[Audience(reader)], problem=wrong) if reader else wrong
            return missing("placeholder_unknown", said, field=field)
    return None


def _parts(given: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each part of the text: its field, the reader where it is for one alone, and what was written."""
    for name in PARTS:
        yield name, "", given.get(name) or ""
    for row in given.get("letter_expected") or ():
        yield "letter_expected", row["audience"], row["text"]
