from functools import partial

import pytest
from sqlalchemy import select

from tests.workflow.at_once import at_once, database
from tests.world import World
from workflow.base.errors import NotReady
from workflow.comments import suggestions
from workflow.engine.move import Moved
from workflow.models import Suggestion
from workflow.rules.facts import Ref
from workflow.rules.sheet_sections import section_digest, values_of

__all__ = ["database"]
pytestmark = pytest.mark.slow


def test_a_suggestion_is_answered_once_however_often_it_is_pressed(world: World) -> None:
    ref = world.proposal_in("group_work")
    with world.database.transaction() as tx:
        number = suggestions.suggest(
            tx, ref, section="goals", text="Nowy cel.", base="", actor=world["member"], at=world.now
        )
    base = section_digest("goals", values_of(world.facts(ref).own))

    def accept(world: World, ref: Ref) -> Moved:
        with world.database.transaction() as tx:
            return suggestions.accept(tx, ref, number, base=base, actor=world["leader"], at=world.now)

    answers = at_once([partial(accept, world, ref) for _time in range(6)])

    assert len([one for one in answers if isinstance(one, Moved)]) == 1
    assert len([one for one in answers if isinstance(one, NotReady)]) == 5
    with world.database.reading() as tx:
        assert tx.execute(select(Suggestion.outcome)).scalar_one() == "accepted"
