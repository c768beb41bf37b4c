"""Many moves of one shape written at once: the statements of `workflow.engine.move_sql` for a list instead of one row.

On PostgreSQL one statement takes the whole list as JSON; on SQLite each of the few statements runs over the list.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.statements import Prepared
from workflow.engine.actor_rights import ACTOR, told
from workflow.engine.move_sql import (
    ENTRY_NAMES,
    INSERT_TOLD,
    INSERT_WORDS,
    Shape,
    Writing,
    inserting,
    moving_one,
    named,
    of_row,
)
from workflow.engine.timer_sql import keep_time_together
from workflow.models import HistoryContent, HistoryEntry, OutboxRow, Proposal
from workflow.models.base import Key, table_of

_ENTRY, _WORDS, _TOLD = (table_of(one) for one in (HistoryEntry, HistoryContent, OutboxRow))
_LAST = Prepared(select(func.coalesce(func.max(_ENTRY.c.id), 0)))
_NUMBERED = inserting(_ENTRY, "id")


def write_together(tx: Connection, moves: Sequence[Writing]) -> list[int] | None:
    """Write moves of one shape, actor and moment, whose subjects are locked; the numbers of their entries, in order.

    None where a row is not in its version any more, or the actor's rights have changed: then some may be written, and
    the transaction has to be given up.
    """
    found = _listed(tx, moves) if tx.dialect.name == "postgresql" else _one_by_one(tx, moves)
    if found is not None:
        entry, timings = moves[0].entry, [(one.number, one.timing) for one in moves]
        keep_time_together(tx, entry["subject_kind"], timings, state=entry["to_state"], at=entry["at"])
    return found


def _listed(tx: Connection, moves: Sequence[Writing]) -> list[int] | None:
    given = [
        {
            "place": place, "this_id": one.number, "this_version": one.version, "stamp": one.stamp,
            **named("new", one.new), **named("entry", one.entry), **named("words", one.words or {}),
            **named("told", one.told or {}),
        }
        for place, one in enumerate(moves)
    ]  # fmt: skip
    words = json.dumps(given, ensure_ascii=False, default=datetime.isoformat)
    rows = _statement(moves[0].shape).run(tx, {"given": words, "actor": moves[0].entry["actor_id"]}).fetchall()
    numbers = dict(rows)
    return [numbers[one.number] for one in moves] if len(numbers) == len(moves) else None


def _one_by_one(tx: Connection, moves: Sequence[Writing]) -> list[int] | None:
    first = moves[0]
    for one in moves:
        if moving_one(one.table, frozenset(one.new)).run(tx, of_row(one)).rowcount != 1:
            return None
    # Nobody else writes meanwhile, so the numbers that follow are free.
    last: int = _LAST.run(tx, {}).fetchone()[0]
    numbers = list(range(last + 1, last + 1 + len(moves)))
    _NUMBERED.run_many(tx, [{**one.entry, "id": number} for one, number in zip(moves, numbers, strict=True)])
    if first.words:
        INSERT_WORDS.run_many(tx, [{**(o.words or {}), "history_id": n} for o, n in zip(moves, numbers, strict=True)])
    if first.told:
        INSERT_TOLD.run_many(tx, [{**(o.told or {}), "history_id": n} for o, n in zip(moves, numbers, strict=True)])
    return numbers


def _columns(shape: Shape) -> list[Any]:
    """The columns of the list: those of every table that is written, each under a name of its own."""
    parts = (("new", shape.table, shape.new), ("entry", _ENTRY, ENTRY_NAMES), ("words", _WORDS, shape.words),
             ("told", _TOLD, shape.told))  # fmt: skip
    own: list[Any] = [column("place", Integer), column("this_id", Key), column("this_version", Integer)]
    parts_of = [column(f"{prefix}_{n}", table.c[n].type) for prefix, table, names in parts for n in sorted(names)]
    return [*own, column("stamp", Text), *parts_of]


@cache
def _statement(shape: Shape) -> Prepared:
    table = shape.table
    listed = cast(bindparam("given", None, type_=Text), JSONB)
    given = func.jsonb_to_recordset(listed).table_valued(*_columns(shape)).render_derived("g", with_types=True)
    rights = told(ACTOR, table.c.id if table is table_of(Proposal) else None)
    moved = (
        update(table)
        .values({name: given.c[f"new_{name}"] for name in shape.new})
        .where(table.c.id == given.c.this_id, table.c.version == given.c.this_version, rights == given.c.stamp)
        .returning(table.c.id)
        .cte("moved")
    )
    names = sorted(ENTRY_NAMES)
    entries = (
        select(*(given.c[f"entry_{name}"] for name in names))
        .select_from(given.join(moved, moved.c.id == given.c.this_id))
        .order_by(given.c.place)
    )
    written = insert(_ENTRY).from_select(names, entries).returning(_ENTRY.c.subject_id, _ENTRY.c.id).cte("written")
    result = select(written.c.subject_id, written.c.id)
    for prefix, target, wanted in (("words", _WORDS, shape.words), ("told", _TOLD, shape.told)):
        if wanted:
            own: dict[str, ColumnElement[Any]] = {name: given.c[f"{prefix}_{name}"] for name in sorted(wanted)}
            source = select(written.c.id, *own.values()).select_from(
                given.join(written, written.c.subject_id == given.c.this_id)
            )
            adding = insert(target).from_select(["history_id", *own], source)
            result = result.add_cte(adding.returning(literal_column("1")).cte(prefix))
    return Prepared(result)
