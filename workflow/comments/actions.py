"""The discussion of a proposal: comments, answers, mentions; working material, so it is not in the history.

Every function asks `workflow.comments.visibility` who may, for the proposal as it is now, in the caller's
transaction; to whoever does not read a comment it does not exist. Each raises a Refusal, having written nothing, and
commits nothing.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from workflow.base.errors import BadInput, NotAllowed, NotFound, found
from workflow.base.i18n import _
from workflow.comments.queries import read_committee
from workflow.comments.visibility import Circle, may_edit, may_withdraw, readable, writable
from workflow.engine import machine
from workflow.engine.membership import holds_here, works_here
from workflow.models import Comment, Mention, Person
from workflow.notifications import outbox
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.roles import OFFICE
from workflow.rules.sheet_sections import NAMES
from workflow.rules.topics import Topic

TEXT = Input("text", "text", _("What you want to say"), maximum=4000)
NOT_WITHDRAWN = _(
    "Only your own words can be withdrawn, for 24 hours; what the office asked for is closed as resolved instead."
)
MOST_ANSWERS = 100
MOST_MENTIONS = 20
# Of what the same person says within so many minutes each of the others is notified once, and each who is mentioned.
QUIET_MINUTES = 15


def readable_proposal(tx: Connection, ref: Ref, actor: Actor) -> Facts:
    """The proposal with who the actor is to it; NotFound for whoever reads none of its comments."""
    facts = found(machine.facts_of(tx, [ref], actor=actor).get(ref))
    facts = read_committee(tx, facts)
    if not readable(facts):
        raise NotFound
    return facts


def add_comment(
    tx: Connection, ref: Ref, *, text: str, actor: Actor, at: datetime, section: str = "", circle: str = Circle.GROUP,
    mentions: Collection[int] = (),
) -> int:  # fmt: skip
    """Say something about a section, or about the whole where `section` is empty; returns the comment's number.

    The group is notified in the inbox, whoever is mentioned by mail as well; somebody who would not see the
    comment cannot be mentioned in it. In the circle of the committee nobody is mentioned or notified.
    """
    facts = readable_proposal(tx, ref, actor)
    if circle not in writable(facts):
        raise NotAllowed
    if section and section not in NAMES:
        raise BadInput({"section": _("This section does not exist.")})
    words = read((TEXT,), {"text": text})["text"]
    people = _mentioned(tx, facts, circle, mentions)
    values = {
        "proposal_id": ref.id, "section": section, "circle": circle, "text": words, "author_id": actor.id,
        "written_at": at,
    }  # fmt: skip
    return _write(tx, ref, values, people, actor, at)


def answer_comment(
    tx: Connection, ref: Ref, number: int, *, text: str, actor: Actor, at: datetime, mentions: Collection[int] = ()
) -> int:
    """Answer a comment, in its circle; an answer cannot be answered again. Returns the answer's number."""
    facts = readable_proposal(tx, ref, actor)
    above = _comment(tx, facts, number)
    if above.circle not in writable(facts) or above.parent_id is not None or above.removed_at:
        raise NotAllowed
    words = read((TEXT,), {"text": text})["text"]
    people = _mentioned(tx, facts, above.circle, mentions)
    answers = select(func.count()).where(Comment.parent_id == number)
    if tx.execute(answers).scalar_one() >= MOST_ANSWERS:
        raise BadInput({"text": _("This talk has grown long: begin a new one.")})
    values = {
        "proposal_id": ref.id, "parent_id": number, "section": above.section, "circle": above.circle, "text": words,
        "author_id": actor.id, "written_at": at,
    }  # fmt: skip
    return _write(tx, ref, values, people, actor, at)


def edit_comment(tx: Connection, ref: Ref, number: int, *, text: str, actor: Actor, at: datetime) -> None:
    """Put one's own words right, within a quarter of an hour; the comment says that it was edited."""
    facts = readable_proposal(tx, ref, actor)
    row = _comment(tx, facts, number)
    if row.removed_at or row.circle not in writable(facts):
        raise NotAllowed
    if not may_edit(facts, row.author_id, row.written_at, at):
        raise NotAllowed(sentence=_("Your own words can be put right for 15 minutes. Write a new comment instead."))
    words = read((TEXT,), {"text": text})["text"]
    tx.execute(update(Comment).where(Comment.id == number).values(text=words, edited_at=at))


