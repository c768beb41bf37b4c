"""The comments on a proposal as its reader may read them: what others may not see is never fetched.

A page takes four statements, however many comments there are: those that begin a thread, their answers, whom they
mention, the suggestions; and one more for the proposals that were merged into this one. The statements are built once:
building one takes longer than running it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct, field
from sqlalchemy import BigInteger, Connection, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from workflow.base.collation import sort_key
from workflow.base.grouping import grouped
from workflow.comments.visibility import COMMITTEE_ROLES, readable, with_committee
from workflow.engine.conflicts_of_interest import binding
from workflow.engine.membership import holds_here, works_here
from workflow.models import Comment, Mention, Person, Proposal, Suggestion
from workflow.rules.facts import Facts
from workflow.rules.roles import OFFICE
from workflow.rules.states import JUDGED, ProposalState

PAGE = 20
MOST_ANSWERED = 10
MOST_PEOPLE = 200
# Above every number of a comment.
_NO_END = 2**63 - 1
_PROPOSAL = bindparam("proposal", None, BigInteger)
_CIRCLES: Any = bindparam("circles", expanding=True)


class PersonName(Struct, frozen=True):
    """An author or a mentioned person; the name of a pupil is for few."""

    id: int
    name: str
    is_minor: bool


class CommentRow(Struct, frozen=True):
    """One comment or answer; without words where it was removed."""

    id: int
    parent_id: int | None
    section: str
    circle: str
    text: str
    author: PersonName
    written_at: datetime
    edited_at: datetime | None
    resolved_at: datetime | None
    resolved_by: PersonName | None
    removed_at: datetime | None
    removed_by: PersonName | None
    mentions: list[PersonName] = field(default_factory=list)
    answers: list["CommentRow"] = field(default_factory=list)


class ThreadPage(Struct, frozen=True):
    """A page of threads, the newest first; `before` is where the next one begins, None at the end."""

    threads: tuple[CommentRow, ...]
    before: int | None


class SuggestionRow(Struct, frozen=True):
    """One suggested text; `outcome` is empty while it waits."""

    id: int
    section: str
    circle: str
    text: str
    word: str
    base: str
    author: PersonName
    written_at: datetime
    outcome: str
    answer: str
    answered_at: datetime | None
    answered_by: PersonName | None


def threads_of(
    tx: Connection, facts: Facts, *, section: str | None = None, open_only: bool = False, before: int | None = None
) -> ThreadPage:
    """The comments of a proposal that the actor of these facts reads, with their answers; three statements."""
    query = _threads(of_section=section is not None, open_only=open_only)
    values = {**_readable_by(facts), "section": section, "before": _NO_END if before is None else before}
    rows = [_comment(tuple(row)) for row in tx.execute(query, values)]
    shown = rows[:PAGE]
    answers = _answers(tx, facts, [row.id for row in shown])
    for row in shown:
        row.answers.extend(answers.get(row.id, ()))
    _add_mentions(tx, [comment for row in shown for comment in (row, *row.answers)])
    return ThreadPage(tuple(shown), shown[-1].id if len(rows) > PAGE else None)


def _readable_by(facts: Facts) -> dict[str, Any]:
    """The proposal, and the circles whose words this reader reads; every statement about words asks for both."""
    return {"proposal": facts.ref.id, "circles": sorted(readable(facts))}


_author, _other, _remover = aliased(Person), aliased(Person), aliased(Person)
# Every comment of the proposal that the reader reads: the one place from which words are fetched.
_COMMENTS: Select[*tuple[Any, ...]] = (
    select(
        Comment.id, Comment.parent_id, Comment.section, Comment.circle, Comment.text, _author.id, _author.name,
        _author.is_minor, Comment.written_at, Comment.edited_at, Comment.resolved_at, _other.id, _other.name,
        _other.is_minor, Comment.removed_at, _remover.id, _remover.name, _remover.is_minor,
    )
    .join(_author, _author.id == Comment.author_id)
    .outerjoin(_other, _other.id == Comment.resolved_by_id)
    .outerjoin(_remover, _remover.id == Comment.removed_by_id)
    .where(Comment.proposal_id == _PROPOSAL, Comment.circle.in_(_CIRCLES))
)  # fmt: skip
_ANSWERS = _COMMENTS.where(Comment.parent_id.in_(bindparam("threads", expanding=True))).order_by(Comment.id)
_MENTIONS = (
    select(Mention.comment_id, Person.id, Person.name, Person.is_minor)
    .join(Person, Person.id == Mention.person_id)
    .where(Mention.comment_id.in_(bindparam("comments", expanding=True)))
    .order_by(Mention.id)
)


@cache
def _threads(*, of_section: bool, open_only: bool) -> Select[*tuple[Any, ...]]:
    c = Comment
    query = _COMMENTS.where(c.parent_id.is_(None), c.id < bindparam("before", None, BigInteger))
    if of_section:
        query = query.where(c.section == bindparam("section"))
    if open_only:
        query = query.where(c.resolved_at.is_(None), c.removed_at.is_(None))
    return query.order_by(c.id.desc()).limit(PAGE + 1)


def _answers(tx: Connection, facts: Facts, threads: Collection[int]) -> Mapping[int, list[CommentRow]]:
    values = {**_readable_by(facts), "threads": list(threads)}
    rows = tx.execute(_ANSWERS, values) if threads else ()
    return grouped((row.parent_id or 0, _comment(tuple(row))) for row in rows)


def _add_mentions(tx: Connection, rows: Iterable[CommentRow]) -> None:
    by_id = {row.id: row for row in rows}
    for row in tx.execute(_MENTIONS, {"comments": list(by_id)}) if by_id else ():
        by_id[row[0]].mentions.append(PersonName(row[1], row[2], bool(row[3])))


_SUGGESTIONS: Select[*tuple[Any, ...]] = (
    select(
        Suggestion.id, Suggestion.section, Suggestion.circle, Suggestion.text, Suggestion.word, Suggestion.base,
        _author.id, _author.name, _author.is_minor, Suggestion.written_at, Suggestion.outcome, Suggestion.answer,
        Suggestion.answered_at, _other.id, _other.name, _other.is_minor,
    )
    .join(_author, _author.id == Suggestion.author_id)
    .outerjoin(_other, _other.id == Suggestion.answered_by_id)
    .where(Suggestion.proposal_id == _PROPOSAL, Suggestion.circle.in_(_CIRCLES))
    .order_by((Suggestion.outcome == "").desc(), Suggestion.id.desc())
    .limit(PAGE + MOST_ANSWERED)
)  # fmt: skip


def suggestions_of(tx: Connection, facts: Facts) -> tuple[SuggestionRow, ...]:
    """The suggestions that wait and the last ones answered, as far as the reader sees them; one statement."""
    return tuple(_suggestion(tuple(row)) for row in tx.execute(_SUGGESTIONS, _readable_by(facts)))


_OPEN = (
    select(Comment.section, func.count())
    .where(Comment.proposal_id == _PROPOSAL, Comment.circle.in_(_CIRCLES))
    .where(Comment.parent_id.is_(None), Comment.resolved_at.is_(None), Comment.removed_at.is_(None))
    .group_by(Comment.section)
)


def open_counts(tx: Connection, facts: Facts) -> dict[str, int]:
    """How many open threads the reader sees in each section; the whole project is ""; one statement."""
    return {section: int(count) for section, count in tx.execute(_OPEN, _readable_by(facts))}


_IN_GROUP = works_here(_PROPOSAL)
_PEOPLE = (
    select(Person.id, Person.name, _IN_GROUP)
    .where(Person.active.is_(True), Person.id != bindparam("reader", None, BigInteger))
    .where(or_(_IN_GROUP, holds_here(bindparam("edition", None, BigInteger), OFFICE)))
    .limit(MOST_PEOPLE)
)


def people_to_mention(tx: Connection, facts: Facts) -> list[tuple[int, str, bool]]:
    """Whom a comment may be addressed to: number, name, and whether the person works in the group; one statement."""
    values = {"proposal": facts.ref.id, "edition": facts["edition_id"], "reader": facts.rights.id}
    people = [(row[0], row[1], bool(row[2])) for row in tx.execute(_PEOPLE, values)]
    return sorted(people, key=lambda person: (not person[2], sort_key(person[1])))


def read_committee(tx: Connection, facts: Facts) -> Facts:
    """The facts with whether their actor belongs to the circle of the committee; six statements for its members."""
    if facts.state not in JUDGED or not facts.rights.roles & COMMITTEE_ROLES:
        return facts
    recused = binding(tx, facts["edition_id"], proposals=[facts.ref.id]).get(facts.ref.id, {})
    return with_committee(facts, recused)


_MERGED = (
    select(Proposal.id, Proposal.title)
    .where(Proposal.merged_into_id == _PROPOSAL, Proposal.state == ProposalState.MERGED)
    .order_by(Proposal.id)
)


def merged_into(tx: Connection, proposal_id: int) -> list[tuple[int, str]]:
    """The proposals that were merged into this one, whose comments stay where they were; one statement."""
    return [(row[0], row[1]) for row in tx.execute(_MERGED, {"proposal": proposal_id})]


def _comment(values: tuple[Any, ...]) -> CommentRow:
    (number, parent, section, circle, text, author, name, minor, written, edited, resolved, *by) = values
    return CommentRow(
        number, parent, section, circle, text, PersonName(author, name, bool(minor)), written, edited, resolved,
        _by(by[0:3]), by[3], _by(by[4:7]),
    )  # fmt: skip


def _suggestion(values: tuple[Any, ...]) -> SuggestionRow:
    number, section, circle, text, word, base, author, name, minor, written, outcome, answer, answered, *by = values
    return SuggestionRow(
        number, section, circle, text, word, base, PersonName(author, name, bool(minor)), written, outcome, answer,
        answered, _by(by),
    )  # fmt: skip


def _by(values: list[Any]) -> PersonName | None:
    return PersonName(values[0], values[1], bool(values[2])) if values[0] is not None else None
