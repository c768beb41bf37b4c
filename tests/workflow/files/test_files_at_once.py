from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.workflow.at_once import at_once, database
from tests.workflow.lifecycle import documents
from tests.world import World
from workflow.base.errors import NotReady
from workflow.files.actions import store_file
from workflow.files.storage import receive
from workflow.models import ProposalFile
from workflow.rules.facts import Ref
from workflow.rules.guards import files as guards

__all__ = ["database"]
pytestmark = pytest.mark.slow


def test_two_who_send_at_once_cannot_pass_the_limit_together(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "LARGEST_SUM", 3 * len(documents.PDF))
    ref = world.proposal_in("group_work")

    def store(world: World, ref: Ref, number: int) -> int:
        received = receive(tmp_path, BytesIO(documents.PDF), f"{number}.pdf")
        with world.database.transaction() as tx:
            return store_file(tx, tmp_path, ref, received, kind="other", actor=world["leader"], at=world.now)

    answers = at_once([partial(store, world, ref, number) for number in range(8)])

    assert len([one for one in answers if isinstance(one, int)]) == 3
    assert len([one for one in answers if isinstance(one, NotReady)]) == 5
    with world.database.reading() as tx:
        assert tx.execute(select(func.sum(ProposalFile.size))).scalar_one() == 3 * len(documents.PDF)
