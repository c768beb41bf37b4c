"""A project that was promoted by a typed resolution has a row for it, which is effective."""

import pytest
from sqlalchemy import Connection, select, update

from tests.workflow.db.downgrade import downgrade_before
from tests.world import World
from workflow.db.database import Database
from workflow.db.schema import differences, upgrade
from workflow.models import Decision, Proposal, Resolution

pytestmark = pytest.mark.slow

PROMOTED = {"resolution": "3/2026", "freed": "withdrawn", "by": 1, "at": "2026-03-02T09:30:00+00:00"}


def test_a_typed_promotion_is_the_effective_decision(database: Database) -> None:
    world = World(database)
    ref, other = world.proposal_in("reserve"), world.proposal_in("reserve")
    with database.transaction() as tx:
        downgrade_before(tx, "0026")
        recorded = recorded_of(tx, ref.id) | {"promotion": PROMOTED}
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(recorded=recorded, state="selected"))
    upgrade(database)
    d, r = Decision, Resolution
    on = (r.edition_id == d.edition_id) & (r.year == d.year) & (r.number == d.resolution_number)
    query = select(d.outcome, d.active, d.pending, d.announced_at.is_not(None), r.designation).join(r, on)
    with database.reading() as tx:
        rows = tx.execute(query.where(d.proposal_id == ref.id).order_by(d.active)).all()
        assert [tuple(row) for row in rows] == [("place_on_reserve", False, False, True, ""),
                                                ("select", True, False, True, "3/2026")]  # fmt: skip
        rows = tx.execute(query.where(d.proposal_id == other.id)).all()
        assert [tuple(row) for row in rows] == [("place_on_reserve", True, False, True, "")]
        assert differences(tx) == []


def recorded_of(tx: Connection, number: int) -> dict[str, object]:
    return dict(tx.execute(select(Proposal.recorded).where(Proposal.id == number)).scalar_one())
