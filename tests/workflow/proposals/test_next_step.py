import pytest

from tests.world import World
from workflow.db.database import Database
from workflow.engine import machine
from workflow.proposals.next_step import expectation


@pytest.mark.parametrize(
    ("against", "step"),
    [
        ("not_admitted", "uphold_admission_appeal"),
        ("not_selected", "uphold_selection_appeal"),
        ("reserve", "uphold_selection_appeal"),
    ],
)
def test_an_appeal_waits_for_the_decision_that_fits_what_it_is_against(
    database: Database, against: str, step: str
) -> None:
    world = World(database)
    ref = world.proposal_in("appealed", came_from=against)
    with database.reading() as tx:
        facts = machine.facts_of(tx, [ref], actor=world["appeal_body"])[ref]
    found = expectation(facts, machine.open_steps(facts, at=world.now))
    assert found is not None
    assert found.step.name == step
