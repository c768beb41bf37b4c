"""A fortnight passes for processes that run: the clock of the installation is moved, its database is not touched."""

from datetime import timedelta

import pytest

from tests.journeys.product import SERVICES as SERVICES
from tests.journeys.product import Product
from tests.processes import eventually
from tests.world import World
from workflow.base.calendar import utc_now
from workflow.rules.states import ProposalState

pytestmark = pytest.mark.slow


def test_what_is_due_in_weeks_happens_when_the_clock_is_moved(shared: Product, world: World) -> None:
    ref = world.proposal_in("group_work")
    shared.wait_for_letters()
    before = len(shared.sink.attempts)
    deadline = world.facts(world.edition_of(ref))["submission_deadline"]
    shared.move_clock(f"+{(deadline - utc_now()).days + 2}d")

    assert eventually(lambda: world.facts(ref).state == ProposalState.WITHDRAWN, seconds=90)
    shared.wait_for_letters()
    subjects = [str(letter.message["Subject"]) for letter in shared.sink.attempts[before:]]
    assert any("Świetlica" in subject for subject in subjects)
    assert (deadline - utc_now()) > timedelta(0)
