"""Reads proposals for lists, boards and their own pages; a fixed number of statements for each."""

import base64
import binascii
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)

from workflow.models import Edition, GroupMember, Person, Proposal
from workflow.permissions import PUBLIC_STATES, Reader
from workflow.texts import fold

PAGE = 25
EXPORT_BATCH = 500
# Cards shown in one state of the board; the rest is one press away.
CARDS = 6
HIDDEN_EDITIONS = frozenset({"draft", "cancelled"})


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal on a list."""

    id: int
    number: int
    title: str
    state: str
    version: int
    sector: str
    area: str
    cost: int | None
    due_at: datetime | None
    updated_at: datetime
    sort_key: str
    edition_id: int
    edition_key: str
    lifecycle: str
    lifecycle_version: int
    places: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty value narrows nothing."""

    q: str = ""
    states: tuple[str, ...] = ()
    sector: str = ""
    area: str = ""
    commune: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list and where the next one starts."""

    lines: tuple[Line, ...]
    next_cursor: str | None


_p = Proposal
_COLUMNS = (
    _p.id, _p.number, _p.title, _p.state, _p.version, _p.sector, _p.area, _p.cost, _p.due_at, _p.updated_at,
    _p.sort_key, _p.edition_id, Edition.key, _p.lifecycle, _p.lifecycle_version, _p.sheet, _p.summary,
)  # fmt: skip


def _line(row: Any) -> Line:
    *own, sheet, summary = tuple(row)
    return Line(*own, tuple((sheet or {}).get("places") or ()), summary)  # type: ignore[call-arg]


def visible_states(edition: Mapping[str, Any], reader: Reader | None) -> frozenset[str] | None:
    """The states in which a proposal exists for the reader; None: all of them. As `permissions.may_see` says."""
    if reader is not None and (reader.is_admin or reader.roles(edition["id"])):
        return None
    if edition["state"] in HIDDEN_EDITIONS:
        return frozenset()
    return None if edition["historical"] else PUBLIC_STATES


def list_proposals(
    tx: Connection,
    *,
    edition_id: int,
    visible: frozenset[str] | None = None,
    filters: Filters | None = None,
    sort: str = "title",
    cursor: str = "",
    limit: int = PAGE,
) -> Page:
    """A page of the proposals of an edition, by title in Polish order or the latest change first; one statement."""
    rows = _rows(tx, edition_id, visible, filters or Filters(), sort, _read_cursor(cursor), limit + 1)
    lines = tuple(map(_line, rows[:limit]))
    return Page(lines, _cursor(lines[-1], sort) if len(rows) > limit else None)


def every_proposal(
    tx: Connection, *, edition_id: int, visible: frozenset[str] | None, filters: Filters, sort: str
) -> Iterator[Line]:
    """All that a list would show, page after page, for an export."""
    cursor: list[Any] = []
    while rows := _rows(tx, edition_id, visible, filters, sort, cursor, EXPORT_BATCH):
        lines = tuple(map(_line, rows))
        yield from lines
        cursor = _read_cursor(_cursor(lines[-1], sort))


def _rows(
    tx: Connection, edition_id: int, visible: frozenset[str] | None, filters: Filters, sort: str,
    after: list[Any], limit: int,
) -> list[Any]:  # fmt: skip
    query = select(*_COLUMNS).join(Edition, Edition.id == _p.edition_id).where(_p.edition_id == edition_id)
    query = _narrow(query, visible, filters, tx.dialect.name)
    if sort == "recent":
        query = query.order_by(_p.updated_at.desc(), _p.id.desc())
        if len(after) == 2:
            query = query.where(tuple_(_p.updated_at, _p.id) < (_moment(after[0]), after[1]))
    else:
        query = query.order_by(_p.sort_key, _p.id)
        if len(after) == 2:
            query = query.where(tuple_(_p.sort_key, _p.id) > (str(after[0]), after[1]))
    return list(tx.execute(query.limit(limit)).all())


def _narrow(query: Select[Any], visible: frozenset[str] | None, filters: Filters, dialect: str) -> Select[Any]:
    if visible is not None:
        query = query.where(_p.state.in_(visible))
    if filters.states:
        query = query.where(_p.state.in_(filters.states))
    if filters.sector:
        query = query.where(_p.sector == filters.sector)
    if filters.area:
        query = query.where(_p.area == filters.area)
    if filters.commune:
        query = query.where(_in_commune(filters.commune, dialect))
    for word in fold(filters.q).split():
        query = query.where(_p.search.contains(word, autoescape=True))
    return query


def _in_commune(commune: str, dialect: str) -> ColumnElement[bool]:
    """Whether a list inside the sheet names the commune; each database asks its own way."""
    if dialect == "postgresql":
        return func.jsonb_exists(func.coalesce(_p.sheet["places"], func.to_jsonb("[]")), commune)
    each = func.json_each(_p.sheet, "$.places").table_valued("value")
    return select(1).select_from(each).where(each.c.value == commune).correlate(Proposal.__table__).exists()


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _cursor(line: Line, sort: str) -> str:
    key = line.updated_at.isoformat() if sort == "recent" else line.sort_key
    return base64.urlsafe_b64encode(json.dumps([key, line.id]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> list[Any]:
    """Where to go on; anything that we did not write starts from the beginning."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError):
        return []
    right = isinstance(found, list) and len(found) == 2 and isinstance(found[0], str) and isinstance(found[1], int)
    return found if right else []


