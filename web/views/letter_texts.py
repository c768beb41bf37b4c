"""What the pages of the texts of letters show: the topics of an edition, and one text with its versions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.template_context import say
from workflow.letters.samples import OF_PROJECT, kind_of, projects_of
from workflow.notifications.letter_subjects import office_of
from workflow.notifications.letter_texts import EditionTexts, TextVersion, edition_texts, shipped
from workflow.notifications.shipped_texts import PHASES
from workflow.notifications.topic_audiences import AUDIENCES, INBOX_ONLY
from workflow.rules.facts import Facts
from workflow.rules.letter_text import (
    AUDIENCE_NAMES,
    LANGUAGES,
    MEANINGS,
    LetterText,
    empty_settings,
    fill,
    placeholders_of,
)
from workflow.rules.topics import Audience, Topic

# Letters about what belongs to no edition.
OF_NO_EDITION = frozenset({"account", "job", "installation"})
# Topics whose text an edition may have of its own. A letter to a list has no text to edit.
EDITABLE = frozenset(topic for topic in AUDIENCES if kind_of(topic) not in OF_NO_EDITION) - {Topic.LIST_LETTER}
# What is left of a subject without its blanks.
LOOSE_END = re.compile(r"\s+(?:nr|no\.)$")


class TopicLine(Struct, frozen=True):
    """A topic in the list: who is told, how, and the version of its text in each language."""

    topic: Topic
    name: str
    audiences: str
    by_email: bool
    versions: Mapping[str, TextVersion | None]

    @property
    def waits(self) -> bool:
        """Whether letters with an edited text wait for approval."""
        return any(version is not None and version.is_open for version in self.versions.values())


class Editor(Struct, frozen=True):
    """What the page of one text shows beside its form."""

    topic: Topic
    name: str
    language: str
    readers: Sequence[tuple[str, str]]
    placeholders: Sequence[tuple[str, str]]
    has_appeal: bool
    has_grounds: bool
    # Oldest first.
    versions: tuple[TextVersion, ...]
    current: TextVersion | None
    waits: bool
    projects: Sequence[tuple[int, str]]
    # What the text names and the settings of the edition leave empty.
    empty: Sequence[str]


def name_of(topic: Topic) -> str:
    """What a topic is called: its subject without blanks."""
    return LOOSE_END.sub("", fill(shipped(identity.language())[topic].subject, {}).strip(" :"))


def topic_lines(tx: Connection, edition_id: int) -> list[tuple[str, list[TopicLine]]]:
    """The topics that can be edited, by phase of the programme."""
    texts = edition_texts(tx, [edition_id])
    phases = [
        (say(title), [_line(texts, edition_id, topic) for topic in phase if topic in EDITABLE])
        for title, phase in PHASES
    ]  # fmt: skip
    return [(title, lines) for title, lines in phases if lines]


def _line(texts: EditionTexts, edition_id: int, topic: Topic) -> TopicLine:
    versions = {language: texts.version(edition_id, topic, language, at=None) for language in LANGUAGES}
    readers = ", ".join(say(AUDIENCE_NAMES[audience]) for audience in AUDIENCES[topic])
    return TopicLine(topic, name_of(topic), readers, topic not in INBOX_ONLY, versions)


def editor(
    tx: Connection, texts: EditionTexts, edition: Facts, topic: Topic, language: str, typed: LetterText | None
) -> Editor:  # fmt: skip
    """One text with its versions and all that can be chosen for a preview."""
    edition_id, (office, contact) = edition.ref.id, office_of(edition.edition)
    readers = [(str(one), say(AUDIENCE_NAMES[one])) for one in AUDIENCES[topic] if one is not Audience.PUBLIC]
    text, current = shipped(language)[topic], texts.version(edition_id, topic, language, at=None)
    own = texts.text(edition_id, topic, language, at=None)
    return Editor(
        topic=topic, name=name_of(topic), language=language, readers=readers or [_everybody()],
        placeholders=[(f"{{{name}}}", say(MEANINGS[name])) for name in placeholders_of(topic)],
        has_appeal=bool(text.appeal), has_grounds=bool(text.below),
        versions=texts.of(edition_id, topic, language), current=current,
        waits=current is not None and current.is_open,
        projects=projects_of(tx, edition_id) if kind_of(topic) in OF_PROJECT else [],
        empty=[f"{{{name}}}" for name in empty_settings(typed or own, office=office, contact=contact)],
    )  # fmt: skip


def _everybody() -> tuple[str, str]:
    return str(Audience.PUBLIC), say(AUDIENCE_NAMES[Audience.PUBLIC])


def first_reader(topic: Topic) -> Audience:
    """The reader with whom a preview begins."""
    return next((one for one in AUDIENCES[topic] if one is not Audience.PUBLIC), Audience.PUBLIC)


def said_of_text(data: Mapping[str, Any]) -> str:
    """What an entry of the history says of a text that was changed: which one, and the title that it has now."""
    topic, language = data.get("letter_topic"), str(data.get("letter_language"))
    if topic not in EDITABLE or language not in LANGUAGES:
        return ""
    title = data.get("letter_subject")
    named = f"{name_of(Topic(topic))} ({say(LANGUAGES[language])})"
    return f"{named}: {title}" if title else named
