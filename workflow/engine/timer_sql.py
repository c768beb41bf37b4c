"""What a move does to the rows that the clock looks at: those that still wait end, those ahead are put."""

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
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.db.statements import Statement, slot
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
        for name, due in timing.ahead:
            _PUTTING.run(tx, values | {"time_name": name, "time_due": due})


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


def _ending_others() -> Update:
    """End what waits of a subject but for the pairs of a list; SQLite only."""
    kept = func.json_each(bindparam("time_pairs", None, type_=Text)).table_valued("value")
    return ending().where((_TIMER.c.name + cast(_TIMER.c.due_at, Text)).not_in(select(kept.c.value)))


_ENDING = Statement(ending())
_ENDING_OTHERS = Statement(_ending_others())
_PUTTING = Statement(_putting_one())
_PUTTING_ALL = Statement(putting(_ahead()))
