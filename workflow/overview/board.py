"""The board of an edition: exact counts of each state, and the first projects of each column, from one index."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    String,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union,
    union_all,
)

from workflow.base.grouping import grouped
from workflow.lifecycle.definition import Lifecycle
from workflow.models import Person, Proposal, StateTally
from workflow.models.base import UtcDateTime, table_of
from workflow.proposals.filters import conditions, has_late_milestone, own_term, ways_to_be_late
from workflow.proposals.lists import Wanted

# Projects shown in one column; the list with all of them is one press away.
CARDS = 8
# States of other kinds wait for nothing: their projects stand last in a column, the latest first.
MOVING = frozenset({"initial", "normal"})

_P = table_of(Proposal).c
_leader = table_of(Person).alias("leader")
_OWN = (
    _P.id, _P.number, _P.title, _P.state, _P.lifecycle, _P.lifecycle_version, _P.sector, _P.cost, _P.state_since,
    own_term.label("due_at"), _P.submission_until, _P.report_due_at, _P.leader_accepted_at,
)  # fmt: skip


class Card(Struct, frozen=True):
    """A project on the board."""

    id: int
    number: int
    title: str
    state: str
    lifecycle: str
    lifecycle_version: int
    sector: str
    cost: int | None
    since: datetime | None
    due_at: datetime | None
    submission_until: datetime | None
    report_due_at: datetime | None
    leader_accepted_at: datetime | None
    leader: str | None
    leader_is_minor: bool | None
    has_late_milestone: bool


class InState(Struct, frozen=True):
    """The projects of one state: how many, what they cost together in grosze, since when half of them are there."""

    state: str
    count: int
    cost: int
    median_since: datetime | None = None


class Column(Struct, frozen=True):
    """One phase: its states that hold anything, in the order of the table, and the first of their projects."""

    phase: str
    states: tuple[InState, ...]
    cards: tuple[Card, ...]

    @property
    def count(self) -> int:
        """How many projects are in the phase."""
        return sum(state.count for state in self.states)

    @property
    def cost(self) -> int:
        """What they cost together, in grosze."""
        return sum(state.cost for state in self.states)


class Board(Struct, frozen=True):
    """The columns in the order of the table, and how many projects have a date that has passed."""

    columns: tuple[Column, ...]
    late: int

    @property
    def states(self) -> Mapping[str, InState]:
        """What is in each state that holds anything."""
        return {state.state: state for column in self.columns for state in column.states}


def board(tx: Connection, wanted: Wanted, table: Lifecycle, *, at: datetime) -> Board:
    """The board of the projects that a list would show, by the phases of the newest table; `at` says what is late.

    Three statements, one more with words, however many projects there are: none of them reads a project that is not
    shown, but for its entry in the index of states, and for filters.
    """
    here = conditions(tx, wanted.edition_id, wanted.visible, wanted.filters)
    counts = _counts(tx, here) if wanted.filters.narrow else _tallies(tx, wanted)
    resting = {state for state, definition in table.states.items() if definition.kind not in MOVING}
    moving = [state for state in counts if state not in resting]
    medians, late = _medians(tx, wanted.edition_id, here, {state: counts[state].count for state in moving}, at)
    cards = _cards(tx, here, moving, [state for state in counts if state in resting], at)
    columns = []
    for phase in table.phases:
        own = [state for state, definition in table.states.items() if definition.phase == phase and state in counts]
        states = tuple(InState(state, counts[state].count, counts[state].cost, medians.get(state)) for state in own)
        columns.append(Column(phase, states, _first(cards, own, resting)))
    return Board(tuple(columns), late)


def _tallies(tx: Connection, wanted: Wanted) -> dict[str, InState]:
    """What is in each state that the reader may see; from a few rows, however many projects there are."""
    t = StateTally
    query = select(t.state, func.sum(t.projects), func.sum(t.cost)).where(t.edition_id == wanted.edition_id)
    rows = tx.execute(query.group_by(t.state).having(func.sum(t.projects) > 0))
    seen = wanted.visible
    return {
        state: InState(state, int(count), int(cost)) for state, count, cost in rows if seen is None or state in seen
    }


def _counts(tx: Connection, here: Sequence[ColumnElement[bool]]) -> dict[str, InState]:
    query = select(_P.state, func.count(), func.coalesce(func.sum(_P.cost), 0)).where(*here).group_by(_P.state)
    return {state: InState(state, count, int(cost)) for state, count, cost in tx.execute(query)}


def _medians(
    tx: Connection, edition_id: int, here: Sequence[ColumnElement[bool]], counts: Mapping[str, int], at: datetime
) -> tuple[dict[str, datetime], int]:
    """Since when the one in the middle of each state is there, and how many are late; one statement."""
    late = select(literal_column("''", String).label("state"), cast(null(), UtcDateTime()).label("since"),
                  func.count().label("count")).select_from(_late(edition_id, here, at).subquery())  # fmt: skip
    parts = [late]
    for state, count in counts.items():
        columns: tuple[Any, ...] = (
            literal(state, String).label("state"),
            _P.state_since.label("since"),
            literal_column("0").label("count"),
        )
        middle = (
            select(*columns)
            .where(*here, _P.state == state).order_by(_P.state_since, _P.id).limit(1).offset((count - 1) // 2)
        ).subquery()  # fmt: skip
        parts.append(select(middle.c.state, middle.c.since, middle.c["count"]))
    medians: dict[str, datetime] = {}
    passed = 0
    for state, since, count in tx.execute(union_all(*parts)):
        if state and since is not None:
            medians[state] = since
        passed += count
    return medians, passed


def _late(edition_id: int, here: Sequence[ColumnElement[bool]], at: datetime) -> CompoundSelect[tuple[int]]:
    """The numbers of those that `filters.is_late` holds for, from three indexes."""
    return union(*(select(_P.id).where(*here, late) for late in ways_to_be_late(edition_id, at)))


def _cards(
    tx: Connection, here: Sequence[ColumnElement[bool]], moving: Iterable[str], resting: Iterable[str], at: datetime
) -> dict[str, list[Card]]:
    """The first of each state: the longest there, and of states at rest the latest; one statement."""
    first, last = (_P.state_since, _P.id), (_P.state_since.desc(), _P.id.desc())
    parts = [
        select(select(_P.id).where(*here, _P.state == state).order_by(*order).limit(CARDS).subquery())
        for states, order in ((moving, first), (resting, last)) for state in states
    ]  # fmt: skip
    if not parts:
        return {}
    chosen = union_all(*parts).subquery()
    source = table_of(Proposal).outerjoin(_leader, _leader.c.id == _P.leader_id)
    query = select(*_OWN, _leader.c.name, _leader.c.is_minor, has_late_milestone(at)).select_from(source)
    rows: Any = tx.execute(query.where(_P.id.in_(select(chosen.c.id))))
    return grouped((row.state, Card(*row)) for row in rows)


def _first(cards: Mapping[str, Sequence[Card]], states: Iterable[str], resting: Iterable[str]) -> tuple[Card, ...]:
    """The first cards of a column, as many as it shows."""
    all_of = [card for state in states for card in cards.get(state, ())]
    moving = sorted((card for card in all_of if card.state not in resting), key=_place)
    ended = sorted((card for card in all_of if card.state in resting), key=_place, reverse=True)
    return tuple([*moving, *ended][:CARDS])


def _place(card: Card) -> tuple[float, int]:
    return card.since.timestamp() if card.since else 0.0, card.id
