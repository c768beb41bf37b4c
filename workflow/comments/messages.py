"""What was said in the talk that a message of the inbox tells of, as far as its reader still reads it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, or_, select

from workflow.base.grouping import grouped
from workflow.comments.actions import QUIET_MINUTES
from workflow.comments.visibility import OTHERS, Circle
from workflow.engine.membership import holds_here, works_here
from workflow.models import Comment, Person, Proposal
from workflow.models.base import table_of
from workflow.rules.roles import OFFICE, Role


class Talk(NamedTuple):
    """What one person said about one proposal within the minutes that one message covers."""

    proposal_id: int
    author_id: int
    quarter: int


def talk_of(proposal_id: int, author_id: int, at: datetime) -> Talk:
    """The talk that a message about something said then covers."""
    return Talk(proposal_id, author_id, int(at.timestamp()) // (QUIET_MINUTES * 60))


def words_of(tx: Connection, reader_id: int, talks: Collection[Talk]) -> Mapping[Talk, list[str]]:
    """The words of these talks in their order, without what was removed or is in a circle that the reader is not in.

    One statement. The circle of the committee is left out: nobody is told of it.
    """
    c, p = Comment, table_of(Proposal).c
    in_group = and_(works_here(p.id), holds_here(p.edition_id, frozenset(Role)))
    in_office = holds_here(p.edition_id, OFFICE)
    reads = or_(
        and_(in_group, c.circle.in_(sorted(OTHERS))), and_(in_office, c.circle.in_([Circle.OFFICE, Circle.ALL]))
    )
    query = (
        select(c.proposal_id, c.author_id, c.written_at, c.text)
        .join(Proposal, p.id == c.proposal_id)
        .join(Person, Person.id == reader_id)
        .where(
            c.proposal_id.in_({talk.proposal_id for talk in talks}),
            c.author_id.in_({talk.author_id for talk in talks}),
            c.removed_at.is_(None), reads,
        )
        .order_by(c.id)
    )  # fmt: skip
    words = grouped((talk_of(row.proposal_id, row.author_id, row.written_at), row.text) for row in tx.execute(query))
    return {talk: words[talk] for talk in talks if talk in words}
