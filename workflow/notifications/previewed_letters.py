"""The letters that steps would send, with their texts, before any of the steps is taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from workflow.base.grouping import grouped
from workflow.models import AddressFault, Person
from workflow.notifications.letter_subjects import LetterSubject
from workflow.notifications.letter_texts import edition_texts
from workflow.notifications.message_data import with_subject
from workflow.notifications.messages import Letter, LetterFacts, compose
from workflow.notifications.recipients import audiences, happening
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.rules.facts import Ref
from workflow.rules.letter_text import LetterText
from workflow.rules.topics import Audience, Topic


class Draft(Struct, frozen=True):
    """What one step would tell, and to whom."""

    topic: Topic
    ref: Ref
    at: datetime
    recipients: tuple[int, ...]
    # What the case file would hold after the step.
    recorded: Mapping[str, Any]
    title: str
    number: int
    # The edition's row, with its settings.
    edition: Mapping[str, Any]
    actor: str = ""
    note: str = ""


class PreviewedLetter(Struct, frozen=True):
    """One text with everybody who would get it, by name."""

    ref: Ref
    topic: Topic
    recipients: tuple[str, ...]
    letter: Letter
    # Those of them whose letters have come back.
    returned: tuple[str, ...] = ()


def letters_of(tx: Connection, drafts: Sequence[Draft], language: str) -> list[PreviewedLetter]:
    """The letters of steps in one language, those of the same text together; a fixed number of statements.

    Their numbers are given when they are sent; names and recipients are those of this moment.
    """
    happenings = [happening(number, draft.topic, draft.ref, {}) for number, draft in enumerate(drafts)]
    members = audiences(tx, happenings)
    texts = edition_texts(tx, {draft.edition["id"] for draft in drafts})
    names, returned = _names(tx, {person for draft in drafts for person in draft.recipients})
    found = []
    for number, draft in enumerate(drafts):
        wanted = AUDIENCES.get(draft.topic, ())
        groups = grouped(
            (frozenset(audience for audience in wanted if person in members[number].get(audience, ())), person)
            for person in draft.recipients
        )
        text = texts.text(draft.edition["id"], draft.topic, language, at=None)
        found += [
            PreviewedLetter(draft.ref, draft.topic, tuple(sorted(names.get(person, "") for person in people)),
                            _letter(draft, text, mine, language),
                            tuple(sorted(names[person] for person in people if person in returned)))
            for mine, people in groups.items()
        ]  # fmt: skip
    return found


def _letter(draft: Draft, text: LetterText, mine: frozenset[Audience], language: str) -> Letter:
    edition = draft.edition
    subject = LetterSubject(draft.title, draft.number, "", None, None, draft.recorded, edition["title"], edition["key"],
                            edition["settings"], edition["id"])  # fmt: skip
    facts = LetterFacts(0, draft.topic, draft.ref, draft.at, actor=draft.actor, audiences=mine, note=draft.note)
    return compose(with_subject(facts, subject, to_state=None), text, language)


def _names(tx: Connection, people: set[int]) -> tuple[dict[int, str], set[int]]:
    """The names of people, and those whose letters have come back; one statement."""
    query = (
        select(Person.id, Person.name, AddressFault.lasting)
        .outerjoin(AddressFault, AddressFault.email == func.lower(Person.email))
        .where(Person.id.in_(people))
    )
    rows = tx.execute(query).all() if people else []
    return {row.id: row.name for row in rows}, {row.id for row in rows if row.lasting is not None}
