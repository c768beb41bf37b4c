"""The talk about a proposal as its reader may read it: what others may not see is never fetched.

A page takes four statements, whatever the length of the talk: the comments that begin one, their answers, whom they
mention, the suggestions; and one more for the proposals that were merged into this one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.orm import aliased

from workflow.base.collation import sort_key
from workflow.comments.visibility import readable
from workflow.engine.membership import holds_here, works_here
from workflow.models import Comment, Mention, Person, Proposal, Suggestion
from workflow.rules.facts import Facts
from workflow.rules.roles import OFFICE
from workflow.rules.states import ProposalState

PAGE = 20
MOST_ANSWERED = 10


@dataclass(frozen=True, slots=True)
class By:
    """Somebody in a talk; the name of a pupil is for few."""

    id: int
    name: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment or answer; without words where it was removed."""

    id: int
    parent_id: int | None
    section: str
    circle: str
    text: str
    author: By
    written_at: datetime
    edited_at: datetime | None
    resolved_at: datetime | None
    resolved_by: By | None
    removed_at: datetime | None
    removed_by: By | None
    mentions: list[By] = field(default_factory=list)
    answers: list["CommentRow"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of a talk, the newest first; `before` is where the next one begins, None at the end."""

    threads: tuple[CommentRow, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggested text; `outcome` is empty while it waits."""

    id: int
    section: str
    circle: str
    text: str
    word: str
    base: str
    author: By
    written_at: datetime
    outcome: str
    answer: str
    answered_at: datetime | None
    answered_by: By | None


def talk_of(
    tx: Connection, facts: Facts, *, section: str | None = None, open_only: bool = False, before: int | None = None
) -> Talk:
    """The comments of a proposal that the actor of these facts reads, with their answers; three statements."""
    c = Comment
    query = _comments(facts).where(c.parent_id.is_(None))
    if section is not None:
        query = query.where(c.section == section)
    if open_only:
        query = query.where(c.resolved_at.is_(None), c.removed_at.is_(None))
    if before is not None:
        query = query.where(c.id < before)
    rows = [_comment(tuple(row)) for row in tx.execute(query.order_by(c.id.desc()).limit(PAGE + 1))]
    shown = rows[:PAGE]
    answers = _answers(tx, facts, [row.id for row in shown])
    for row in shown:
        row.answers.extend(answers.get(row.id, ()))
    _add_mentions(tx, [comment for row in shown for comment in (row, *row.answers)])
    return Talk(tuple(shown), shown[-1].id if len(rows) > PAGE else None)


def _comments(facts: Facts) -> Select[*tuple[Any, ...]]:
    """Every comment of the proposal that this reader reads: the one place from which words are fetched."""
    c, author, resolved, removed = Comment, aliased(Person), aliased(Person), aliased(Person)
    query: Select[*tuple[Any, ...]] = (
        select(
            c.id, c.parent_id, c.section, c.circle, c.text, author.id, author.name, author.is_minor, c.written_at,
            c.edited_at, c.resolved_at, resolved.id, resolved.name, resolved.is_minor, c.removed_at, removed.id,
            removed.name, removed.is_minor,
        )
        .join(author, author.id == c.author_id)
        .outerjoin(resolved, resolved.id == c.resolved_by_id)
        .outerjoin(removed, removed.id == c.removed_by_id)
        .where(c.proposal_id == facts.ref.id, c.circle.in_(sorted(readable(facts))))
    )  # fmt: skip
    return query


def _answers(tx: Connection, facts: Facts, threads: Collection[int]) -> Mapping[int, list[CommentRow]]:
    answers: dict[int, list[CommentRow]] = defaultdict(list)
    query = _comments(facts).where(Comment.parent_id.in_(threads)).order_by(Comment.id)
    for values in tx.execute(query) if threads else ():
        row = _comment(tuple(values))
        answers[row.parent_id or 0].append(row)
    return answers


def _add_mentions(tx: Connection, rows: Iterable[CommentRow]) -> None:
    by_id = {row.id: row for row in rows}
    query = (
        select(Mention.comment_id, Person.id, Person.name, Person.is_minor)
        .join(Person, Person.id == Mention.person_id)
        .where(Mention.comment_id.in_(by_id))
        .order_by(Mention.id)
    )
    for row in tx.execute(query) if by_id else ():
        by_id[row[0]].mentions.append(By(row[1], row[2], bool(row[3])))


def suggestions_of(tx: Connection, facts: Facts) -> tuple[SuggestionRow, ...]:
    """The suggestions that wait and the last ones answered, as far as the reader sees them; one statement."""
    s, author, answered = Suggestion, aliased(Person), aliased(Person)
    query = (
        select(
            s.id, s.section, s.circle, s.text, s.word, s.base, author.id, author.name, author.is_minor, s.written_at,
            s.outcome, s.answer, s.answered_at, answered.id, answered.name, answered.is_minor,
        )
        .join(author, author.id == s.author_id)
        .outerjoin(answered, answered.id == s.answered_by_id)
        .where(s.proposal_id == facts.ref.id, s.circle.in_(sorted(readable(facts))))
        .order_by((s.outcome == "").desc(), s.id.desc())
        .limit(PAGE + MOST_ANSWERED)
    )  # fmt: skip
    return tuple(_suggestion(tuple(row)) for row in tx.execute(query))


def open_counts(tx: Connection, facts: Facts) -> dict[str, int]:
    """How many open talks the reader sees in each section; the whole project is ""; one statement."""
    c = Comment
    query = (
        select(c.section, func.count())
        .where(c.proposal_id == facts.ref.id, c.circle.in_(sorted(readable(facts))))
        .where(c.parent_id.is_(None), c.resolved_at.is_(None), c.removed_at.is_(None))
        .group_by(c.section)
    )
    return {section: int(count) for section, count in tx.execute(query)}


def people_to_mention(tx: Connection, facts: Facts) -> list[tuple[int, str, bool]]:
    """Whom a comment may be addressed to: number, name, and whether the person works in the group; one statement."""
    in_group, in_office = works_here(facts.ref.id), holds_here(facts["edition_id"], OFFICE)
    query = (
        select(Person.id, Person.name, in_group)
        .where(Person.active.is_(True), Person.id != facts.rights.id, or_(in_group, in_office))
        .limit(200)
    )
    people = [(row[0], row[1], bool(row[2])) for row in tx.execute(query)]
    return sorted(people, key=lambda person: (not person[2], sort_key(person[1])))


def merged_into(tx: Connection, proposal_id: int) -> list[tuple[int, str]]:
    """The proposals that were merged into this one, whose talk stays where it was; one statement."""
    query = select(Proposal.id, Proposal.title).where(
        Proposal.merged_into_id == proposal_id, Proposal.state == ProposalState.MERGED
    )
    return [(row[0], row[1]) for row in tx.execute(query.order_by(Proposal.id))]


def _comment(values: tuple[Any, ...]) -> CommentRow:
    (number, parent, section, circle, text, author, name, minor, written, edited, resolved, *by) = values
    return CommentRow(
        number, parent, section, circle, text, By(author, name, bool(minor)), written, edited, resolved,
        _by(by[0:3]), by[3], _by(by[4:7]),
    )  # fmt: skip


def _suggestion(values: tuple[Any, ...]) -> SuggestionRow:
    number, section, circle, text, word, base, author, name, minor, written, outcome, answer, answered, *by = values
    return SuggestionRow(
        number, section, circle, text, word, base, By(author, name, bool(minor)), written, outcome, answer, answered,
        _by(by),
    )  # fmt: skip


def _by(values: list[Any]) -> By | None:
    return By(values[0], values[1], bool(values[2])) if values[0] is not None else None
