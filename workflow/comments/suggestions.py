"""Suggested texts of a section: made, withdrawn, declined with a word, or accepted, which writes the sheet."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, Select, insert, select, update

from workflow.base.errors import BadInput, NotAllowed, found, not_ready
from workflow.base.i18n import _
from workflow.comments.actions import readable_proposal
from workflow.comments.visibility import Circle, leads, readable, writable
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.models import Suggestion
from workflow.notifications import outbox
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.fields import INPUTS
from workflow.rules.sheet_sections import asked_sections, section_digest, values_of
from workflow.rules.topics import Topic

# Sections that are one text; rows and amounts are edited on the sheet itself.
SUGGESTED = frozenset({"line", "text", "lines"})
WORD = Input("word", "text", _("Why"), _("In a sentence; the leader reads it."), required=False, maximum=1000)
ANSWER = Input("answer", "text", _("A word to the author"), required=False, maximum=1000)
REASON = replace(ANSWER, required=True)
ACCEPTED, DECLINED, WITHDRAWN = "accepted", "declined", "withdrawn"


def suggest(
    tx: Connection, ref: Ref, *, section: str, text: str, base: str, actor: Actor, at: datetime, word: str = ""
) -> int:
    """Propose a new text of a section, written over the text with the digest `base`; returns its number.

    The group's own suggestions stay in the group, the office's are seen by both. The leader is notified by mail of what
    others suggest. Raises a Refusal, having written nothing.
    """
    facts = readable_proposal(tx, ref, actor)
    circle = Circle.GROUP if facts.rights.in_group else Circle.OFFICE
    if circle not in writable(facts):
        raise NotAllowed
    asked = {section.name: section for section in asked_sections(facts.edition) if section.kind in SUGGESTED}
    if section not in asked:
        raise BadInput({"text": _("For this section no text can be suggested.")})
    spec = replace(INPUTS[section], name="text", type="text", required=True, maximum=asked[section].limit)
    clean = read((spec, WORD), {"text": text, "word": word})
    now = values_of(facts.own)
    if section_digest(section, {**now, section: _value(section, clean["text"])}) == section_digest(section, now):
        raise BadInput({"text": _("This is the text that the sheet has already.")})
    values = {
        "proposal_id": ref.id, "section": section, "circle": circle, "text": clean["text"],
        "word": clean.get("word", ""), "base": base[:16] or section_digest(section, now), "author_id": actor.id,
        "written_at": at,
    }  # fmt: skip
    number = int(tx.execute(insert(Suggestion).values(**values).returning(Suggestion.id)).scalar_one())
    if not leads(facts):
        payload = {"by": actor.id, "by_name": actor.name}
        outbox.record(tx, key=f"suggestion:{number}", topic=Topic.CHANGE_SUGGESTED, ref=ref, payload=payload, at=at)
    return number


def _value(section: str, text: str) -> Any:
    return read((replace(INPUTS[section], required=False),), {section: text}).get(section)


def accept(tx: Connection, ref: Ref, number: int, *, base: str, actor: Actor, at: datetime, answer: str = "") -> Moved:
    """Write a suggested text into the sheet, as the record `edit_sheet` by the leader: wholly, in history.

    `base` is the digest of the text that the leader had before him: where the sheet has moved on since, NotReady says
    so and nothing is written. The author is notified. Raises a Refusal, having written nothing.
    """
    facts, row = _waiting(tx, ref, number, actor)
    word = read((ANSWER,), {"answer": answer}).get("answer", "")
    data = {row.section: row.text, "base": {row.section: base}}
    moved = machine.take(tx, StepCommand(ref, "edit_sheet", actor=actor, at=at, answers=data, note=word))
    _answer(tx, facts, number, ACCEPTED, word, row.author_id, actor, at)
    return moved


def decline(tx: Connection, ref: Ref, number: int, *, answer: str, actor: Actor, at: datetime) -> None:
    """Decline a suggested text with a word to its author, who is notified. Raises a Refusal, having written nothing."""
    facts, row = _waiting(tx, ref, number, actor)
    word = read((REASON,), {"answer": answer})["answer"]
    _answer(tx, facts, number, DECLINED, word, row.author_id, actor, at)


def withdraw(tx: Connection, ref: Ref, number: int, *, actor: Actor, at: datetime) -> None:
    """Take back one's own suggestion while nobody has answered it. Raises a Refusal, having written nothing."""
    facts = readable_proposal(tx, ref, actor)
    row = _suggestion(tx, facts, number)
    if row.author_id != actor.id:
        raise NotAllowed
    values = {"outcome": WITHDRAWN, "answered_at": at, "answered_by_id": actor.id}
    tx.execute(update(Suggestion).where(Suggestion.id == number).values(**values))


def _waiting(tx: Connection, ref: Ref, number: int, actor: Actor) -> tuple[Facts, Row[*tuple[Any, ...]]]:
    """A suggestion that this actor may answer."""
    facts = readable_proposal(tx, ref, actor)
    row = _suggestion(tx, facts, number)
    if not leads(facts) or not writable(facts):
        raise NotAllowed
    return facts, row


def _suggestion(tx: Connection, facts: Facts, number: int) -> Row[*tuple[Any, ...]]:
    """A suggestion that waits, locked so that it is answered once; NotFound where its reader does not see it."""
    s = Suggestion
    query: Select[*tuple[Any, ...]] = select(s.section, s.text, s.author_id, s.outcome).where(
        s.id == number, s.proposal_id == facts.ref.id, s.circle.in_(sorted(readable(facts)))
    )
    row = found(tx.execute(query.with_for_update()).one_or_none())
    if row.outcome:
        raise not_ready("suggestion_answered", _("This suggestion has been answered already."))
    return row


def _answer(
    tx: Connection, facts: Facts, number: int, outcome: str, word: str, author: int, actor: Actor, at: datetime
) -> None:
    values = {"outcome": outcome, "answer": word, "answered_at": at, "answered_by_id": actor.id}
    tx.execute(update(Suggestion).where(Suggestion.id == number).values(**values))
    payload = {"by": actor.id, "by_name": actor.name, "person": author}
    key = f"suggestion:{number}:{outcome}"
    outbox.record(tx, key=key, topic=Topic.SUGGESTION_ANSWERED, ref=facts.ref, payload=payload, at=at)
