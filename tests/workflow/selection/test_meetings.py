"""A meeting of the committee: attendance by seat, motions, votes by name, and resolutions computed from rows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

import pytest
from sqlalchemy import delete, insert, select, update

from tests import prepared
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NoSuchStep, NotAllowed, NotFound, NotReady
from workflow.db.database import Database
from workflow.demo.seats import seat_members
from workflow.documents.minutes import blocks
from workflow.engine import audit, machine
from workflow.models import Ballot, Decision, Elector, Motion, Resolution, RoleGrant
from workflow.proposals.next_step import Expectation, expectation
from workflow.rules.facts import Ref
from workflow.selection.ballots import cast, enter

MEMBERS = ("chair", "committee1", "committee2")


def convened(world: World, rules: Mapping[str, Any]) -> tuple[Ref, Ref, Ref]:
    """A presented project, its edition, and a meeting of the committee that is convened."""
    project = world.proposal_in("presented", **rules)
    edition = world.edition_of(project)
    with world.database.transaction() as tx:
        seat_members(tx, edition.id, at=world.now - timedelta(days=30))
    day = warsaw_date(world.at)
    meeting = world.create("meeting", "prepare_meeting", "chair", edition=edition, body="committee", form="room",
                           day=day, hour="00:00")  # fmt: skip
    world.take(meeting, "add_agenda_item", "chair", item="Wybór projektów")
    world.take(meeting, "convene", "chair")
    return project, edition, meeting


class Session:
    """One meeting of the committee of an edition with a presented project, played step by step."""

    def __init__(self, world: World, **rules: Any) -> None:
        self.world = world
        self.project, self.edition, self.meeting = prepared.first_call(
            world, f"session {rules}", lambda one: convened(one, rules)
        )

    @classmethod
    def known(cls, world: World, refs: tuple[Ref, Ref, Ref]) -> Self:
        """One that was played before: its project, edition and meeting."""
        session = cls.__new__(cls)
        session.world = world
        session.project, session.edition, session.meeting = refs
        return session

    @property
    def seats(self) -> dict[str, int]:
        """The seat of each member."""
        found = self.world.facts(self.meeting, "chair").session
        assert found is not None
        return {name: seat.id for name in MEMBERS for seat in found.seats if seat.holder == self.world[name].id}

    def arrive(self, *names: str) -> None:
        seats = self.seats
        for name in names:
            self.world.take(self.meeting, "note_arrival", "chair", seat=seats[name], person=self.world[name].id)

    def begin(self, *names: str) -> None:
        self.arrive(*(names or MEMBERS))
        self.world.take(self.meeting, "begin", "chair")

    def move(self, *, outcome: str = "select", **more: Any) -> int:
        number = self.world.facts(self.project)["number"]
        row = {"project": number, "outcome": outcome, "justification": "Dobry projekt.", **more}
        self.world.take(self.meeting, "put_motion", "chair", motion_kind="decide", wording="Wybrać projekt.",
                        decisions=[row])  # fmt: skip
        with self.world.database.reading() as tx:
            return len(tx.execute(select(Motion.number).where(Motion.meeting_id == self.meeting.id)).all())

    def open_vote(self, motion: int = 1) -> Ref:
        poll = self.world.create("poll", "prepare_poll", "chair", edition=self.edition, meeting=self.meeting.id,
                                 motion=motion)  # fmt: skip
        self.world.take(poll, "open", "chair")
        return poll

    def vote(self, poll: Ref, **choices: str) -> None:
        for name, choice in choices.items():
            with self.world.database.transaction() as tx:
                cast(tx, poll.id, choice, actor=self.world[name], at=self.world.now)

    def outcome(self, motion: int = 1) -> str:
        query = select(Motion.outcome).where(Motion.meeting_id == self.meeting.id, Motion.number == motion)
        with self.world.database.reading() as tx:
            return str(tx.execute(query).scalar_one())

    def adopted(self) -> list[tuple[int, int, str]]:
        d = Decision
        query = select(d.resolution_number, d.proposal_id, d.outcome).order_by(d.resolution_number)
        with self.world.database.reading() as tx:
            return [tuple(row) for row in tx.execute(query)]


@pytest.fixture
def session(database: Database) -> Session:
    return Session(World(database))


def codes(refusal: NotReady) -> set[str]:
    return {missing.code for missing in refusal.missing}


def test_a_carried_motion_becomes_the_next_resolution_and_moves_no_project(session: Session) -> None:
    session.begin()
    before = session.world.facts(session.project)
    poll = session.open_vote(session.move())
    session.vote(poll, chair="for", committee1="for", committee2="against")
    session.world.take(poll, "count", "chair")
    session.world.take(session.meeting, "adopt", "chair", motion=1)
    assert session.adopted() == [(1, session.project.id, "select")]
    after = session.world.facts(session.project)
    assert (after.version, after.state, after.head_hash) == (before.version, before.state, before.head_hash)


@pytest.mark.parametrize(
    "choices",
    [
        {"chair": "against", "committee1": "for", "committee2": "against"},
        {"chair": "for", "committee1": "against", "committee2": "abstain"},
        {"chair": "against", "committee1": "against", "committee2": "against"},
        {"chair": "abstain", "committee1": "abstain", "committee2": "abstain"},
    ],
)
def test_a_vote_that_was_not_won_decides_nothing(session: Session, choices: dict[str, str]) -> None:
    session.begin()
    poll = session.open_vote(session.move())
    session.vote(poll, **choices)
    session.world.take(poll, "count", "chair")
    assert session.outcome() == "lost"
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.meeting, "adopt", "chair", motion=1)
    assert "not_carried" in codes(refusal.value)
    assert session.adopted() == []


def test_a_sector_with_too_many_votes_loses_the_motion(session: Session) -> None:
    session.begin()
    poll = session.open_vote(session.move())
    session.vote(poll, chair="for", committee1="for")
    session.world.take(poll, "count", "chair")
    assert session.outcome() == "lost"
    result = session.world.facts(poll, "chair")["result"]
    assert result["for"] == 2
    assert result["majority"] is True
    assert result["parity"] is False


def test_without_quorum_neither_meeting_nor_vote_begins(session: Session) -> None:
    session.arrive("chair", "committee1")
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.meeting, "begin", "chair")
    assert "no_quorum" in codes(refusal.value)
    session.begin("committee2")
    number = session.move()
    session.world.take(session.meeting, "note_departure", "chair", seat=session.seats["committee2"])
    poll = session.world.create("poll", "prepare_poll", "chair", edition=session.edition, meeting=session.meeting.id,
                                motion=number)  # fmt: skip
    with pytest.raises(NotReady) as refusal:
        session.world.take(poll, "open", "chair")
    assert "no_quorum" in codes(refusal.value)


def test_a_vote_replaces_the_one_before_and_is_refused_after_the_count(session: Session) -> None:
    session.begin()
    poll = session.open_vote(session.move())
    session.vote(poll, chair="against", committee1="for", committee2="for")
    session.vote(poll, chair="for")
    session.world.take(poll, "count", "chair")
    assert session.world.facts(poll, "chair")["result"]["for"] == 3
    with pytest.raises(NotReady):
        session.vote(poll, chair="against")


@pytest.mark.parametrize("who", ["staff", "leader", "appeal_body", "secretary"])
def test_who_is_no_elector_does_not_vote(session: Session, who: str) -> None:
    session.begin()
    poll = session.open_vote(session.move())
    with pytest.raises(NotAllowed):
        session.vote(poll, **{who: "for"})


def test_somebody_who_arrives_after_the_opening_waits_for_the_next_vote(database: Database) -> None:
    session = Session(World(database))
    session.begin()
    session.world.take(session.meeting, "note_departure", "chair", seat=session.seats["committee2"])
    session.world.take(session.meeting, "note_arrival", "chair", seat=session.seats["committee2"],
                       person=session.world["committee2"].id)  # fmt: skip
    poll = session.open_vote(session.move())
    session.vote(poll, committee2="for")


def test_a_declared_conflict_recuses_from_the_vote_and_counts_for_the_quorum(session: Session) -> None:
    session.world.declare_conflict(session.project, "committee1", "Jestem w grupie.")
    session.begin()
    number = session.move()
    poll = session.world.create("poll", "prepare_poll", "chair", edition=session.edition, meeting=session.meeting.id,
                                motion=number)  # fmt: skip
    with pytest.raises(NotReady) as refusal:
        session.world.take(poll, "open", "chair")
    assert "no_quorum" in codes(refusal.value), "two who are not recused are below the floor of three"


def test_a_vote_by_hands_does_not_replace_a_vote_on_a_screen(session: Session) -> None:
    session.begin()
    poll = session.open_vote(session.move())
    session.vote(poll, committee1="for")
    with session.world.database.transaction() as tx:
        enter(tx, poll.id, session.seats["committee2"], "for", actor=session.world["chair"], at=session.world.now)
    with pytest.raises(NotReady), session.world.database.transaction() as tx:
        enter(tx, poll.id, session.seats["committee1"], "against", actor=session.world["chair"], at=session.world.now)


@pytest.mark.parametrize("choice", ["", "yes", "za"])
def test_another_answer_than_the_three_is_refused(session: Session, choice: str) -> None:
    session.begin()
    poll = session.open_vote(session.move())
    with pytest.raises(BadInput):
        session.vote(poll, chair=choice)


def test_a_resolution_over_the_budget_is_refused_with_the_sum(database: Database) -> None:
    session = Session(World(database), budget=100)
    session.begin()
    poll = session.world.create("poll", "prepare_poll", "chair", edition=session.edition, meeting=session.meeting.id,
                                motion=session.move())  # fmt: skip
    with pytest.raises(NotReady) as refusal:
        session.world.take(poll, "open", "chair")
    assert "no_budget" in codes(refusal.value)


def test_a_project_with_a_decision_is_not_decided_again(session: Session) -> None:
    adopt_first(session)
    with pytest.raises(NotReady) as refusal:
        session.move(outcome="reject")
    assert "decided_already" in codes(refusal.value)
    with pytest.raises(NotReady):
        session.world.take(session.meeting, "adopt", "chair", motion=1)
    assert len(session.adopted()) == 1


def test_a_meeting_ends_when_nothing_is_left_open_and_its_history_holds(session: Session) -> None:
    session.begin()
    number = session.move()
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.meeting, "end", "chair")
    assert "motions_open" in codes(refusal.value)
    session.world.take(session.meeting, "withdraw_motion", "chair", motion=number)
    session.world.take(session.meeting, "end", "chair")
    assert session.world.state(session.meeting) == "ended"
    with pytest.raises(NoSuchStep):
        session.world.take(session.meeting, "put_motion", "chair", motion_kind="procedural", wording="Przerwa.")


def test_an_adjourned_meeting_goes_on_with_whoever_comes_back_and_its_minutes_say_so(session: Session) -> None:
    world = session.world
    session.begin()
    poll = session.open_vote(session.move())
    later = {"day": warsaw_date(world.at + timedelta(days=1)), "hour": "09:00", "reason": "Późna pora."}
    with pytest.raises(NotReady) as refused:
        world.take(session.meeting, "adjourn", "chair", **later)
    assert codes(refused.value) == {"vote_open"}
    world.take(poll, "annul", "chair", reason="Przerwa.")
    with pytest.raises(NotReady, match="time ahead"):
        world.take(session.meeting, "adjourn", "chair", **later | {"day": warsaw_date(world.at) - timedelta(days=1)})
    world.take(session.meeting, "adjourn", "chair", **later)
    with pytest.raises(NotReady) as refused:
        world.take(session.meeting, "resume", "chair")
    assert codes(refused.value) == {"too_early", "no_quorum"}
    world.at += timedelta(days=5)
    session.arrive("committee1", "committee2", "chair")
    world.take(session.meeting, "resume", "chair")
    world.take(session.meeting, "withdraw_motion", "chair", motion=1)
    world.take(session.meeting, "end", "chair")
    with world.database.transaction() as tx:
        facts = world.facts(session.meeting, "chair")
        assert facts.session is not None
        assert facts.session.minutes is not None
        data = facts.session.minutes.data
        assert audit.verify(tx).broken is None
    assert [stop["reason"] for stop in data["adjournments"]] == ["Późna pora."]
    assert "Przerwano:" in " ".join(str(block) for block in blocks(data))


@pytest.mark.parametrize("who", ["leader", "participant", "partner", "visitor"])
def test_nobody_outside_knows_that_there_is_a_meeting(session: Session, who: str) -> None:
    with pytest.raises(NotFound):
        session.world.take(session.meeting, "cancel", who, reason="Nie.")


def adopt_first(session: Session, **more: Any) -> Ref:
    """A meeting begins and adopts its first motion without a voice against it; the vote."""
    session.begin()
    poll = session.open_vote(session.move(**more))
    session.vote(poll, chair="for", committee1="for", committee2="for")
    session.world.take(poll, "count", "chair")
    session.world.take(session.meeting, "adopt", "chair", motion=1)
    return poll


def adopt(session: Session, **more: Any) -> None:
    adopt_first(session, **more)
    session.world.to_phase(session.edition, "selection")


def test_an_adopted_resolution_is_announced_without_any_typed_figure(session: Session) -> None:
    adopt(session)
    session.world.take(session.project, "select", "chair")
    decision = session.world.facts(session.project).entry("decision")
    assert decision["resolution"] == f"1/{session.world.at.year}"
    assert (decision["votes_for"], decision["votes_against"], decision["members"]) == (3, 0, 3)
    with session.world.database.reading() as tx:
        assert tx.execute(select(Decision.announced_at)).scalar_one() is not None


def test_another_outcome_than_the_resolution_says_is_not_announced(session: Session) -> None:
    adopt(session, outcome="reject")
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.project, "select", "chair")
    assert "other_decision" in codes(refusal.value)
    session.world.take(session.project, "reject", "chair")


def test_whoever_voted_does_not_decide_the_appeal(session: Session) -> None:
    adopt(session, outcome="reject")
    session.world.take(session.project, "reject", "chair")
    deciders = session.world.facts(session.project).entry("deciders")["ids"]
    assert {session.world[name].id for name in MEMBERS} <= set(deciders)


@pytest.mark.parametrize("who", ["leader", "member", "participant"])
def test_an_outsider_reads_the_same_before_and_after_a_secret_decision(session: Session, who: str) -> None:
    session.begin()
    before = session.world.facts(session.project, who)
    poll = session.open_vote(session.move())
    session.vote(poll, chair="for", committee1="for", committee2="for")
    session.world.take(poll, "count", "chair")
    session.world.take(session.meeting, "adopt", "chair", motion=1)
    after = session.world.facts(session.project, who)
    assert (after.version, after.recorded, after.decision, after.own["updated_at"]) == (
        before.version, before.recorded, None, before.own["updated_at"],
    )  # fmt: skip


def test_resolutions_of_a_body_are_numbered_without_a_gap(session: Session) -> None:
    session.begin()
    for outcome in ("select",):
        poll = session.open_vote(session.move(outcome=outcome))
        session.vote(poll, chair="for", committee1="for", committee2="for")
        session.world.take(poll, "count", "chair")
        session.world.take(session.meeting, "adopt", "chair", motion=1)
    with session.world.database.reading() as tx:
        assert tx.execute(select(Resolution.number)).scalars().all() == [1]


def appealed(session: Session, name: str) -> Expectation | None:
    """What somebody who was made a member of the appeal body is to do about a rejected project under appeal."""
    session.world.take(session.project, "reject", "chair")
    session.world.take(session.project, "appeal", "leader", grounds="Ocena pominęła partnerów.")
    actor = session.world[name]
    grant = {"person_id": actor.id, "edition_id": session.edition.id, "role": "appeal_body"}
    with session.world.database.transaction() as tx:
        tx.execute(insert(RoleGrant).values(**grant, granted_at=session.world.now))
        facts = machine.facts_of(tx, [session.project], actor=actor)[session.project]
    return expectation(facts, machine.open_steps(facts, at=session.world.now))


def without_vote(session: Session, name: str, *, recused: bool) -> None:
    """Let the rows say that somebody did not vote: the committee of the world is too small to do without anybody."""
    person = session.world[name].id
    seat = select(Elector.seat_id).where(Elector.person_id == person).scalar_subquery()
    with session.world.database.transaction() as tx:
        tx.execute(delete(Ballot).where(Ballot.seat_id == seat))
        tx.execute(update(Elector).where(Elector.person_id == person).values(recused=recused, voted=False))


def test_whoever_was_present_without_voting_is_not_offered_the_appeal(session: Session) -> None:
    """Hostile case 26: present without voting."""
    adopt(session, outcome="reject")
    without_vote(session, "committee2", recused=False)
    found = appealed(session, "committee2")
    assert found is not None
    assert (found.mine, found.allowed) == (False, False)
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.project, "dismiss_appeal", "committee2")
    assert "took_part" in codes(refusal.value)


def test_whoever_was_recused_from_every_vote_about_it_may_decide_the_appeal(session: Session) -> None:
    """Hostile case 26: recused."""
    adopt(session, outcome="reject")
    without_vote(session, "committee2", recused=True)
    found = appealed(session, "committee2")
    assert found is not None
    assert found.allowed
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.project, "dismiss_appeal", "committee2")
    assert codes(refusal.value) == {"no_appeal_resolution"}


def annul(session: Session, number: int) -> None:
    """A motion of the same meeting that takes the decision about the project back, carried and adopted."""
    row = {"project": session.world.facts(session.project)["number"], "justification": "Pomyłka w koszcie."}
    session.world.take(session.meeting, "put_motion", "chair", motion_kind="annul", wording="Unieważnić.",
                       decisions=[row])  # fmt: skip
    poll = session.open_vote(number)
    session.vote(poll, chair="for", committee1="for", committee2="for")
    session.world.take(poll, "count", "chair")
    session.world.take(session.meeting, "adopt", "chair", motion=number)


def test_a_decision_that_is_annulled_before_its_announcement_leaves_no_trace_and_can_be_made_anew(
    session: Session,
) -> None:
    before = session.world.facts(session.project, "leader")
    adopt(session)
    annul(session, 2)
    assert session.world.facts(session.project, "chair").decision is None
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.project, "select", "chair")
    assert "no_decision" in codes(refusal.value)
    after = session.world.facts(session.project, "leader")
    assert (after.version, after.head_hash, after.recorded) == (before.version, before.head_hash, before.recorded)
    session.move(outcome="reject")
    poll = session.open_vote(3)
    session.vote(poll, chair="for", committee1="for", committee2="for")
    session.world.take(poll, "count", "chair")
    session.world.take(session.meeting, "adopt", "chair", motion=3)
    session.world.take(session.project, "reject", "chair")
    with session.world.database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_only_a_decision_that_waits_for_its_announcement_is_annulled_by_a_motion(session: Session) -> None:
    session.begin()
    row = {"project": session.world.facts(session.project)["number"], "justification": "Pomyłka."}
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.meeting, "put_motion", "chair", motion_kind="annul", wording="Unieważnić.",
                           decisions=[row])  # fmt: skip
    assert "nothing_to_annul" in codes(refusal.value)
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.meeting, "put_motion", "chair", motion_kind="decide", wording="Wybrać.",
                           decisions=[row])  # fmt: skip
    assert "no_outcome" in codes(refusal.value)


def test_whoever_withdraws_before_the_announcement_frees_the_place(session: Session) -> None:
    """Hostile case 25: what was adopted takes neither place nor money any more."""
    adopt(session)
    session.world.take(session.project, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    found = session.world.facts(session.meeting, "chair").session
    assert found is not None
    assert found.decisions == ()
