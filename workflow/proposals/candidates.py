"""Which subjects can wait for one person: their numbers, read in one statement from the indices of their orders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    cast,
    false,
    literal_column,
    null,
    or_,
    select,
    union,
    union_all,
)

from workflow.models import Conference, Edition, GroupMember, Proposal, ProposalPerson, Timer
from workflow.models.base import UtcDateTime, table_of
from workflow.proposals.ordering import Cursor, Sort, read_cursor, rows_after, sort_of, write_cursor
from workflow.proposals.reminders import Watch
from workflow.rules.page_permissions import Reader
from workflow.rules.roles import Role
from workflow.rules.states import RESTING, RUNNING, ProposalState

# Proposals of each part of the statement whose steps are decided for one page.
PAGE = 20
CONFERENCE_ROLES = frozenset({Role.STAFF, Role.SECRETARY})
# States in which a proposal waits for whoever holds a role in its edition, nearly always.
WAITS_FOR: Mapping[str, tuple[str, ...]] = {
    Role.STAFF: (ProposalState.SUBMITTED, ProposalState.SUSPENDED, ProposalState.COMPLETED),
    Role.ANIMATOR: (ProposalState.IDEA,),
    Role.COMMITTEE_CHAIR: (ProposalState.PRESENTED,),
    Role.SECRETARY: (ProposalState.PRESENTED,),
    Role.APPEAL_BODY: (ProposalState.APPEALED,),
}
# States in which it waits for somebody else until something is handed in or asked for.
MAY_WAIT_FOR: Mapping[str, tuple[str, ...]] = {
    Role.STAFF: (
        ProposalState.ADMITTED,
        ProposalState.SELECTED,
        ProposalState.IN_IMPLEMENTATION,
        ProposalState.WITHDRAWN,
        ProposalState.CANCELLED,
    ),
    Role.ANIMATOR: (ProposalState.ADMITTED,),
    Role.COMMITTEE_CHAIR: (ProposalState.RESERVE,),
}


class Segment(Struct, frozen=True):
    """A part of the worklist with an order of its own; the segments follow one another."""

    states: Mapping[str, tuple[str, ...]]
    sort: Sort


# Proposals with a running term, the nearest first; of the others those that have waited longest; those changed last.
DATED, WAITING, CHANGED = range(3)
SEGMENTS = (
    # Of the order by date: first those with a date, then, twice, those without one, by when they changed.
    Segment({role: (*states, *MAY_WAIT_FOR.get(role, ())) for role, states in WAITS_FOR.items()}, sort_of("due")),
    Segment(WAITS_FOR, sort_of("due")),
    Segment(MAY_WAIT_FOR, sort_of("-due")),
)
# Parts of the statement beside the segments.
CONFERENCES, OWN_DATED, OWN_CHANGED = range(3, 6)

_MODELS = (Proposal, Conference, Edition, GroupMember, ProposalPerson, Timer)
_P, _C, _E, _M, _N, _T = (table_of(model).c for model in _MODELS)
# What the clock keeps is read of one's own proposals alone.
_NO_WATCH = tuple(cast(null(), UtcDateTime()).label(name) for name in ("since", "reminded_until"))
_ME: Any = bindparam("me", None, BigInteger)


class Candidate(NamedTuple):
    """A subject that can wait for the person: the part of the statement that found it, and its place in that part."""

    part: int
    id: int
    due_at: datetime | None
    updated_at: datetime
    since: datetime | None
    reminded_until: datetime | None


class Candidates(Struct, frozen=True):
    """What was found for one page, each part in its order, and where the next page of the worklist starts."""

    # Those with a running term first, then those that changed last.
    own: tuple[int, ...]
    more_own: bool
    conferences: tuple[int, ...]
    # With a running term, and without.
    dated: tuple[int, ...]
    others: tuple[int, ...]
    next_cursor: str | None
    # What the clock keeps of those own proposals that it has something to do with.
    watches: Mapping[int, Watch] = field(default_factory=dict)


def candidates(
    tx: Connection, reader: Reader, *, own: bool, office: bool, cursor: str = "", limit: int = PAGE
) -> Candidates:
    """The reader's `own` proposals (led, written, coordinated, worked on), and those that can wait for the reader's
    roles in the `office`: a page of them, which the `limit` may make shorter, with conferences on the first one.

    One statement.
    """
    roles = tuple(role for role in WAITS_FOR if office and role in reader.roles(None))
    after = _read_cursor(cursor)
    is_sqlite = tx.dialect.name == "sqlite"
    query = (
        _later_page(roles, *after, is_sqlite=is_sqlite) if after else _first_page(roles, own=own, is_sqlite=is_sqlite)
    )
    editions = {role: editions_of(reader, {role}) for role in WAITS_FOR}
    values = {**editions, "conferences": editions_of(reader, CONFERENCE_ROLES), "me": reader.id}
    rows = [] if query is None else sorted((Candidate(*row) for row in tx.execute(query, values)), key=_place)
    return _page_of(rows, limit)


def editions_of(reader: Reader, roles: Collection[str]) -> list[int]:
    """The editions in which the reader holds one of these roles."""
    return sorted(edition_id for edition_id, granted in reader.grants.items() if not granted.isdisjoint(roles))


@lru_cache(maxsize=64)
def _first_page(roles: tuple[str, ...], *, own: bool, is_sqlite: bool) -> CompoundSelect[Any] | None:
    """Built once for the roles: building the statement takes longer than running it."""
    parts = [_segment(place, roles, None, is_sqlite=is_sqlite) for place in range(len(SEGMENTS))] if roles else []
    if not CONFERENCE_ROLES.isdisjoint(roles):
        running = _C.edition_id.in_(_given("conferences")), _C.state.in_(RUNNING)
        parts.append(_columns(CONFERENCES, _C).where(*running))
    parts += [_own()] if own else []
    return union_all(*parts) if parts else None


def _later_page(roles: tuple[str, ...], place: int, after: Cursor, *, is_sqlite: bool) -> CompoundSelect[Any] | None:
    later = [_segment(segment, roles, None, is_sqlite=is_sqlite) for segment in range(place + 1, len(SEGMENTS))]
    return union_all(_segment(place, roles, after, is_sqlite=is_sqlite), *later) if roles else None


def _segment(place: int, roles: Iterable[str], after: Cursor | None, *, is_sqlite: bool) -> Select[Any]:
    """The first of a segment after a place, from an index alone, which holds the edition, the order and the state."""
    segment = SEGMENTS[place]
    waits = [
        and_(_P.edition_id.in_(_moving(role)), _P.state.in_(segment.states[role]))
        for role in roles if role in segment.states
    ]  # fmt: skip
    dated = _P.due_at.is_not(None) if place == DATED else _P.due_at.is_(None)
    query = _columns(place, _P).where(or_(false(), *waits), dated)
    sort = segment.sort
    if is_sqlite and place != DATED:
        # SQLite reads several editions from the index only if the order leaves out what is empty; see `rows_after`.
        sort, after = replace(sort, columns=sort.columns[1:]), after and after[1:]
    return select(rows_after(query, sort, after, PAGE + 1).subquery())


def _moving(role: str) -> Select[Any]:
    """The editions in which the reader holds the role, as far as anything in them can move."""
    return select(_E.id).where(_E.id.in_(_given(role)), _E.state.not_in(RESTING))


def _own() -> Select[Any]:
    """The reader's own proposals: those with a running term, the nearest first, then those that changed last."""
    named = select(_N.proposal_id.label("id")).where(_N.person_id == _ME)
    ids = union(named, select(_M.proposal_id).where(_M.person_id == _ME, _M.left_at.is_(None))).subquery()
    part = case((_P.due_at.is_not(None), literal_column(str(OWN_DATED))), else_=literal_column(str(OWN_CHANGED)))
    query = select(part.label("part"), _P.id, _P.due_at, _P.updated_at, _T.since, _T.reminded_until)
    watched = and_(_T.subject_kind == "proposal", _T.subject_id == _P.id, _T.state == _P.state, _T.due_at.is_not(None))
    in_order = _P.due_at.is_(None), _P.due_at, _P.updated_at.desc(), _P.id.desc()
    named_here = query.join(ids, ids.c.id == _P.id).outerjoin(table_of(Timer), watched)
    return select(named_here.order_by(*in_order).limit(PAGE + 1).subquery())


