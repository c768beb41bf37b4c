"""Whose turn the board and the figures say it is: somebody who takes what is expected in that state."""

import pytest

from workflow.overview.waiting import TURN
from workflow.proposals.next_step import PROPOSAL
from workflow.rules.registry import newest
from workflow.rules.roles import Role

# The members of the committee vote; the chair writes down what they decided.
DECIDED_BY = {Role.COMMITTEE_MEMBER: Role.COMMITTEE_CHAIR}


@pytest.mark.parametrize("state", TURN, ids=str)
def test_it_is_the_turn_of_somebody_who_takes_a_step_that_is_expected(state: str) -> None:
    expected, role = PROPOSAL[state], TURN[state]
    rows = [row for row in newest("proposal").steps_from(state) if row.name in expected or row.verdict in expected]
    assert DECIDED_BY.get(role, role) in {who for row in rows for who in row.who}
