"""The orders of a list that have an index are read from it, from the place where the page starts, on both databases."""

import re
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from tests.web.many import add_many
from tests.world import World
from workflow.db.database import Database
from workflow.proposals.filters import Filters
from workflow.proposals.lists import Wanted, list_proposals
from workflow.rules.facts import Ref
from workflow.rules.states import PUBLIC

pytestmark = pytest.mark.slow

INDEX = {"title": "ix_proposal_title", "number": "proposal_edition_id_number", "due": "ix_proposal_work"}
ORDERS = [name for sort in INDEX for name in (sort, f"-{sort}")]


@pytest.fixture(scope="module")
def edition(shared_database: Database) -> Ref:
    found = World(shared_database).edition("announced")
    with shared_database.transaction() as tx:
        add_many(tx, found, 3000)
    # The product never asks SQLite for statistics; PostgreSQL gathers them itself after a while.
    if not shared_database.is_sqlite:
        with shared_database.transaction() as tx:
            tx.execute(text("ANALYZE"))
    return found


def plan(tx: Connection, wanted: Wanted, cursor: str) -> str:
    """How the database reads a page of a list."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    tx.execute(text("SELECT 1"))
    event.listen(tx, "before_cursor_execute", note)
    list_proposals(tx, wanted, cursor=cursor)
    event.remove(tx, "before_cursor_execute", note)
    ((statement, parameters),) = asked
    explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", parameters))


def sorts_rows(told: str) -> bool:
    """Whether more rows are put in order than a page has; a page of two parts may put the rows of its parts in order."""
    scanned = ""
    for line in map(str.strip, told.splitlines()):
        if "TEMP B-TREE FOR ORDER BY" in line and "anon" not in scanned:
            return True
        scanned = line
    whole = re.search(r"(?<!Incremental )Sort  \(", told) and "Append" not in told
    return "Seq Scan on proposal" in told or bool(whole)


@pytest.mark.parametrize("order", ORDERS)
def test_a_page_is_read_from_the_index_of_its_order(shared_database: Database, edition: Ref, order: str) -> None:
    wanted = Wanted(edition.id, sort=order)
    with shared_database.reading() as tx:
        page = list_proposals(tx, wanted)
        for cursor in ("", page.next_cursor or ""):
            told = plan(tx, wanted, cursor)
            assert INDEX[order.removeprefix("-")] in told.replace("sqlite_autoindex_proposal_1", INDEX["number"]), told
            assert not sorts_rows(told), told


@pytest.mark.parametrize("order", ["title", "-title"])
def test_what_outsiders_see_is_read_from_the_index_of_titles(
    shared_database: Database, edition: Ref, order: str
) -> None:
    wanted = Wanted(edition.id, PUBLIC, sort=order)
    with shared_database.reading() as tx:
        page = list_proposals(tx, wanted)
        for cursor in ("", page.next_cursor or ""):
            told = plan(tx, wanted, cursor)
            assert "ix_proposal_title" in told, told
            assert not sorts_rows(told), told


def test_one_state_is_read_from_the_index_of_titles(shared_database: Database, edition: Ref) -> None:
    with shared_database.reading() as tx:
        told = plan(tx, Wanted(edition.id, filters=Filters(states=("submitted",))), "")
    assert "ix_proposal_title" in told, told
    assert not sorts_rows(told), told
