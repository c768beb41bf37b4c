"""What a conflict of interest does to a vote: ballots become void, lists are split, the quorum is counted anew."""

import pytest
from sqlalchemy import insert, select, update

from tests.growth import copies
from tests.workflow.at_once import at_once
from tests.workflow.selection.bodies import Committee
from tests.workflow.selection.test_meetings import MEMBERS, codes
from tests.world import World
from workflow.base.errors import NotAllowed, NotReady
from workflow.db.database import Database
from workflow.engine.result_reader import result_file
from workflow.models import (
    Ballot,
    Edition,
    Elector,
    GroupMember,
    Motion,
    MotionItem,
    Proposal,
)
from workflow.rules.facts import Ref
from workflow.rules.vote import Recusal
from workflow.voting.results.verification import verify_result


@pytest.fixture
def committee(database: Database) -> Committee:
    return Committee(World(database))


ALL_FOR = dict.fromkeys((*MEMBERS, "secretary", "partner"), "for")


def test_a_conflict_declared_while_a_vote_is_open_makes_the_ballot_void(committee: Committee) -> None:
    """Hostile case 11: recused by a conflict declared while the poll is open."""
    poll = committee.opened()
    committee.vote(poll, **ALL_FOR)
    committee.declare("committee1", "conflicted", "Lider jest moim bratem.")
    mine = Elector.person_id == committee.world["committee1"].id
    assert committee.read(select(Elector.recused, Elector.voted, Elector.recusal_reason).where(mine)) == [
        (True, False, "Lider jest moim bratem.")
    ]
    seat = committee.seats["committee1"]
    assert committee.read(select(Ballot.choice, Ballot.valid).where(Ballot.seat_id == seat)) == [("for", False)]
    with pytest.raises(NotAllowed):
        committee.vote(poll, committee1="against")
    result = committee.result(poll)
    assert (result["for"], result["recused"], result["present"]) == (4, 1, 4)
    assert committee.outcome() == "carried"
    with committee.world.writing() as tx:
        file = verify_result(result_file(tx, poll.id))
    assert (len(file["ballots"]), file["outcome"]["figures"]["F"], file["electorate"]["recused"]) == (4, 4, 1)


def test_a_conflict_found_while_a_vote_is_open_makes_the_ballot_void_at_the_count(committee: Committee) -> None:
    """Hostile case 11: recused by a conflict found while the poll is open."""
    poll = committee.opened()
    committee.vote(poll, **ALL_FOR)
    committee.works_in_group("committee1")
    with pytest.raises(NotAllowed):
        committee.vote(poll, committee1="against")
    result = committee.result(poll)
    assert (result["for"], result["against"], result["recused"]) == (4, 0, 1)
    seat = committee.seats["committee1"]
    assert committee.read(select(Ballot.choice, Ballot.valid).where(Ballot.seat_id == seat)) == [("for", False)]
    assert committee.read(select(Elector.recused, Elector.voted).where(Elector.seat_id == seat)) == [(True, False)]


def test_a_vote_in_which_too_many_turn_out_to_be_conflicted_is_lost_for_want_of_quorum(committee: Committee) -> None:
    """Hostile cases 11 and 17: quorum at the count, not at the opening alone."""
    poll = committee.opened()
    committee.vote(poll, **ALL_FOR)
    for name in ("committee1", "committee2", "chair"):
        committee.works_in_group(name)
    result = committee.result(poll)
    assert (result["for"], result["present"], result["quorum"]["held"]) == (2, 2, False)
    assert committee.outcome() == "lost"


def test_with_everybody_recused_no_vote_is_opened(committee: Committee) -> None:
    """Hostile case 17: quorum with all recused."""
    for name in ALL_FOR:
        committee.works_in_group(name)
    committee.begin(*ALL_FOR)
    number = committee.move()
    poll = committee.world.create("poll", "prepare_poll", "chair", edition=committee.edition,
                                  meeting=committee.meeting.id, motion=number)  # fmt: skip
    with pytest.raises(NotReady) as refusal:
        committee.world.take(poll, "open", "chair")
    assert "no_quorum" in codes(refusal.value)


def test_a_conflict_that_was_cleared_does_not_recuse(committee: Committee) -> None:
    committee.works_in_group("committee1", left=True)
    committee.clear("committee1", "chair")
    poll = committee.opened()
    committee.vote(poll, **ALL_FOR)
    assert committee.result(poll)["for"] == 5


def listed(committee: Committee, *, conflicted: str = "committee1") -> list[Ref]:
    """Three presented projects; a member works in the group of the second."""
    with committee.world.database.transaction() as tx:
        copies(tx, committee.project, 2)
        numbers = tx.execute(select(Proposal.id).order_by(Proposal.id)).scalars().all()
    refs = [Ref("proposal", number) for number in numbers]
    committee.works_in_group(conflicted, project=refs[1])
    return refs


def put_list(committee: Committee, refs: list[Ref]) -> None:
    rows = [{"project": committee.world.facts(ref)["number"], "outcome": "select", "justification": "Dobry.",
             "departure": "Tak zdecydowano." if ref == refs[1] else ""} for ref in refs]  # fmt: skip
    committee.world.take(
        committee.meeting, "put_motion", "chair", motion_kind="decide", wording="Wybrać.", decisions=rows
    )


