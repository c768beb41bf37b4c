from datetime import timedelta
from typing import Any

import pytest

from tests.world import World
from workflow.base.errors import NotReady, Refusal
from workflow.db.database import Database
from workflow.engine.decision import Decision, admit, decide, lacking, target_of
from workflow.engine.machine import lifecycle_of
from workflow.rules.facts import Attempt, Facts

READERS = ("staff", "leader", "animator", "chair", "appeal_body", "coordinator", "participant", "visitor", "admin")


def the_long_way(facts: Facts, name: str, attempt: Attempt, version: int | None) -> Decision:
    row, role = admit(lifecycle_of(facts), facts, name, attempt, version=version)
    if missing := lacking(row, facts, attempt, role):
        raise NotReady(missing)
    return Decision(row, role, target_of(row, facts))


def told(work: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return work(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.missing


@pytest.mark.parametrize("state", ["idea", "group_work", "submitted", "presented", "appealed", "selected", "withdrawn"])
def test_the_short_way_decides_what_the_long_way_decides(database: Database, state: str) -> None:
    world = World(database)
    ref = world.proposal_in(state)
    for who in READERS:
        facts = world.facts(ref, who)
        table = lifecycle_of(facts)
        days = (None, (world.now - timedelta(days=1)).date())
        for name in {row.name for row in (*table.steps, *table.records)}:
            for paper_on, version in ((days[0], None), (days[1], None), (None, facts.version), (None, 0)):
                attempt = Attempt(world.now, paper_on=paper_on)
                expected = told(the_long_way, facts, name, attempt, version)
                assert told(decide, table, facts, name, attempt, version=version) == expected, (who, name)
