"""What a digest says: its items in the reader's language, those of one project or edition together; pure."""

from collections.abc import Iterable

from workflow.base.grouping import grouped
from workflow.notifications.letter_links import page_address
from workflow.notifications.letter_page import Part, PartKind
from workflow.notifications.message_data import DigestItem
from workflow.notifications.messages import Letter, LetterFacts, compose
from workflow.notifications.preferences import may_be_switched_off
from workflow.notifications.topic_groups import TopicGroup, group_of


def still_concerning(items: Iterable[DigestItem]) -> list[DigestItem]:
    """The items that still concern the reader: whoever left a group since learns no more of it."""
    return [item for item in items if item.facts.concerned]


def digest_parts(items: Iterable[DigestItem], language: str, *, base_url: str) -> list[Part]:
    """One part for each project or edition, in the order of their first item, each with the address of its page."""
    letters = [(item.facts, compose(item.facts, item.text, language)) for item in still_concerning(items)]
    by_title = grouped(((facts.title or facts.edition, letter.path), letter) for facts, letter in letters)
    return [
        Part(PartKind.LABELLED, "\n".join([*map(_line, letters), page_address(base_url, path, language)]), title)
        for (title, path), letters in by_title.items()
    ]


def _line(letter: Letter) -> str:
    return "– " + " ".join(filter(None, (letter.happened, *letter.expected, letter.until)))


def topic_group(facts: LetterFacts) -> TopicGroup:
    """The group of topics that a letter belongs to for its reader."""
    return group_of(facts.topic, facts.concerned)


def can_end(items: Iterable[DigestItem]) -> bool:
    """Whether a digest holds anything that its reader may switch off."""
    return any(may_be_switched_off(topic_group(item.facts)) for item in still_concerning(items))
