import inspect
import re

import pytest

from tests.world import World
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.edition_totals import with_totals
from workflow.rules.guards import GUARDS, NEEDS_TOTALS
from workflow.rules.guards.base import SCOPES
from workflow.rules.states import FUNDED
from workflow.rules.totals import EVERY, NARROW, WHOLE, Part, Scope, Totals

# What a guard writes when it looks at a part.
READS = {
    Part.CONFERENCES: r"totals\.conferences",
    Part.COMMITTEE: r"totals\.committee",
    Part.AGREEMENT: r"totals\.(agreement_state|partners)",
    Part.EXTENSIONS: r"totals\.extended_until",
    Part.APPEAL_TERMS: r"totals\.appeal_terms",
    Part.DECLARATIONS: r"totals\.undeclared",
    Part.MINUTES: r"totals\.open_minutes",
    Part.RESERVE: r"totals\.(taken_positions|first_reserve|freed|offers|offered_cost|promoted_positions)",
}


@pytest.mark.parametrize("name", sorted(NEEDS_TOTALS))
def test_a_guard_says_which_parts_of_the_edition_it_looks_at(name: str) -> None:
    source = inspect.getsource(inspect.unwrap(GUARDS[name]))
    looked_at = {part for part, written in READS.items() if re.search(written, source)}
    assert SCOPES[name].parts == looked_at
    assert bool(SCOPES[name].states) == bool(re.search(r"totals\.(of|funded)|pending_appeals", source))


def test_counting_what_nobody_read_is_an_error_and_not_a_zero() -> None:
    few = Totals(scope=Scope(frozenset({"appealed"})), proposals={"appealed": 2})
    assert few.of("appealed") == 2
    with pytest.raises(LookupError):
        few.of("appealed", "selected")
    with pytest.raises(LookupError):
        _ = few.funded
    assert Totals(proposals={"selected": 1}).funded == 1


def test_a_scope_covers_what_it_counts() -> None:
    assert WHOLE.covers(Scope(frozenset({"selected"}), frozenset({Part.RESERVE})))
    assert NARROW.covers(NARROW)
    assert not Scope(frozenset({"selected"})).covers(Scope(frozenset(FUNDED)))
    assert not Scope(frozenset({"selected"})).covers(Scope(frozenset({EVERY})))


@pytest.mark.parametrize("state", ["submitted", "admitted", "presented", "reserve", "selected"])
def test_a_page_reads_as_much_as_its_steps_look_at_and_the_same_as_the_whole(database: Database, state: str) -> None:
    world = World(database)
    ref = world.proposal_in(state)
    with database.reading() as tx:
        some = machine.facts_of(tx, [ref], actor=world["staff"])[ref]
        whole = with_totals(tx, {ref: some})[ref]
    assert machine.open_steps(some, at=world.now) == machine.open_steps(whole, at=world.now)
    assert some.totals is not None
    assert EVERY not in some.totals.scope.states


def test_places_that_became_free_again_are_counted(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("cancelled")
    with database.reading() as tx:
        totals = machine.facts_of(tx, [world.edition_of(ref)], actor=world["staff"], scope=WHOLE)
    found = totals[world.edition_of(ref)].totals
    assert found is not None
    assert (found.freed, found.funded, found.of("cancelled")) == (1, 0, 1)
