"""Many members at once cast, repeat, exchange and close a secret vote, on both databases: no ballot is lost or doubled."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.workflow.at_once import at_once
from tests.workflow.selection.secrecy import Secret, with_keys
from tests.world import SECTORS, World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.models import Attendance, BallotBox, Elector, Person, Seat, SeatHolder, SecretBallot
from workflow.rules.facts import Actor, Ref
from workflow.selection.secret_ballots import Received, cast, exchange, new_form
from workflow.voting.results.verification import verify_result
from workflow.voting.sealing import Receipt

pytestmark = pytest.mark.slow
VOTERS = 24
CHOICES = ("for", "against", "abstain")


class Hall(Secret):
    """A committee that is large enough for receipts that show their choice."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.voters = [self.seat_somebody(number) for number in range(VOTERS)]

    def seat_somebody(self, number: int) -> Actor:
        world = self.world
        since, at = warsaw_date(world.now - timedelta(days=30)), world.now
        with world.database.transaction() as tx:
            person = tx.execute(insert(Person).values(
                email=f"wyborca{number}@example.org", name=f"Wyborca {number}", created_at=at,
            ).returning(Person.id)).scalar_one()  # fmt: skip
            seat = tx.execute(insert(Seat).values(
                edition_id=self.edition.id, body="committee", number=100 + number, sector=SECTORS[number % 3],
                function="member", appointed_by="", from_on=since,
            ).returning(Seat.id)).scalar_one()  # fmt: skip
            tx.execute(insert(SeatHolder).values(seat_id=seat, person_id=person, capacity="holder", rank=0,
                                                 from_on=since, recorded_at=at))  # fmt: skip
            tx.execute(insert(Attendance).values(meeting_id=self.meeting.id, seat_id=seat, person_id=person,
                                                 capacity="holder", arrived_at=at,
                                                 entered_by_id=person))  # fmt: skip
        return Actor(person, f"Wyborca {number}")

    def works(self, poll: Ref, voter: Actor, seed: int) -> list[Callable[[], Any]]:
        """What one voter sends at once: a ballot twice, another choice with the same form, and a second ballot."""
        form, second, first = self.form(poll), self.form(poll), CHOICES[seed % 3]
        choices = [(form, first), (form, first), (form, CHOICES[(seed + 1) % 3]), (second, CHOICES[(seed + 2) % 3])]
        return [self.casting(poll, voter, receipt, choice) for receipt, choice in choices]

    def casting(self, poll: Ref, voter: Actor, receipt: Receipt, choice: str) -> Callable[[], Received]:
        world = self.world
        return lambda: world.database.in_transaction(
            lambda tx: cast(tx, poll.id, choice, receipt, actor=voter, at=world.now)
        )

    def closing(self, poll: Ref) -> Callable[[], Moved]:
        world = self.world
        command = StepCommand(poll, "count", actor=world["chair"], at=world.at + timedelta(seconds=1))
        return lambda: world.database.in_transaction(lambda tx: machine.take(tx, command))


@pytest.fixture
def hall(database: Database, tmp_path: Path) -> Hall:
    return Hall(World(with_keys(database, tmp_path)))


def test_hostile_1_every_voter_casts_repeats_and_exchanges_at_once_and_has_one_ballot(hall: Hall) -> None:
    poll = hall.open_secret()
    works = [work for number, voter in enumerate(hall.voters) for work in hall.works(poll, voter, number)]
    random.Random(7).shuffle(works)
    answers = at_once(works)
    received = [answer for answer in answers if isinstance(answer, Received)]
    assert {type(answer) for answer in answers} <= {Received, NotReady}
    assert len(hall.box()) == hall.ticks() == VOTERS
    assert {answer.receipt.number for answer in received} == {number for number, _revision in hall.box()}
    hall.world.take(poll, "count", "chair")
    # Enough ballots: each receipt shows its choice, and the file is verified with the numbers.
    content = verify_result(hall.file(poll))
    assert [ballot["number"] for ballot in content["ballots"]] == sorted({item.receipt.number for item in received})
    assert hall.numbers() == []
    assert sum(Counter(choice for _code, choice in hall.laid_out()).values()) == VOTERS


def test_hostile_2_and_3_ballots_and_exchanges_against_the_closing_are_counted_or_refused(hall: Hall) -> None:
    poll = hall.open_secret()
    early, late = hall.voters[:12], hall.voters[12:]
    held = [hall.casting(poll, voter, hall.form(poll), "for")() for voter in early]
    world = hall.world

    def exchanging(ballot: Received) -> Callable[[], Received]:
        return lambda: world.database.in_transaction(
            lambda tx: exchange(tx, poll.id, "against", ballot.receipt, revision=0, at=world.now)
        )

    works: list[Callable[[], Any]] = [exchanging(ballot) for ballot in held]
    works += [hall.casting(poll, voter, hall.form(poll), "for") for voter in late]
    works.insert(6, hall.closing(poll))
    answers = at_once(works)
    closed = [answer for answer in answers if isinstance(answer, Moved)]
    assert len(closed) == 1
    exchanged = sum(isinstance(answer, Received) for answer in [*answers[:6], *answers[7:13]])
    cast_late = sum(isinstance(answer, Received) for answer in answers[13:])
    result = world.facts(poll, "chair")["result"]
    assert (result["for"], result["against"]) == (12 - exchanged + cast_late, exchanged)
    assert hall.ticks() == 12 + cast_late == len(hall.laid_out())
    assert hall.box() == []
    assert not hall.key(poll).exists()


def test_forms_shown_to_everybody_write_nothing(hall: Hall) -> None:
    poll = hall.open_secret()
    with hall.world.database.reading() as tx:
        forms = {new_form(tx, poll.id) for _ in range(50)}
        assert len(forms) == 50
        assert tx.execute(select(BallotBox)).all() == tx.execute(select(SecretBallot)).all() == []
        assert not any(tx.execute(select(Elector.voted)).scalars())
