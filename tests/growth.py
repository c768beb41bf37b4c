"""A programme grown large at once: copies of a real proposal with its group and its history, written past the machine.

For what depends on numbers alone; the record of a copy is not a chain that anybody could verify.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Integer, Table, bindparam, cast, func, insert, literal, select
from sqlalchemy.types import Text

from workflow.models import GroupMember, HistoryEntry, Proposal
from workflow.models.base import table_of
from workflow.rules.facts import Ref

# Rows of a copy stand this far from those of its original, so that no number is used twice.
STRIDE = 1_000


def copies(tx: Connection, ref: Ref, count: int) -> list[Ref]:
    """Add so many copies of a proposal to its edition: the same state, group and past, titles of their own."""
    proposal = table_of(Proposal)
    last = tx.execute(select(func.max(proposal.c.id))).scalar_one()
    number = _numbers(count)
    new_id = number.c.i + last
    same = {"id": new_id, "number": new_id + STRIDE, "reserve_position": None, "source_key": None}
    titles = {name: proposal.c[name] + " " + cast(number.c.i, Text) for name in ("title", "sort_key")}
    _copy(tx, proposal, number, proposal.c.id == ref.id, same | titles)
    _copy(tx, table_of(GroupMember), number, table_of(GroupMember).c.proposal_id == ref.id, {"proposal_id": new_id})
    history = table_of(HistoryEntry)
    mine = (history.c.subject_kind == "proposal") & (history.c.subject_id == ref.id)
    _copy(tx, history, number, mine, {"subject_id": new_id})
    if tx.dialect.name == "postgresql":
        # Numbers were given here, so the database's own have to go on after them.
        tx.exec_driver_sql("SELECT setval(pg_get_serial_sequence('proposal', 'id'), (SELECT max(id) FROM proposal))")
    return [Ref("proposal", last + i) for i in range(1, count + 1)]


def _numbers(count: int) -> Any:
    start = select(literal(1, Integer).label("i")).cte("n", recursive=True)
    return start.union_all(select(start.c.i + 1).where(start.c.i < bindparam("count", count, Integer)))


def _copy(tx: Connection, table: Table, number: Any, which: Any, changed: Mapping[str, Any]) -> None:
    """Each row of the original as often as there are numbers; keys that the database gives are left to it."""
    taken = [column for column in table.c if column.name != "id" or "id" in changed]
    values = [changed.get(column.name, column) for column in taken]
    values = [
        literal(None, column.type) if value is None else value for column, value in zip(taken, values, strict=True)
    ]
    query = select(*values).select_from(table.join(number, literal(1) == 1)).where(which)
    tx.execute(insert(table).from_select([column.name for column in taken], query))