@dataclass(frozen=True, slots=True)
class Column:
    """One state on the board: how many are there, and the first of them."""

    state: str
    count: int
    lines: tuple[Line, ...]


def board(tx: Connection, *, edition_id: int, visible: frozenset[str] | None) -> Mapping[str, Column]:
    """The proposals of an edition by state, the first of each by title; one statement."""
    place = func.row_number().over(partition_by=_p.state, order_by=(_p.sort_key, _p.id)).label("place")
    total = func.count().over(partition_by=_p.state).label("total")
    inner = select(_p.id, place, total).where(_p.edition_id == edition_id)
    if visible is not None:
        inner = inner.where(_p.state.in_(visible))
    ranked = inner.subquery()
    query = (
        select(*_COLUMNS, ranked.c.total)
        .join(Edition, Edition.id == _p.edition_id)
        .join(ranked, and_(ranked.c.id == _p.id, ranked.c.place <= CARDS))
        .order_by(_p.state, _p.sort_key, _p.id)
    )
    found: dict[str, tuple[int, list[Line]]] = {}
    for row in tx.execute(query):
        found.setdefault(row.state, (row.total, []))[1].append(_line(tuple(row)[:-1]))
    return {state: Column(state, count, tuple(lines)) for state, (count, lines) in found.items()}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a proposal: in the group, or named for a task."""

    id: int | None
    name: str
    organisation: str
    is_minor: bool
    in_group: bool


def _people() -> Any:
    """Built once; three questions that each have an index: the group with accounts, others named for a task, names."""
    m = GroupMember
    there = and_(m.proposal_id == bindparam("proposal"), m.left_at.is_(None))
    own = (Person.id, Person.name, Person.organisation, Person.is_minor)
    with_account = select(*own, m.id).join(m, and_(there, m.person_id == Person.id))
    elsewhere = ~select(m.id).where(there, m.person_id == Person.id).exists()
    named = select(*own, null()).where(Person.id.in_(bindparam("named", expanding=True)), elsewhere)
    nameless = select(m.person_id, m.name, literal(""), false(), m.id).where(there, m.person_id.is_(None))
    return union_all(with_account, named, nameless)


_PEOPLE = _people()


def people_of(tx: Connection, proposal_id: int, named: Collection[int | None]) -> tuple[Member, ...]:
    """The group of a proposal and the people named for a task in it; one statement."""
    rows = tx.execute(_PEOPLE, {"proposal": proposal_id, "named": [one for one in named if one is not None]})
    people = [Member(row[0], row[1], row[2] or "", bool(row[3]), row[4] is not None) for row in rows]
    return tuple(sorted(people, key=lambda one: (one.id is None, one.name)))
