"""What a move does to the rows that the clock looks at: those that still wait end, those ahead are put."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    String,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.db.statements import Prepared, slot
from workflow.engine.remembered import mark_of
from workflow.models import Timer
from workflow.models.base import table_of, utc_text

_TIMER = table_of(Timer)
# A row that ended so and is put again wakes up; one that has been fired stays as it is.
_WAKES = ("", "left", "frozen")


@dataclass(frozen=True, slots=True)
class Timing:
    """Whether the rows of a subject that still wait end, and the (name, moment) pairs that lie ahead of it."""

    ends: bool = False
    ahead: tuple[tuple[str, datetime], ...] = ()
    outcome: str = "left"


STILL = Timing()


def keep_time(tx: Connection, kind: str, number: int, timing: Timing, *, state: str, at: datetime) -> None:
    """End the rows that wait, then put those ahead, in the transaction of the step."""
    values = bound(kind, number, timing, state=state, at=at)
    if timing.ends and timing.ahead and tx.dialect.name == "sqlite":
        pairs = [name + str(utc_text(due)) for name, due in timing.ahead]
        _ENDING_OTHERS.run(tx, values | {"time_pairs": orjson.dumps(pairs).decode()})
    elif timing.ends:
        _ENDING.run(tx, values)
    if timing.ahead and tx.dialect.name == "postgresql":
        _PUTTING_ALL.run(tx, values)
    elif timing.ahead:
        _PUTTING.run_many(tx, [values | {"time_name": name, "time_due": due} for name, due in timing.ahead])


def keep_time_together(
    tx: Connection, kind: str, timings: Sequence[tuple[int, Timing]], *, state: str, at: datetime
) -> None:
    """The same for many subjects that entered one state."""
    ended = [number for number, timing in timings if timing.ends]
    ahead = [(number, name, due) for number, timing in timings for name, due in timing.ahead]
    if tx.dialect.name == "postgresql":
        common = bound(kind, 0, STILL, state=state, at=at)
        if ended:
            _ENDING_MANY.run(tx, common | {"time_ids": ended})
        if ahead:
            numbers, names, dues = (list(one) for one in zip(*ahead, strict=True))
            _PUTTING_MANY.run(tx, common | {"time_ids": numbers, "time_names": names, "time_dues": dues})
        return
    if ended:
        _ENDING.run_many(tx, [bound(kind, number, STILL, state=state, at=at) for number in ended])
    if ahead:
        each = ((bound(kind, number, STILL, state=state, at=at), name, due) for number, name, due in ahead)
        _PUTTING.run_many(tx, [one | {"time_name": name, "time_due": due} for one, name, due in each])


def bound(kind: str, number: int, timing: Timing, *, state: str, at: datetime) -> dict[str, Any]:
    """The values of the statements below."""
    return {
        "time_kind": kind, "time_id": number, "time_at": at, "time_outcome": timing.outcome, "time_state": state,
        "time_names": [name for name, _ in timing.ahead], "time_dues": [due for _, due in timing.ahead],
    }  # fmt: skip


def ending(*, of: Any = None) -> Update:
    """End what waits of a subject, or of those in the list `of`."""
    t = _TIMER.c
    mine = t.subject_id == (slot("time_id", t.subject_id) if of is None else of)
    return _ending_where(t.subject_kind == slot("time_kind", t.subject_kind), mine, t.done_at.is_(None))


def _ending_where(*mine: ColumnElement[bool]) -> Update:
    t = _TIMER.c
    ended = {"done_at": slot("time_at", t.done_at), "outcome": slot("time_outcome", t.outcome)}
    return update(_TIMER).where(*mine).values(ended)


_IDS = bindparam("time_ids", None, type_=postgresql.ARRAY(BigInteger))


def _ahead(*, numbered: bool = False) -> CTE:
    """The pairs that lie ahead, as rows, with the number of the subject where they are of many; PostgreSQL only."""
    names = bindparam("time_names", None, type_=postgresql.ARRAY(String))
    dues = bindparam("time_dues", None, type_=postgresql.ARRAY(DateTime(timezone=True)))
    lists, columns = ([_IDS], ["number"]) if numbered else ([], [])
    pairs = func.unnest(*lists, names, dues).table_valued(*columns, "name", "due_at").render_derived()
    return select(*pairs.c).cte("ahead")


def putting(ahead: CTE, *only: ColumnElement[bool]) -> Any:
    """Put every pair that lies ahead, in one statement; PostgreSQL only."""
    t = _TIMER.c
    number = ahead.c.number if "number" in ahead.c else slot("time_id", t.subject_id)
    source = select(
        slot("time_kind", t.subject_kind), number, ahead.c.name, slot("time_state", t.state), ahead.c.due_at
    )
    columns = ["subject_kind", "subject_id", "name", "state", "due_at"]
    return _waking(postgresql.insert(_TIMER).from_select(columns, source.where(*only)))


def _waking(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["subject_kind", "subject_id", "name", "due_at"],
        set_={"state": statement.excluded.state, "done_at": None, "outcome": ""},
        where=and_(
            or_(*(_TIMER.c.outcome == outcome for outcome in _WAKES)),
            # One that waits already stays untouched.
            or_(_TIMER.c.done_at.is_not(None), _TIMER.c.state != statement.excluded.state),
        ),
    )


def _putting_one() -> Any:
    t = _TIMER.c
    named = {"subject_kind": "time_kind", "subject_id": "time_id", "name": "time_name", "state": "time_state",
             "due_at": "time_due"}  # fmt: skip
    return _waking(sqlite.insert(_TIMER).values({column: slot(name, t[column]) for column, name in named.items()}))


def in_one(moved: CTE, *, ends: bool, begins: bool) -> list[CTE]:
    """The parts of one statement that do the same where something was moved; PostgreSQL only."""
    if not ends:
        return []
    t, is_moved = _TIMER.c, select(moved).exists()
    # All rows of the subject: few, found by its own index and not among everything that waits.
    mine = t.subject_kind == slot("time_kind", t.subject_kind), t.subject_id == slot("time_id", t.subject_id)
    own = (t.id, t.name, t.due_at, t.state, t.done_at, mark_of(_TIMER).label("mark"))
    known = select(*own).where(*mine).cte("known")
    # By its mark, for one that the clock ends meanwhile; asked whether it waits, a server would look among all that do.
    waits = known.c.id == t.id, known.c.mark == mark_of(_TIMER), known.c.done_at.is_(None)
    if not begins:
        return [_part("ended", _ending_where(*waits, is_moved))]
    ahead = _ahead()
    pair = known.c.name == ahead.c.name, known.c.due_at == ahead.c.due_at
    # One that waits already stays untouched: even to look whether it has to change would write to it.
    there = select(known).where(*pair, known.c.done_at.is_(None), known.c.state == slot("time_state", t.state)).exists()
    kept = tuple_(known.c.name, known.c.due_at).in_(select(ahead.c.name, ahead.c.due_at))
    return [_part("put", putting(ahead, is_moved, ~there)), _part("ended", _ending_where(*waits, is_moved, ~kept))]


def _part(name: str, statement: Any) -> CTE:
    found: CTE = statement.returning(literal_column("1")).cte(name)
    return found


def _ending_others() -> Update:
    """End what waits of a subject but for the pairs of a list; SQLite only."""
    kept = func.json_each(bindparam("time_pairs", None, type_=Text)).table_valued("value")
    return ending().where((_TIMER.c.name + cast(_TIMER.c.due_at, Text)).not_in(select(kept.c.value)))


_ENDING = Prepared(ending())
_ENDING_OTHERS = Prepared(_ending_others())
_PUTTING = Prepared(_putting_one())
_PUTTING_ALL = Prepared(putting(_ahead()))
_ENDING_MANY = Prepared(ending(of=func.any(_IDS)))
_PUTTING_MANY = Prepared(putting(_ahead(numbered=True)))
