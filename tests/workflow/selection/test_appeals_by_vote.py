"""Appeals are decided by the vote of the appeal body: the outcome follows from ballots, and who was involved is barred."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotAllowed, NotReady
from workflow.db.database import Database
from workflow.demo.seats import seat_members
from workflow.engine import audit
from workflow.engine.result_reader import result_file
from workflow.models import Decision, Elector, Motion, Poll, Resolution, RoleGrant, Seat, SeatHolder
from workflow.rules.bodies import Capacity, Function
from workflow.rules.facts import Ref
from workflow.selection.ballots import cast
from workflow.voting.results.verification import verify_result

REASONS = "Komitet pominął umowę z partnerem."
CHAIR, OTHER, INVOLVED = "appeal_body", "visitor", "committee2"


def codes(refusal: NotReady) -> set[str]:
    return {unmet.code for unmet in refusal.missing}


class AppealBody:
    """A project under appeal, and an appeal body of three, one of whom voted in the committee about the project."""

    def __init__(self, world: World, came_from: str = "not_selected") -> None:
        self.world, self.ref = world, world.proposal_in("appealed", came_from=came_from)
        self.edition, self.number = world.edition_of(self.ref), world.facts(self.ref)["number"]
        since = warsaw_date(world.at) - timedelta(days=1)
        with world.writing() as tx:
            if not tx.execute(select(Seat.id)).first():
                seat_members(tx, self.edition.id, at=world.at - timedelta(days=30))
            for number, name in enumerate((OTHER, INVOLVED), 2):
                seat = {"edition_id": self.edition.id, "body": "appeal", "number": number, "appointed_by": "8/2026",
                        "function": Function.MEMBER, "from_on": since}  # fmt: skip
                seat_id = tx.execute(insert(Seat).values(**seat).returning(Seat.id)).scalar_one()
                tx.execute(insert(SeatHolder).values(seat_id=seat_id, person_id=world[name].id, from_on=since,
                                                     capacity=Capacity.HOLDER, recorded_at=world.at))  # fmt: skip
                tx.execute(insert(RoleGrant).values(person_id=world[name].id, edition_id=self.edition.id,
                                                    role="appeal_body", granted_at=world.at))  # fmt: skip
        day = {"day": warsaw_date(world.at), "hour": "00:00"}
        self.meeting = world.create("meeting", "prepare_meeting", CHAIR, edition=self.edition, body="appeal",
                                    form="room", **day)  # fmt: skip
        world.take(self.meeting, "add_agenda_item", CHAIR, item="Odwołania", project=self.number)
        world.take(self.meeting, "convene", CHAIR)
        session = world.facts(self.meeting, CHAIR).session
        for seat in session.seats if session else ():
            world.take(self.meeting, "note_arrival", CHAIR, seat=seat.id, person=seat.holder)
        world.take(self.meeting, "begin", CHAIR)

    def move(self, outcome: str) -> int:
        row = {"project": self.number, "outcome": outcome, "justification": REASONS}
        self.world.take(self.meeting, "put_motion", CHAIR, motion_kind="appeal", wording="Rozpatrzyć odwołanie.",
                        decisions=[row])  # fmt: skip
        with self.world.database.reading() as tx:
            return len(tx.execute(select(Motion.number).where(Motion.meeting_id == self.meeting.id)).all())

    def open(self, motion: int) -> Ref:
        poll = self.world.create("poll", "prepare_poll", CHAIR, edition=self.edition, motion=motion,
                                 meeting=self.meeting.id)  # fmt: skip
        self.world.take(poll, "open", CHAIR)
        return poll

    def vote(self, motion: int, choice: str) -> Ref:
        poll = self.open(motion)
        for name in (CHAIR, OTHER):
            self.cast(poll, name, choice)
        self.world.take(poll, "count", CHAIR)
        return poll

    def cast(self, poll: Ref, name: str, choice: str) -> None:
        with self.world.database.transaction() as tx:
            cast(tx, poll.id, choice, actor=self.world[name], at=self.world.now)

    def adopt(self, outcome: str) -> Ref:
        motion = self.move(outcome)
        poll = self.vote(motion, "for")
        self.world.take(self.meeting, "adopt", CHAIR, motion=motion)
        return poll

    def read(self, query: object) -> list[tuple[object, ...]]:
        with self.world.database.reading() as tx:
            return [tuple(row) for row in tx.execute(query)]  # type: ignore[call-overload]


@pytest.fixture
def body(sqlite_url: str) -> Iterator[AppealBody]:
    database = Database(sqlite_url)
    yield AppealBody(World(database))
    database.close()


def test_hostile_26_whoever_voted_about_the_project_stands_recused_at_the_vote_about_the_appeal(
    body: AppealBody,
) -> None:
    poll = body.open(body.move("uphold"))
    electors = body.read(select(Elector.person_id, Elector.recused, Elector.recusal_reason)
                         .where(Elector.poll_id == poll.id))  # fmt: skip
    reasons = {person: reason for person, recused, reason in electors if recused}
    assert reasons == {body.world[INVOLVED].id: "Członek brał udział w rozstrzygnięciu, od którego złożono odwołanie."}
    with pytest.raises(NotAllowed):
        body.cast(poll, INVOLVED, "for")
    for name in (CHAIR, OTHER):
        body.cast(poll, name, "for")
    body.world.take(poll, "count", CHAIR)
    (result,), = body.read(select(Poll.result).where(Poll.id == poll.id))  # fmt: skip
    assert isinstance(result, dict)
    assert (result["for"], result["recused"], result["present"]) == (2, 1, 2)


def test_an_adopted_resolution_decides_the_appeal_with_its_reasons(body: AppealBody) -> None:
    poll = body.adopt("uphold")
    with pytest.raises(NotReady) as refusal:
        body.world.take(body.ref, "dismiss_appeal", CHAIR)
    assert codes(refusal.value) == {"other_appeal_resolution"}
    body.world.take(body.ref, "uphold_selection_appeal", CHAIR)
    assert body.world.state(body.ref) == "presented"
    appeal = body.world.facts(body.ref).entry("appeals")
    assert (appeal["outcome"], appeal["written_reasons"], appeal["final"]) == ("uphold_selection_appeal", REASONS, True)
    (number, year), = body.read(select(Resolution.number, Resolution.year).where(Resolution.body == "appeal"))  # fmt: skip
    assert appeal["resolution"] == f"{number}/{year}"
    (pending, announced), = body.read(select(Decision.pending, Decision.announced_at)
                                      .where(Decision.body == "appeal"))  # fmt: skip
    assert (pending, announced is not None) == (False, True)
    assert not body.read(select(Decision.outcome).where(Decision.active))
    with body.world.database.reading() as tx:
        assert audit.verify(tx).broken is None
        file = verify_result(result_file(tx, poll.id))
    assert file["outcome"]["figures"]["F"] == 2


def test_a_dismissed_appeal_leaves_the_decision_of_the_committee_as_it_was(body: AppealBody) -> None:
    before = body.read(select(Decision.outcome, Decision.announced_at).where(Decision.active))
    body.adopt("dismiss")
    body.world.take(body.ref, "dismiss_appeal", CHAIR)
    assert body.world.state(body.ref) == "not_selected"
    assert body.read(select(Decision.outcome, Decision.announced_at).where(Decision.active)) == before
    with body.world.database.reading() as tx:
        assert audit.verify(tx).broken is None


@pytest.mark.parametrize("choice", ["against", "abstain"])
@pytest.mark.parametrize("outcome", ["uphold", "dismiss"])
def test_a_lost_motion_decides_no_appeal(body: AppealBody, outcome: str, choice: str) -> None:
    motion = body.move(outcome)
    body.vote(motion, choice)
    with pytest.raises(NotReady) as refusal:
        body.world.take(body.meeting, "adopt", CHAIR, motion=motion)
    assert codes(refusal.value) == {"not_carried"}
    for step in ("uphold_selection_appeal", "dismiss_appeal"):
        with pytest.raises(NotReady) as refusal:
            body.world.take(body.ref, step, CHAIR)
        assert codes(refusal.value) == {"no_appeal_resolution"}


def test_after_a_lost_motion_the_other_one_is_put_and_the_same_people_vote(body: AppealBody) -> None:
    body.vote(body.move("uphold"), "against")
    body.adopt("dismiss")
    body.world.take(body.ref, "dismiss_appeal", CHAIR)
    assert body.world.state(body.ref) == "not_selected"


def test_a_motion_says_for_each_project_what_becomes_of_its_appeal(body: AppealBody) -> None:
    for row in ({"outcome": "select"}, {}):
        with pytest.raises(NotReady) as refusal:
            body.world.take(
                body.meeting, "put_motion", CHAIR, motion_kind="appeal", wording="Rozpatrzyć.",
                decisions=[{"project": body.number, "justification": REASONS, **row}],
            )  # fmt: skip
        assert codes(refusal.value) == {"no_outcome"}


def test_only_a_project_under_appeal_is_named_and_only_while_no_resolution_waits(body: AppealBody) -> None:
    body.adopt("uphold")
    with pytest.raises(NotReady) as refusal:
        body.move("dismiss")
    assert codes(refusal.value) == {"resolution_waits"}
    body.world.take(body.ref, "uphold_selection_appeal", CHAIR)
    with pytest.raises(NotReady) as refusal:
        body.move("dismiss")
    assert codes(refusal.value) == {"not_appealed"}


def test_the_leader_sees_nothing_of_the_resolution_and_may_take_the_appeal_back(body: AppealBody) -> None:
    before = body.world.facts(body.ref, "leader")
    body.adopt("uphold")
    assert body.world.facts(body.ref, "leader") == before
    body.world.take(body.ref, "withdraw_appeal", "leader")
    assert body.world.state(body.ref) == "not_selected"
    assert body.read(select(Decision.pending, Decision.announced_at).where(Decision.body == "appeal")) == [
        (False, None)
    ]


def test_whoever_took_part_announces_no_outcome_of_an_appeal_either(body: AppealBody) -> None:
    body.adopt("dismiss")
    with pytest.raises(NotReady) as refusal:
        body.world.take(body.ref, "dismiss_appeal", INVOLVED)
    assert codes(refusal.value) == {"took_part"}
    body.world.take(body.ref, "dismiss_appeal", OTHER)


def test_the_committee_puts_no_motion_about_an_appeal(sqlite_url: str) -> None:
    world = World(Database(sqlite_url))
    ref = world.proposal_in("appealed")
    with pytest.raises(NotReady) as refusal:
        world.resolve("appeal", ref, outcome="uphold")
    assert "not_of_this_body" in codes(refusal.value)


def test_an_appeal_against_a_refused_admission_is_barred_to_those_who_refused_it(sqlite_url: str) -> None:
    body = AppealBody(World(Database(sqlite_url)), came_from="not_admitted")
    poll = body.open(body.move("uphold"))
    assert body.read(select(Elector.person_id).where(Elector.poll_id == poll.id, Elector.recused)) == []
    for name in (CHAIR, OTHER):
        body.cast(poll, name, "for")
    body.world.take(poll, "count", CHAIR)
    body.world.take(body.meeting, "adopt", CHAIR, motion=1)
    with pytest.raises(NotReady) as refusal:
        body.world.take(body.ref, "uphold_selection_appeal", CHAIR)
    assert refusal.value
    body.world.take(body.ref, "uphold_admission_appeal", CHAIR)
    assert body.world.state(body.ref) == "admitted"
