"""Copies one edition with all that belongs to it into an empty SQLite database, without secrets and votes."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, LargeBinary, String, Table, and_, event, insert, or_, select

from workflow.db.database import Database
from workflow.engine.facts_reader import KINDS
from workflow.models import Base
from workflow.models.base import table_of

BATCH = 1000
EDITION = "edition"
# Left out: what lets somebody in, what is running now, letters that exist already, and documents, which are large.
LEFT_OUT = frozenset({
    "web_session", "one_time_link", "api_token", "recovery_code", "sign_in_attempt", "used_key", "heartbeat", "switch",
    "job", "outbox", "delivery", "search_word", "document_rendering", "document_reading", "saved_filter",
    "section_draft", "address_fault", "participant_list", "person_change", "sent_form",
})  # fmt: skip
# Who voted what, or how a project is scored, is nobody's to see sooner because of a rehearsal.
VOTES = re.compile(r"ballot|hall_vote|hand_count|hand_line|score|seal|proxy|deliver|^paper_")
SECRET = re.compile(r"password|secret|token|totp|seed|sealed|private_key")
# Types of columns that may hold a secret; a flag that is called secret is none.
WRITTEN = (String, LargeBinary)
EMAIL = "email"
# Where people and organisations are reached besides; only whether there is something is copied.
REACHED_AT = frozenset({"postal_address", "contact", "letters_to"})


def throw_away_database(folder: Path) -> Database:
    """An empty database with all tables in a folder of its own, as quick as a file can be: nobody needs it later."""
    database = Database(f"sqlite:///{folder / 'rehearsal.sqlite3'}")

    @event.listens_for(database.engine, "connect")
    def _hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        # What points to something that is left out stays as it is.
        connection.execute("PRAGMA foreign_keys=OFF")

    with database.transaction() as tx:
        Base.metadata.create_all(tx)
    return database


def copy_edition(source: Connection, target: Database, edition_id: int) -> int:
    """Copy an edition, people and organisations; returns how many rows. Writes nothing into the source.

    People keep their numbers and names; an address is replaced by one that leads nowhere.
    """
    with target.transaction() as tx:
        return sum(_copy_table(source, tx, table, edition_id) for table in copied_tables())


@cache
def copied_tables() -> tuple[Table, ...]:
    """The tables of which a rehearsal has rows."""
    return tuple(table for table in Base.metadata.sorted_tables
                 if table.name not in LEFT_OUT and not table.name.startswith("webhook")
                 and not VOTES.search(table.name))  # fmt: skip


def _copy_table(source: Connection, tx: Connection, table: Table, edition_id: int) -> int:
    query = select(table)
    if (scope := _scope(table, edition_id)) is not None:
        query = query.where(scope)
    rows = source.execution_options(stream_results=True).execute(query.order_by(*table.primary_key.columns))
    count = 0
    for batch in rows.mappings().partitions(BATCH):
        tx.execute(insert(table), list(_cleaned(table, batch, count)))
        count += len(batch)
    return count


def _cleaned(table: Table, rows: Sequence[Any], before: int) -> Iterator[dict[str, Any]]:
    """The rows without secrets, each of which is empty or a word that opens nothing, and without addresses."""
    secrets = [column for column in table.c if SECRET.search(column.name) and isinstance(column.type, WRITTEN)]
    for number, row in enumerate(rows, before):
        cleaned = dict(row) | {column.name: _nothing(column, number) for column in secrets}
        if cleaned.get(EMAIL):
            cleaned[EMAIL] = f"{table.name}-{number}@rehearsal.invalid"
        cleaned |= {name: "-" for name in REACHED_AT if cleaned.get(name)}
        yield cleaned


def _nothing(column: Column[Any], number: int) -> Any:
    word = f"-{number}"
    return None if column.nullable else word.encode() if isinstance(column.type, LargeBinary) else word


def _scope(table: Table, edition_id: int) -> ColumnElement[bool] | None:
    """Which rows of a table belong to the edition; None: all of them belong to no edition in particular."""
    if table.name == EDITION:
        return table.c.id == edition_id
    if "edition_id" in table.c:
        column = table.c.edition_id
        return or_(column == edition_id, column.is_(None)) if column.nullable else column == edition_id
    if "subject_kind" in table.c:
        return or_(*(_about(table, kind, edition_id) for kind in KINDS))
    # What points to its own table says nothing about where it belongs.
    keys = [key for key in table.foreign_keys if key.column.table is not table]
    for key in sorted(keys, key=lambda key: key.parent.name):
        if (scope := _scope(key.column.table, edition_id)) is not None:
            return key.parent.in_(select(key.column).where(scope))
    return None


def _about(table: Table, kind: str, edition_id: int) -> ColumnElement[bool]:
    subjects = table_of(KINDS[kind])
    ids = select(subjects.c.id).where(_scope(subjects, edition_id))  # type: ignore[arg-type]
    return and_(table.c.subject_kind == kind, table.c.subject_id.in_(ids))
