"""Reads lists of the proposals of an edition: a page of one, or everything found."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct, field
from sqlalchemy import BigInteger, Connection, Select, bindparam, case, func, select

from workflow.models import Person, Proposal
from workflow.models.base import table_of
from workflow.proposals.filters import Filters, conditions, running_term, seen
from workflow.proposals.ordering import FIRST, Cursor, Sort, cursor_after, in_order, read_cursor, sort_of
from workflow.rules.states import BEFORE_SUBMISSION

PAGE = 25
BATCH = 500


class Wanted(Struct, frozen=True):
    """A list: of which edition, in which states it exists for the reader, narrowed to what, in which order."""

    edition_id: int
    # None: all of them.
    visible: frozenset[str] | None = None
    filters: Filters = field(default_factory=Filters)
    sort: str = FIRST


class Line(Struct, frozen=True):
    """A proposal on a list, and not more of it than the list shows."""

    id: int
    number: int
    title: str
    state: str
    version: int
    sector: str
    cost: int | None
    due_at: datetime | None
    updated_at: datetime
    lifecycle: str
    lifecycle_version: int
    animator: str | None
    reviewer: str | None


class Page(Struct, frozen=True):
    """One page of a list and where the next one starts."""

    lines: tuple[Line, ...]
    next_cursor: str | None


_p = table_of(Proposal)
_leader, _animator, _reviewer = (table_of(Person).alias(name) for name in ("leader", "animator", "reviewer"))
# Where none runs, the longer one that its group was given for handing in.
_own_term = case((_p.c.state.in_(BEFORE_SUBMISSION), _p.c.submission_until))
_LINE = (
    _p.c.id, _p.c.number, _p.c.title, _p.c.state, _p.c.version, _p.c.sector, _p.c.cost,
    func.coalesce(running_term, _own_term).label("due_at"), _p.c.updated_at,
    _p.c.lifecycle, _p.c.lifecycle_version, _animator.c.name.label("animator"), _reviewer.c.name.label("reviewer"),
)  # fmt: skip
_SOURCE = _p.outerjoin(_animator, _animator.c.id == _p.c.animator_id).outerjoin(
    _reviewer, _reviewer.c.id == _p.c.reviewer_id
)
_MORE = (
    _p.c.area, _p.c.summary, _p.c.sheet, _p.c.member_count, _p.c.created_at,
    _leader.c.name.label("leader"), _leader.c.is_minor.label("leader_is_minor"),
)  # fmt: skip
_LINES = select(*_LINE).select_from(_SOURCE)


def list_proposals(tx: Connection, wanted: Wanted, *, cursor: str = "", limit: int = PAGE) -> Page:
    """A page of a list, from where the cursor points; one statement, two with words, however long the list is."""
    rows, following = page_of(tx, _LINES, wanted, cursor=cursor, limit=limit)
    return Page(tuple(Line(*row[: len(_LINE)]) for row in rows), following)


def page_of(
    tx: Connection, query: Select[Any], wanted: Wanted, *, cursor: str, limit: int
) -> tuple[list[Any], str | None]:
    """The rows of a page of any query over proposals, and where the next page starts.

    One statement.
    """
    sort = sort_of(wanted.sort)
    if cursor or wanted.filters.narrow:
        narrowed = query.where(*conditions(tx, wanted.edition_id, wanted.visible, wanted.filters))
        rows = _rows(tx, narrowed, sort, read_cursor(cursor, sort), limit + 1)
    else:
        first = _first(query, wanted.visible, wanted.sort, limit + 1)
        rows = list(tx.execute(first, {"edition": wanted.edition_id}).all())
    return rows[:limit], cursor_after(rows[limit - 1], sort) if len(rows) > limit else None


@lru_cache(maxsize=64)
def _first(query: Select[Any], visible: frozenset[str] | None, sort: str, limit: int) -> Any:
    """The first page of a list that nothing narrows, which is what people mostly ask for: built once."""
    edition = bindparam("edition", None, BigInteger)
    return in_order(query.where(_p.c.edition_id == edition, *seen(visible)), sort_of(sort), None, limit)


def every_proposal(tx: Connection, wanted: Wanted) -> Iterator[Any]:
    """All that a list would show, with everything an export tells: rows with names, page after page.

    One statement for BATCH rows; nothing is kept of the rows before.
    """
    query = select(*_LINE, *_MORE).select_from(_SOURCE.outerjoin(_leader, _leader.c.id == _p.c.leader_id))
    narrowed = query.where(*conditions(tx, wanted.edition_id, wanted.visible, wanted.filters))
    sort, after = sort_of(wanted.sort), None
    while rows := _rows(tx, narrowed, sort, after, BATCH):
        yield from rows
        if len(rows) < BATCH:
            return
        after = read_cursor(cursor_after(rows[-1], sort), sort)


class Assignable(Struct, frozen=True):
    """A proposal that people of the office can be named for, with whom it has now."""

    id: int
    version: int
    number: int
    title: str
    animator_id: int | None
    reviewer_id: int | None


_ASSIGNABLE = tuple(_p.c[name] for name in Assignable.__struct_fields__)


def assignables_found(
    tx: Connection, wanted: Wanted, *, cursor: str, limit: int
) -> tuple[list[Assignable], str | None]:
    """The next ones of everything that a list would show, and where the ones after them start."""
    rows, following = page_of(tx, select(*_ASSIGNABLE), wanted, cursor=cursor, limit=limit)
    return [Assignable(*row[: len(_ASSIGNABLE)]) for row in rows], following


def assignables(tx: Connection, edition_id: int, ids: Collection[int]) -> list[Assignable]:
    """Those of these proposals that are in the edition, by title; one statement."""
    query = select(*_ASSIGNABLE).where(_p.c.edition_id == edition_id, _p.c.id.in_(ids))
    return [Assignable(*row) for row in tx.execute(query.order_by(_p.c.sort_key, _p.c.id))]


def _rows(tx: Connection, query: Select[Any], sort: Sort, after: Cursor | None, limit: int) -> list[Any]:
    return list(tx.execute(in_order(query, sort, after, limit)).all())
