"""The floor of the bench writes the same rows as a step, so that their shares compare equal work."""

import json
import re
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, select

from bench.floor import driver_connection
from bench.steps import FOUR, ROUND, TAKE, Stage, contestant
from workflow.db.database import Database
from workflow.engine import audit
from workflow.models import HistoryContent, HistoryEntry, OutboxRow, Proposal, Receipt, SheetVersion, Timer

# Of each proposal or moment its own: keys, hashes, salts, moments, titles and what is sorted by them, and numbers of receipts.
KEYS = re.compile(r'"(id|number|proposal_id|subject_id|history_id)": \d+')
OWN = (r"[0-9a-f]{64}|\b[0-9a-f]{16}\b|\d{4}-\d\d-\d\d[T ][\d:.]+(\+00:00)?|pomys[lł] \d+|test-\d+/\d+/\d+|proposal:\d+|\b\d{16}\b")  # fmt: skip


def rows_of(tx: Connection, number: int) -> list[str]:
    """Every row of a proposal as text, with its own values left out."""
    h, o, t = HistoryEntry, OutboxRow, Timer
    queries = [
        select(Proposal.__table__).where(Proposal.id == number),
        *(
            select(kind.__table__).where(kind.subject_kind == "proposal", kind.subject_id == number)
            for kind in (h, o, t)
        ),
        *(select(kind.__table__).where(kind.proposal_id == number) for kind in (SheetVersion, Receipt)),
        select(HistoryContent.__table__)
        .join(h, h.id == HistoryContent.history_id)
        .where(h.subject_kind == "proposal", h.subject_id == number),
    ]
    rows = [row for query in queries for row in tx.execute(query).mappings()]
    return sorted(comparable(dict(row)) for row in rows)


def comparable(row: dict[str, Any]) -> str:
    text = json.dumps(row, default=str, ensure_ascii=False, sort_keys=True)
    return re.sub(OWN, "*", KEYS.sub("*", text), flags=re.IGNORECASE)


def test_floors_by_hand_write_the_rows_that_the_engine_writes(database: Database) -> None:
    stage = Stage(database, proposals=1)
    names = [name for name in stage.contestants if name != FOUR]
    with closing(driver_connection(database)) as connection:
        for name in names:
            take = contestant(name, stage, database, connection, stage.numbers[name])
            for _ in range(2 * len(ROUND)):
                take()
    with database.snapshot() as tx:
        rows = {name: rows_of(tx, stage.numbers[name][0]) for name in names}
        assert all(own == rows[TAKE] for own in rows.values())
        assert audit.verify(tx).broken is None
