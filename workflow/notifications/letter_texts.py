"""The text of each letter in a language: as it is shipped, or as an edition has it.

A letter has the version that held when the fact happened that it tells of, however often it is tried or read later.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from workflow.base.grouping import grouped
from workflow.base.i18n import say
from workflow.models import LetterTextVersion, Person
from workflow.notifications.shipped_texts import SHIPPED
from workflow.rules.letter_text import LetterText, Placeholder, fault
from workflow.rules.topics import Audience, Topic

BLANK = re.compile(r"\{[a-z_]+\}")
# Under this name the payload of a message has a text of its own, written for this message alone.
OWN_TEXT = "text"


class TextVersion(Struct, frozen=True):
    """A version of the text of a topic in one language; without a text the shipped one holds."""

    id: int
    edition_id: int
    topic: str
    language: str
    text: LetterText | None
    changed_by: str
    changed_by_id: int | None
    at: datetime
    approved_by: str
    approved_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether letters with this text wait until a person approves it."""
        return self.text is not None and self.approved_at is None


class EditionTexts(Struct, frozen=True):
    """The versions of some editions, oldest first, by edition, topic and language."""

    versions: Mapping[tuple[int, str, str], tuple[TextVersion, ...]]

    def of(self, edition_id: int | None, topic: str, language: str) -> tuple[TextVersion, ...]:
        """All versions of a topic in one language, oldest first."""
        return self.versions.get((edition_id or 0, topic, language), ())

    def version(self, edition_id: int | None, topic: str, language: str, *, at: datetime | None) -> TextVersion | None:
        """The version that held at a moment, or holds now; None where it was the shipped text."""
        older = [one for one in self.of(edition_id, topic, language) if at is None or one.at <= at]
        return older[-1] if older and older[-1].text else None

    def text(self, edition_id: int | None, topic: Topic, language: str, *, at: datetime | None) -> LetterText:
        """The text of a topic; the shipped one where a version has placeholders that are no longer known."""
        version = self.version(edition_id, topic, language, at=at)
        if version is None or version.text is None or any(fault(part, topic) for part in version.text.parts()):
            return shipped(language)[topic]
        return version.text


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


def title_of(topic: str, language: str, *, message: str = "") -> str:
    """What letters of a topic are about, for lists: the shipped title with its blanks left open.

    `message` is the subject line of the letter that a correction takes back, where it is known.
    """
    texts = shipped(language)
    known = {f"{{{Placeholder.MESSAGE}}}": message} if message else {}
    return BLANK.sub(lambda blank: known.get(blank[0], "…"), texts[Topic(topic)].subject) if topic in texts else topic


def edition_texts(connection: Connection, edition_ids: Collection[int | None]) -> EditionTexts:
    """The texts that these editions have of their own; one statement, none where no edition is asked for."""
    v, editor = LetterTextVersion, Person
    ids = {id_ for id_ in edition_ids if id_ is not None}
    query: Any = select(v, editor.name).outerjoin(editor, editor.id == v.changed_by_id)
    rows = connection.execute(query.where(v.edition_id.in_(ids)).order_by(v.id)).all() if ids else []
    approvers = {row.approved_by_id for row in rows} - {None}
    names = select(Person.id, Person.name).where(Person.id.in_(approvers))
    named = {row.id: row.name for row in connection.execute(names)} if approvers else {}
    versions = grouped(((row.edition_id, row.topic, row.language), _version(row, named)) for row in rows)
    return EditionTexts({key: tuple(found) for key, found in versions.items()})


def _version(row: Row[Any], names: Mapping[int, str]) -> TextVersion:
    text = None if row.is_shipped else LetterText(
        row.subject, row.happened, {Audience(name): said for name, said in row.expected.items()}, row.below, row.appeal
    )  # fmt: skip
    return TextVersion(
        row.id, row.edition_id, row.topic, row.language, text, row.name or "", row.changed_by_id, row.at,
        names.get(row.approved_by_id, ""), row.approved_at,
    )  # fmt: skip


def texts_of(
    connection: Connection, edition_id: int | None, language: str, *, at: datetime | None = None
) -> Mapping[Topic, LetterText]:
    """The texts of an edition in one language, as they hold now or held at a moment."""
    own = edition_texts(connection, [edition_id])
    return {topic: own.text(edition_id, topic, language, at=at) for topic in SHIPPED}


def text_of_payload(payload: Mapping[str, Any]) -> LetterText | None:
    """The text that was written for one message alone, where there is one; its placeholders are filled already."""
    own = payload.get(OWN_TEXT)
    if not own:
        return None
    asked = {Audience.LISTED: own["expected"]} if own.get("expected") else {}
    return LetterText(own["subject"], own["happened"], asked)
