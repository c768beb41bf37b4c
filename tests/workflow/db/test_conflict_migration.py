"""Conflicts of interest that were recorded on proposals become rows of their own; the history stays as it was."""

import pytest
from alembic import command
from sqlalchemy import select, update

from tests.world import World
from workflow.db.database import Database
from workflow.db.schema import _config, upgrade
from workflow.engine.conflicts_of_interest import binding
from workflow.models import Conflict, Proposal

pytestmark = pytest.mark.slow


def test_a_conflict_recorded_on_a_proposal_binds_after_the_upgrade(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("presented")
    person, edition = world["committee1"].id, world.edition_of(ref).id
    assert person is not None
    entries = [{"by": person, "by_name": "K.", "at": world.at.isoformat(), "reason": reason}
               for reason in ("Sąsiad.", "Szwagier.")]  # fmt: skip
    with database.transaction() as tx:
        command.downgrade(_config(tx), "0017")
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(recorded={"declare_conflict": entries}))
    upgrade(database)
    with database.reading() as tx:
        assert binding(tx, edition) == {ref.id: {person: "Szwagier."}}
        row = tx.execute(select(Conflict.source, Conflict.state, Conflict.decided_by_id, Conflict.at)).one()
        assert tuple(row) == ("declared", "confirmed", person, world.at)
