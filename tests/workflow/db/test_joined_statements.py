"""Statements that PostgreSQL is sent as one: what they return, what they see, what is left of them after an error."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from workflow.db.database import Database
from workflow.db.joined_statements import WrittenId, run_joined
from workflow.db.statements import Statement, run_together, slot
from workflow.models import HistoryContent, HistoryEntry, Switch
from workflow.models.base import table_of

ENTRY, CONTENT, SWITCH = (table_of(one) for one in (HistoryEntry, HistoryContent, Switch))
NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
ON = {"name": "a", "value": "on", "changed_at": NOW}
SWITCHED = Statement(update(SWITCH).where(SWITCH.c.name == slot("which", SWITCH.c.name)).values(value="off"))
ADD_SWITCH = Statement(insert(SWITCH).values({column.name: slot(column.name, column) for column in SWITCH.c}))
ADD_ENTRY = Statement(
    insert(ENTRY).values({name: slot(name, ENTRY.c[name]) for name, _ in ENTRY.c.items() if name != "id"})
    .returning(ENTRY.c.id)
)  # fmt: skip
RENAME = Statement(
    update(ENTRY).where(ENTRY.c.id == slot("which_entry", ENTRY.c.id)).values(step="other").returning(ENTRY.c.id)
)
_KEY = select(ENTRY.c.id).where(ENTRY.c.version == slot("this_version", ENTRY.c.version)).scalar_subquery()
ADD_CONTENT = Statement(
    insert(CONTENT).inline().values(
        history_id=WrittenId(ENTRY, _KEY), note=slot("note", CONTENT.c.note), salt="", data={}, before={}
    )
)  # fmt: skip
READ = Statement(select(CONTENT.c.history_id, CONTENT.c.note))


def entry(version: int) -> dict[str, Any]:
    return {
        "subject_kind": "proposal", "subject_id": 1, "version": version, "lifecycle": "", "lifecycle_version": 1, "row": "",
        "step": "", "from_state": None, "to_state": "", "actor_id": None, "role": "", "at": NOW, "content_digest": "",
        "prev_hash": "", "hash": "",
    }  # fmt: skip


def test_what_refers_to_a_row_has_the_id_that_another_of_them_gave_it(database: Database) -> None:
    with database.transaction() as tx:
        first = run_joined(tx, [(ADD_ENTRY, entry(1)), (ADD_CONTENT, {"note": "raz", "this_version": 1})], [])
        content = (ADD_CONTENT, {"note": "dwa", "this_version": 2})
        second = run_joined(tx, [(ADD_ENTRY, entry(2)), content, (ADD_SWITCH, ON)], [])
        (read,) = run_together(tx, [(READ, {})])
    assert sorted(tuple(row) for row in read.rows) == [(*first, "raz"), (*second, "dwa")]


def test_where_no_row_was_written_no_id_is_returned(database: Database) -> None:
    with database.transaction() as tx:
        assert list(run_joined(tx, [(RENAME, {"which_entry": 7})], [])) == [None]
        assert list(run_joined(tx, [(SWITCHED, {"which": "none"}), (RENAME, {"which_entry": 7})], [])) == [None]


def test_what_follows_sees_what_they_wrote(database: Database) -> None:
    with database.transaction() as tx:
        run_joined(tx, [(ADD_SWITCH, ON), (ADD_ENTRY, entry(1))], [(SWITCHED, {"which": "a"})])
        assert tx.execute(select(SWITCH.c.value)).scalars().all() == ["off"]


def test_one_that_fails_leaves_nothing_of_all(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as tx:
        run_joined(tx, [(ADD_ENTRY, entry(1)), (ADD_SWITCH, ON)], [(ADD_SWITCH, ON)])
    with database.transaction() as tx:
        assert tx.execute(select(ENTRY.c.id)).all() == tx.execute(select(SWITCH.c.name)).all() == []
        assert len(list(run_joined(tx, [(ADD_ENTRY, entry(1)), (ADD_SWITCH, ON)], []))) == 1