def refused(committee: Committee, motion: int) -> NotReady:
    poll = committee.world.create("poll", "prepare_poll", "chair", edition=committee.edition,
                                  meeting=committee.meeting.id, motion=motion)  # fmt: skip
    with pytest.raises(NotReady) as refusal:
        committee.world.take(poll, "open", "chair")
    committee.world.take(poll, "annul", "chair", reason="Lista.")
    return refusal.value


def test_a_list_with_a_conflicted_project_is_refused_with_the_names_and_split(committee: Committee) -> None:
    """Hostile case 16: list with one conflicted project."""
    refs = listed(committee)
    committee.begin(*ALL_FOR)
    put_list(committee, refs)
    refusal = refused(committee, 1)
    assert "conflict_in_list" in codes(refusal)
    assert committee.world["committee1"].name in refusal.missing[0].say("pl")
    committee.world.take(committee.meeting, "split_motion", "chair", motion=1)
    motions = committee.read(select(Motion.number, Motion.outcome, Motion.split_from).order_by(Motion.number))
    assert motions == [(1, "split", None), (2, "open", 1), (3, "open", 1)]
    titles = {ref: f"{facts['number']}. {facts['title']}" for ref in refs for facts in [committee.world.facts(ref)]}
    rest, apart = committee.read(select(Motion.wording).where(Motion.number > 1).order_by(Motion.number))
    assert [title in rest.wording for title in titles.values()] == [True, False, True]
    assert [title in apart.wording for title in titles.values()] == [False, True, False]
    items = committee.read(select(MotionItem.motion_number, MotionItem.proposal_id, MotionItem.departure)
                           .where(MotionItem.motion_number > 1))  # fmt: skip
    assert sorted(items) == [(2, refs[0].id, ""), (2, refs[2].id, ""), (3, refs[1].id, "Tak zdecydowano.")]
    for motion, recused in ((2, 0), (3, 1)):
        poll = committee.open_vote(motion)
        assert committee.result(poll)["recused"] == recused


def test_an_edition_that_refuses_such_lists_splits_none(committee: Committee) -> None:
    refs = listed(committee)
    committee.write(update(Edition).values(settings={"list_with_conflict": "refuse"}))
    committee.begin(*ALL_FOR)
    put_list(committee, refs)
    with pytest.raises(NotReady) as refusal:
        committee.world.take(committee.meeting, "split_motion", "chair", motion=1)
    assert codes(refusal.value) == {"lists_refused"}
    assert committee.world["committee1"].name in refusal.value.missing[0].say("pl")
    assert committee.outcome() == "open"


def test_a_list_without_a_conflict_is_not_split(committee: Committee) -> None:
    refs = listed(committee, conflicted="participant")
    committee.begin(*ALL_FOR)
    put_list(committee, refs)
    with pytest.raises(NotReady) as refusal:
        committee.world.take(committee.meeting, "split_motion", "chair", motion=1)
    assert codes(refusal.value) == {"nothing_to_split"}
    committee.open_vote()


@pytest.mark.parametrize(("recusal", "base", "present"), [(Recusal.LEAVE, 4, 4), (Recusal.STAY, 5, 4),
                                                          (Recusal.PRESENT, 5, 5)])  # fmt: skip
def test_what_a_recused_member_means_for_the_quorum_is_a_setting(
    committee: Committee, recusal: Recusal, base: int, present: int
) -> None:
    undeclared = {"declarations_before_vote": False}
    committee.write(update(Edition).values(settings={"recusal": recusal.value, **undeclared}))
    committee.works_in_group("committee1")
    poll = committee.opened()
    committee.vote(poll, **{name: "for" for name in ALL_FOR if name != "committee1"})
    result = committee.result(poll)
    assert (result["quorum"]["base"], result["quorum"]["present"], result["for"]) == (base, present, 4)
    assert committee.world["committee1"].name in result["recused_people"]


def test_a_vote_and_a_conflict_declared_at_once_never_leave_a_counted_vote(committee: Committee) -> None:
    """Hostile case 11: cast and declaration interleaved; whichever comes first, the vote does not count."""
    poll = committee.opened()
    committee.vote(poll, **{name: "for" for name in ALL_FOR if name != "committee1"})
    told = at_once([
        lambda: committee.vote(poll, committee1="against"),
        lambda: committee.declare("committee1", "conflicted", "Lider jest moim bratem."),
    ])  # fmt: skip
    assert not isinstance(told[1], Exception)
    seat = committee.seats["committee1"]
    assert committee.read(select(Elector.recused, Elector.voted).where(Elector.seat_id == seat)) == [(True, False)]
    assert not committee.read(select(Ballot.choice).where(Ballot.seat_id == seat, Ballot.valid.is_(True)))
    result = committee.result(poll)
    assert (result["for"], result["against"]) == (4, 0)


@pytest.mark.parametrize("step", ["uphold_admission_appeal", "dismiss_appeal"])
def test_a_member_of_the_appeal_body_with_a_conflict_decides_no_appeal(sqlite_url: str, step: str) -> None:
    world = World(Database(sqlite_url))
    ref = world.proposal_in("appealed", came_from="not_admitted")
    with world.database.transaction() as tx:
        tx.execute(
            insert(GroupMember).values(proposal_id=ref.id, person_id=world["appeal_body"].id, added_at=world.now)
        )
    with pytest.raises(NotReady) as refusal:
        world.take(ref, step, "appeal_body")
    assert codes(refusal.value) == {"conflict_of_decider", "no_appeal_resolution"}
    assert world.state(ref) == "appealed"
