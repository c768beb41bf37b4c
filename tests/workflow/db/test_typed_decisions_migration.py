"""Decisions whose figures were typed become rows: announced ones stay effective, the others are voted on again."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select, update

from tests.workflow.db.downgrade import downgrade_before
from tests.world import World
from workflow.db.database import Database
from workflow.db.schema import differences, upgrade
from workflow.models import Decision, Proposal, Resolution
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

TYPED = {"outcome": "reject", "resolution": "4/2026", "adopted_on": "2026-03-01", "members": 3, "present": 3,
         "votes_for": 3, "votes_against": 0, "justification": "Za drogi.", "by": 1, "at": "2026-03-01T10:00:00+00:00"}  # fmt: skip
ANNOUNCED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(tx: Connection, ref: Ref, **recorded: object) -> None:
    tx.execute(update(Proposal).where(Proposal.id == ref.id).values(recorded=recorded))


def rows(tx: Connection, ref: Ref) -> list[tuple[object, ...]]:
    d, r = Decision, Resolution
    query = select(d.year, d.resolution_number, d.outcome, d.active, d.announced_at, r.meeting_id, r.designation)
    on = (r.edition_id == d.edition_id) & (r.year == d.year) & (r.number == d.resolution_number)
    return [tuple(row) for row in tx.execute(query.join(r, on).where(d.proposal_id == ref.id))]


@dataclass
class Upgraded:
    """A database that was taken back, written to as an older version did, and upgraded: once for all tests."""

    database: Database
    # What was voted on, and its rows before; then what was typed.
    voted: Ref
    before: list[tuple[object, ...]]
    typed: tuple[Ref, Ref, Ref]


@pytest.fixture(scope="module")
def upgraded(shared_database: Database) -> Upgraded:
    world = World(shared_database)
    voted = world.proposal_in("presented")
    world.decide(voted, "select")
    edition = world.edition("conferences")
    with world.writing() as tx:
        before = rows(tx, voted)
        announced, waiting, other = (world.idea(edition, title=f"Projekt {number}") for number in (1, 2, 3))
        downgrade_before(tx, "0021")
        record(tx, announced, decide=TYPED, decision={**TYPED, "announced_at": ANNOUNCED.isoformat()})
        record(tx, waiting, decide=TYPED)
        record(tx, other, decide={**TYPED, "resolution": "uchwała bez numeru"})
    upgrade(shared_database)
    return Upgraded(shared_database, voted, before, (announced, waiting, other))


def test_what_was_typed_is_kept_and_only_what_was_announced_is_effective(upgraded: Upgraded) -> None:
    announced, waiting, other = upgraded.typed
    with upgraded.database.reading() as tx:
        assert rows(tx, announced) == [(2026, 4, "reject", True, ANNOUNCED, None, "4/2026")]
        assert rows(tx, waiting) == [(2026, 4, "reject", False, None, None, "4/2026")]
        assert rows(tx, other) == [(2026, 5, "reject", False, None, None, "uchwała bez numeru")]
        figures = tx.execute(select(Decision.figures).where(Decision.proposal_id == announced.id)).scalar_one()
        assert (figures["source"], figures["votes_for"], "electors" in figures) == ("typed", 3, False)
        assert differences(tx) == []


def test_a_resolution_that_was_voted_on_goes_through_both_ways(upgraded: Upgraded) -> None:
    with upgraded.database.reading() as tx:
        assert rows(tx, upgraded.voted) == upgraded.before
    assert upgraded.before[0][2:4] == ("select", True)
