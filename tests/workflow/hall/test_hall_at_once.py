"""Everybody in a hall casts, repeats, sends a second ballot and closes at once, on both databases: nothing lost or doubled."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.at_once import at_once
from tests.workflow.hall.people import Hall
from workflow.base.errors import NoSuchStep, NotReady
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.hall.casting import CastBallot, cast, cast_by_name
from workflow.rules.facts import Ref
from workflow.rules.hall import HallMethod
from workflow.rules.states import PollState
from workflow.voting.results.verification import verify_result
from workflow.voting.sealing import Receipt

pytestmark = pytest.mark.slow


@pytest.fixture
def hall(database: Database, tmp_path: Path) -> Hall:
    return Hall(database, tmp_path)


def casting(hall: Hall, poll: Ref, voter: int, receipt: Receipt, key: str) -> Callable[[], CastBallot]:
    registration, database, at = hall.registrations[voter], hall.world.database, hall.world.at
    return lambda: database.in_transaction(
        lambda tx: cast(tx, poll.id, [(key, 1)], receipt, registration_id=registration, at=at), queued=True
    )


def counting(hall: Hall, poll: Ref) -> Callable[[], Moved]:
    command = StepCommand(poll, "count", actor=hall.world["animator"], at=hall.world.at)
    return lambda: hall.world.database.in_transaction(lambda tx: machine.take(tx, command))


def test_hostile_1_everybody_casts_repeats_and_sends_a_second_ballot_at_once(hall: Hall) -> None:
    poll, works = hall.opened(), list[Callable[[], Any]]()
    for voter in range(len(hall.registrations)):
        form, second = hall.form(poll), hall.form(poll)
        works += [casting(hall, poll, voter, receipt, key) for receipt, key in
                  ((form, "T01"), (form, "T01"), (form, "T02"), (second, "T03"))]  # fmt: skip
    random.Random(7).shuffle(works)
    answers = at_once(works)
    assert {type(answer) for answer in answers} <= {CastBallot, NotReady}
    numbers = {answer.receipt.number for answer in answers if isinstance(answer, CastBallot)}
    assert numbers == hall.box().keys()
    assert len(numbers) == len(hall.registrations) == sum(elector.voted for elector in hall.electors(poll))
    hall.world.take(poll, "count", "animator")
    assert {ballot["number"] for ballot in verify_result(hall.file(poll))["ballots"]} == numbers


def test_hostile_2_ballots_against_the_count_are_either_in_the_result_or_refused(hall: Hall) -> None:
    poll = hall.opened()
    for voter in range(6):
        hall.cast(poll, voter, ("T01", 1))
    works: list[Callable[[], Any]] = [casting(hall, poll, voter, hall.form(poll), "T02") for voter in range(6, 24)]
    works[9:9] = [counting(hall, poll), counting(hall, poll)]
    answers = at_once(works)
    late = [answer for answer in answers if isinstance(answer, CastBallot)]
    assert sum(isinstance(answer, Moved) for answer in answers) == 1
    assert {type(answer) for answer in answers} <= {CastBallot, NotReady, Moved, NoSuchStep}
    assert hall.world.state(poll) == PollState.COUNTED
    content = verify_result(hall.file(poll))
    assert content["electorate"]["voted"]["screen"] == 6 + len(late)
    assert content["outcome"]["scores"]["T02"] == f"{len(late)}/1"


def test_a_vote_by_name_sent_from_two_phones_at_once_counts_once(hall: Hall) -> None:
    poll, database, at = hall.opened(HallMethod.AYES, secret=False), hall.world.database, hall.world.at
    registration = hall.registrations[0]

    def vote(key: str) -> Callable[[], Any]:
        return lambda: database.in_transaction(
            lambda tx: cast_by_name(tx, poll.id, [(key, 1)], registration_id=registration, at=at), queued=True
        )

    at_once([vote("for"), vote("against"), vote("for"), vote("abstain")])
    hall.world.take(poll, "count", "animator")
    assert verify_result(hall.file(poll))["electorate"]["voted"]["screen"] == 1
