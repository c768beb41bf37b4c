"""The letters that a rehearsal writes: read from its deliveries and composed as those that would go out."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import func, select

from workflow.db.database import Database
from workflow.models import Delivery
from workflow.models.base import table_of
from workflow.notifications.message_data import Addressed, addressed
from workflow.notifications.messages import AS_WHAT, Letter, compose
from workflow.rules.topics import Audience, Topic

BATCH = 500
_D = table_of(Delivery).c


class Recipient(Struct, frozen=True):
    """Somebody who would get a letter, and by which channels."""

    name: str
    channels: tuple[str, ...]


class RehearsedLetter(Struct, frozen=True):
    """One text with everybody who would get just this text, in one role."""

    topic: Topic
    language: str
    role: Audience | None
    letter: Letter
    recipients: tuple[Recipient, ...]


class LetterReader:
    """Reads the letters that were written since it was asked last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.reading() as connection:
            self._last = connection.execute(select(func.coalesce(func.max(_D.id), 0))).scalar_one()

    def read(self) -> tuple[RehearsedLetter, ...]:
        """The letters in the order in which they were written."""
        letters: dict[tuple[object, ...], tuple[Addressed, dict[str, list[str]]]] = {}
        for letter, channel in self._deliveries():
            facts = letter.facts
            key = (facts.number, letter.language, facts.audiences)
            _example, recipients = letters.setdefault(key, (letter, {}))
            recipients.setdefault(letter.name, []).append(channel)
        return tuple(_rehearsed(*group) for group in letters.values())

    def _deliveries(self) -> Iterator[tuple[Addressed, str]]:
        query = select(_D.id, _D.channel).order_by(_D.id).limit(BATCH)
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(query.where(_D.id > self._last)).all()
                letters = addressed(connection, [row.id for row in rows])
            yield from ((letters[row.id], row.channel) for row in rows if row.id in letters)
            if not rows:
                return
            self._last = rows[-1].id


def _rehearsed(example: Addressed, recipients: dict[str, list[str]]) -> RehearsedLetter:
    facts = example.facts
    role = next((audience for audience in AS_WHAT if audience in facts.concerned), None)
    people = tuple(Recipient(name, tuple(sorted(set(channels)))) for name, channels in sorted(recipients.items()))
    letter = compose(facts, example.text, example.language)
    return RehearsedLetter(facts.topic, example.language, role, letter, people)
