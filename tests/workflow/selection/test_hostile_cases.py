"""Hostile cases of votes by name that no other module tries: two in one seat, what leaves or changes while a vote is open."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.workflow.at_once import at_once
from tests.workflow.at_once import database as server
from tests.workflow.selection.bodies import Committee
from tests.workflow.selection.test_meetings import MEMBERS, codes
from tests.world import World
from workflow.base.errors import NotReady, Refusal
from workflow.db.database import Database
from workflow.engine.preview import PreviewChanged
from workflow.engine.result_reader import result_file
from workflow.models import Attendance, Document, Edition, HistoryEntry, Motion, OutboxRow, Poll
from workflow.rules.facts import Ref
from workflow.selection.announcement import announce_all, plan
from workflow.voting.results.verification import verify_result

__all__ = ["server"]
EVERYBODY = (*MEMBERS, "secretary", "partner")


@pytest.fixture
def committee(sqlite_url: str) -> Iterator[Committee]:
    database = Database(sqlite_url)
    yield Committee(World(database))
    database.close()


def test_hostile_12_holder_and_substitute_both_arrive_and_one_of_them_sits(committee: Committee) -> None:
    committee.substitute("committee1", "member")
    seat = committee.seats["committee1"]
    committee.begin(*EVERYBODY)
    with pytest.raises(NotReady) as refusal:
        committee.world.take(committee.meeting, "note_arrival", "chair", seat=seat,
                             person=committee.world["member"].id)  # fmt: skip
    assert codes(refusal.value) == {"seat_taken"}
    committee.world.take(committee.meeting, "note_departure", "chair", seat=seat)
    committee.world.take(committee.meeting, "note_arrival", "chair", seat=seat, person=committee.world["member"].id)
    with pytest.raises(NotReady) as refusal:
        committee.world.take(committee.meeting, "note_arrival", "chair", seat=seat,
                             person=committee.world["committee1"].id)  # fmt: skip
    assert codes(refusal.value) == {"seat_taken"}
    here = Attendance.seat_id == seat, Attendance.left_at.is_(None)
    assert committee.read(select(Attendance.person_id).where(*here)) == [(committee.world["member"].id,)]


def test_hostile_18_a_project_withdrawn_while_the_vote_is_open_is_counted_and_not_selected(
    committee: Committee,
) -> None:
    poll = committee.opened()
    committee.vote(poll, **dict.fromkeys(EVERYBODY, "for"))
    committee.world.take(committee.project, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    assert committee.result(poll)["for"] == len(EVERYBODY)
    assert committee.outcome() == "carried"
    with pytest.raises(NotReady) as refusal:
        committee.world.take(committee.meeting, "adopt", "chair", motion=1)
    assert "item_changed" in codes(refusal.value)
    assert committee.adopted() == []


@pytest.mark.parametrize("changed", [{"quorum_floor": 9}, {"majority": "of the body"}, {"parity": 34}])
def test_hostile_19_rules_that_change_after_the_opening_do_not_change_the_count(
    committee: Committee, changed: dict[str, Any]
) -> None:
    poll = committee.opened()
    frozen = committee.read(select(Poll.rules, Poll.rules_digest).where(Poll.id == poll.id))
    committee.vote(poll, chair="for", committee1="for", committee2="abstain", secretary="abstain", partner="abstain")
    committee.write(update(Edition).values(settings={"declarations_before_vote": False, **changed}))
    committee.result(poll)
    assert committee.outcome() == "carried"
    assert committee.read(select(Poll.rules, Poll.rules_digest).where(Poll.id == poll.id)) == frozen
    with committee.world.database.reading() as tx:
        verify_result(result_file(tx, poll.id))


def test_hostile_19_a_motion_in_a_vote_is_neither_withdrawn_nor_split(committee: Committee) -> None:
    committee.opened()
    for step in ("withdraw_motion", "split_motion"):
        with pytest.raises(NotReady) as refusal:
            committee.world.take(committee.meeting, step, "chair", motion=1)
        assert "in_vote" in codes(refusal.value), step
    assert committee.read(select(Motion.outcome)) == [("open",)]


def announced_once(world: World, edition: Ref, digests: list[str]) -> list[Any]:
    """Two people announce at the same moment, each with a digest of what was seen."""

    def work(who: str, digest: str) -> Any:
        return lambda: world.database.in_transaction(
            lambda tx: announce_all(tx, edition.id, digest, actor=world[who], at=world.at))  # fmt: skip

    return at_once([work(who, digest) for who, digest in zip(("chair", "staff"), digests, strict=True)])


@pytest.mark.parametrize("old", [False, True])
def test_hostile_24_of_two_announcements_at_once_one_is_made(server: Database, *, old: bool) -> None:
    world = World(server)
    ref = world.proposal_in("presented")
    edition = world.edition_of(ref)
    world.decide(ref, "select")
    with server.reading() as tx:
        digests = [plan(tx, edition.id, actor=world[who], at=world.at).digest for who in ("chair", "staff")]
    if old:
        world.take(ref, "assign_animator", "staff", person=world["animator"].id)
        with server.reading() as tx:
            digests[1] = plan(tx, edition.id, actor=world["staff"], at=world.at).digest
    told = announced_once(world, edition, digests)
    refused = [answer for answer in told if isinstance(answer, Refusal)]
    assert len(refused) == 1
    assert isinstance(refused[0], (NotReady, PreviewChanged))
    assert not old or refused[0] is told[0], "the one who saw what is no longer so"
    assert world.state(ref) == "selected"
    h, o, d = HistoryEntry, OutboxRow, Document
    with server.reading() as tx:
        assert tx.execute(select(func.count()).where(h.step == "announce_results")).scalar_one() == 1
        assert tx.execute(select(func.count()).where(o.topic == "proposal.selected")).scalar_one() == 1
        assert tx.execute(select(func.count()).where(d.kind == "resolution")).scalar_one() == 1