def withdraw_comment(tx: Connection, ref: Ref, number: int, *, actor: Actor, at: datetime) -> None:
    """Withdraw one's own words for good; that there were some, and whose, stays. Twice changes nothing.

    Nobody withdraws the words of another, and the office none of its own: those are closed as resolved.
    """
    facts = readable_proposal(tx, ref, actor)
    row = _comment(tx, facts, number)
    if not may_withdraw(facts, row.author_id, row.written_at, at):
        raise NotAllowed(sentence=NOT_WITHDRAWN)
    there = update(Comment).where(Comment.id == number, Comment.removed_at.is_(None))
    tx.execute(there.values(text="", removed_at=at, removed_by_id=actor.id))


def resolve_comment(tx: Connection, ref: Ref, number: int, *, resolved: bool, actor: Actor, at: datetime) -> None:
    """Close a talk as resolved, or open it again; whoever may speak in its circle may. Twice changes nothing."""
    facts = readable_proposal(tx, ref, actor)
    row = _comment(tx, facts, number)
    if row.circle not in writable(facts) or row.parent_id is not None:
        raise NotAllowed
    values = {"resolved_at": at if resolved else None, "resolved_by_id": actor.id if resolved else None}
    before = Comment.resolved_at.is_(None) if resolved else Comment.resolved_at.is_not(None)
    tx.execute(update(Comment).where(Comment.id == number, before).values(**values))


def _comment(tx: Connection, facts: Facts, number: int) -> Row[*tuple[Any, ...]]:
    """A comment that the reader of these facts reads; NotFound for any other."""
    c = Comment
    query: Select[*tuple[Any, ...]] = select(
        c.parent_id, c.section, c.circle, c.author_id, c.written_at, c.removed_at
    ).where(c.id == number, c.proposal_id == facts.ref.id, c.circle.in_(sorted(readable(facts))))
    return found(tx.execute(query.with_for_update()).one_or_none())


def _mentioned(tx: Connection, facts: Facts, circle: str, people: Collection[int]) -> list[int]:
    """Whom a comment in this circle may be addressed to; BadInput names what is wrong."""
    wanted = sorted(set(people) - {facts.rights.id})
    if wanted and circle == Circle.COMMITTEE:
        raise BadInput({"mentions": _("Nobody is mentioned in what the committee says among itself.")})
    if len(wanted) > MOST_MENTIONS:
        raise BadInput({"mentions": _("At most {most} people can be mentioned.", most=MOST_MENTIONS)})
    in_group, in_office = works_here(facts.ref.id), holds_here(facts["edition_id"], OFFICE)
    sees = in_group if circle == Circle.GROUP else or_(in_group, in_office)
    query = select(Person.id).where(Person.id.in_(wanted), Person.active.is_(True), sees)
    readers = set(tx.execute(query).scalars()) if wanted else set()
    if set(wanted) - readers:
        raise BadInput(
            {"mentions": _("Somebody whom you mention would not see this. Choose who sees it, or leave them out.")}
        )
    return wanted


def _write(tx: Connection, ref: Ref, values: dict[str, Any], people: list[int], actor: Actor, at: datetime) -> int:
    number = int(tx.execute(insert(Comment).values(**values).returning(Comment.id)).scalar_one())
    if people:
        tx.execute(insert(Mention), [{"comment_id": number, "person_id": person} for person in people])
    if values["circle"] == Circle.COMMITTEE:
        # Nobody is notified: the group must not notice that it is talked about.
        return number
    who = {"by": actor.id, "by_name": actor.name}
    quarter = int(at.timestamp()) // (QUIET_MINUTES * 60)
    said = f"{ref}:talk:{actor.id}:{quarter}"
    for person in people:
        outbox.record(
            tx, key=f"{said}:{person}", topic=Topic.MENTIONED, ref=ref, payload={**who, "person": person}, at=at
        )
    outbox.record(tx, key=said, topic=Topic.COMMENTED, ref=ref, payload=who, at=at)
    return number