def _columns(part: int, columns: Any) -> Select[Any]:
    return select(literal_column(str(part)).label("part"), columns.id, columns.due_at, columns.updated_at, *_NO_WATCH)


def _given(name: str) -> Any:
    return bindparam(name, expanding=True, type_=BigInteger)


def _place(row: Candidate) -> tuple[float, ...]:
    """Where a row stands: the database promises no order for rows that come from several parts."""
    due = row.due_at.timestamp() if row.due_at else 0.0
    place = (due, row.updated_at.timestamp(), row.id)
    if row.part == OWN_DATED:
        # As the query says: the nearest first, of those on one day what changed last.
        return row.part, due, -row.updated_at.timestamp(), -row.id
    return (row.part, *(-value for value in place)) if row.part in (CHANGED, OWN_CHANGED) else (row.part, *place)


def _page_of(rows: Sequence[Candidate], limit: int) -> Candidates:
    office = [row for row in rows if row.part < len(SEGMENTS)]
    own = tuple(dict.fromkeys(row.id for row in rows if row.part in (OWN_DATED, OWN_CHANGED)))
    return Candidates(
        own=own[:PAGE], more_own=len(own) > PAGE,
        conferences=tuple(row.id for row in rows if row.part == CONFERENCES),
        dated=tuple(row.id for row in office[:limit] if row.part == DATED),
        others=tuple(row.id for row in office[:limit] if row.part != DATED),
        next_cursor=_write_cursor(office[limit - 1]) if len(office) > limit else None,
        watches={row.id: Watch(row.since, row.reminded_until) for row in rows if row.since and row.reminded_until},
    )  # fmt: skip


def _write_cursor(last: Candidate) -> str:
    """The segment and the place in it, as an address carries them."""
    return f"{last.part}{write_cursor((last.due_at, last.updated_at, last.id))}"


def _read_cursor(text: str) -> tuple[int, Cursor] | None:
    """The segment and the place in it; None, which is the first page, for anything that we did not write."""
    if text[:1] not in {str(place) for place in range(len(SEGMENTS))}:
        return None
    place = int(text[0])
    after = read_cursor(text[1:], SEGMENTS[place].sort)
    return (place, after) if after and (after[0] is not None) == (place == DATED) else None
