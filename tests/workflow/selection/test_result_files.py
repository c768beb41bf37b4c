"""The result file of a vote on a motion: from rows, without names, the same bytes each time, private until announced."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from tests.workflow.selection.test_meetings import MEMBERS, Session
from tests.workflow.voting.test_results import changed, places, refused_by_both, verify_alone
from tests.world import World
from workflow.base.errors import NotFound
from workflow.base.version import VERSION
from workflow.db.database import Database
from workflow.engine.result_reader import digests, is_public, public_polls, result_file
from workflow.models import Ballot, Decision
from workflow.rules.effects.meetings import described
from workflow.rules.facts import Ref
from workflow.rules.session import Choice
from workflow.rules.vote import Figures, Recusal, resolve
from workflow.rules.vote_settings import rules_of, settings_of_votes
from workflow.voting.results.canonical import canonical
from workflow.voting.results.motion import CountedPoll, DecisionRow, ElectorRow, motion_file
from workflow.voting.results.structure import ResultDiffers
from workflow.voting.results.verification import verify_result

OPENED, CLOSED = datetime(2026, 11, 28, 10, 0, tzinfo=UTC), datetime(2026, 11, 28, 10, 5, tzinfo=UTC)


def counted_poll(electors: list[ElectorRow], seats: int, **rules: Any) -> CountedPoll:
    """A poll as closing would have counted it."""
    frozen = {**settings_of_votes({"settings": {}}), **rules, "rules_version": "1.0"}
    voters = [elector for elector in electors if elector.choice and not elector.recused]
    recused = sum(elector.recused for elector in electors)
    counts = {choice: sum(elector.choice == choice for elector in voters) for choice in Choice}
    sectors = {elector.sector for elector in voters}
    figures = Figures(
        seats=seats, recused=recused, present=len(electors) - recused, present_recused=len(electors),
        ayes=counts[Choice.FOR], noes=counts[Choice.AGAINST], abstentions=counts[Choice.ABSTAIN],
        by_sector={sector: sum(elector.sector == sector for elector in voters) for sector in sectors},
        chair_voted_for=electors[0].choice == Choice.FOR if rules.get("casting_vote") and voters else None,
    )  # fmt: skip
    result = {**described(figures, resolve(figures, rules_of(frozen))), "product_version": VERSION}
    return CountedPoll("poll:7", 1, "Wybrać targ?", OPENED, CLOSED, frozen, "0" * 64, result, tuple(electors))


@st.composite
def polls(draw: st.DrawFn) -> CountedPoll:
    """A committee of up to nine with recused, silent and voting members in up to three sectors."""
    electors = []
    for _ in range(draw(st.integers(0, 9))):
        recused = draw(st.booleans())
        choice = draw(st.sampled_from(["", *(choice.value for choice in Choice)]))
        electors.append(ElectorRow(draw(st.sampled_from("abc")), recused, choice, draw(st.booleans())))
    poll = counted_poll(
        electors, len(electors) + draw(st.integers(0, 3)), parity=draw(st.sampled_from([None, 34, 49, 50])),
        recusal=draw(st.sampled_from([*Recusal])).value, quorum_strict=draw(st.booleans()),
        majority=draw(st.sampled_from(["simple", "absolute", "of the body", "qualified"])), casting_vote=draw(st.booleans()),
    )  # fmt: skip
    items = (DecisionRow(2, "select", None, ""), DecisionRow(1, "reject", None, "Za drogi."))
    return replace(poll, resolution="3/2026", decisions=items) if draw(st.booleans()) else poll


@given(poll=polls())
@settings(max_examples=30, deadline=None)
def test_both_verifiers_accept_the_file_of_every_committee_vote(poll: CountedPoll) -> None:
    data = motion_file(poll)
    content = verify_result(data)
    verify_alone(data, quick=False)
    figures = content["outcome"]["figures"]
    assert (figures["F"], figures["A"], figures["B"]) == tuple(
        poll.result[key] for key in ("for", "against", "abstain")
    )
    assert [figures[name] for name in ("majority", "parity")] == [poll.result["majority"], poll.result["parity"]]


@given(poll=polls(), rearranged=st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_rows_changes_no_byte(poll: CountedPoll, rearranged: Any) -> None:
    electors, decisions = list(poll.electors), list(poll.decisions)
    rearranged.shuffle(electors)
    rearranged.shuffle(decisions)
    assert motion_file(replace(poll, electors=tuple(electors), decisions=tuple(decisions))) == motion_file(poll)


@given(poll=polls(), data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_change_of_any_one_field_is_refused_by_both_verifiers(poll: CountedPoll, data: st.DataObject) -> None:
    file = motion_file(poll)
    path = data.draw(st.sampled_from([*places(json.loads(file))]))
    remove = data.draw(st.booleans())
    assert refused_by_both(canonical(changed(file, path, remove=remove))) == (True, True), path


def test_a_file_names_nobody_and_numbers_votes_by_choice() -> None:
    electors = [ElectorRow("a", False, choice, False) for choice in ("for", "against", "for")]
    content = json.loads(motion_file(counted_poll(electors, 3)))
    assert content["ballots"] == [
        {"choice": ["against"], "number": "0001"},
        {"choice": ["for"], "number": "0002"},
        {"choice": ["for"], "number": "0003"},
    ]
    assert content["rules"]["version"] == "1.0"
    assert content["made"] == {"product_version": VERSION, "at": "2026-11-28T10:05:00Z"}


def test_rows_that_no_longer_give_the_counted_result_make_no_file() -> None:
    poll = counted_poll([ElectorRow(sector, False, "for", False) for sector in "abc"], 3)
    forged = (*poll.electors[:2], replace(poll.electors[2], choice="against"))
    with pytest.raises(ResultDiffers, match="F"):
        motion_file(replace(poll, electors=forged))


# --- rows -------------------------------------------------------------------------------------------------------


def voted(session: Session, *, outcome: str = "select", **choices: str) -> Ref:
    """A counted vote on a motion about the project."""
    poll = session.open_vote(session.move(outcome=outcome))
    session.vote(poll, **(choices or dict.fromkeys(MEMBERS, "for")))
    session.world.take(poll, "count", "chair")
    return poll


@pytest.fixture
def session(database: Database) -> Session:
    session = Session(World(database))
    session.begin()
    return session


def file_of(session: Session, poll: Ref) -> bytes:
    with session.world.database.reading() as tx:
        return result_file(tx, poll.id)


def public(session: Session, poll: Ref) -> bool:
    with session.world.database.reading() as tx:
        return is_public(tx, poll.id)


def test_a_counted_vote_has_a_file_that_holds_and_names_no_member(session: Session) -> None:
    poll = voted(session, chair="for", committee1="for", committee2="against")
    data = file_of(session, poll)
    content = verify_result(data)
    verify_alone(data, quick=False)
    assert content["poll"] == str(poll)
    assert content["outcome"]["figures"] == {
        "S": 3, "R": 0, "P": 3, "F": 2, "A": 1, "B": 0, "V_s": {"edukacja": 1, "gospodarka": 1, "kultura": 1},
        "quorum": True, "majority": True, "parity": True,
    }  # fmt: skip
    assert not any(session.world[name].name.encode() in data for name in MEMBERS)
    assert data == file_of(session, poll)


def test_the_resolution_and_its_departures_are_added_when_it_is_adopted(session: Session) -> None:
    poll = session.open_vote(session.move(departure="Koszt wzrósł po ocenie."))
    session.vote(poll, **dict.fromkeys(MEMBERS, "for"))
    session.world.take(poll, "count", "chair")
    with session.world.database.reading() as tx:
        assert digests(tx, session.meeting.id) == {}
    session.world.take(session.meeting, "adopt", "chair", motion=1)
    number = str(session.world.facts(session.project)["number"])
    assert verify_result(file_of(session, poll))["decision"] == {
        "resolution": f"1/{session.world.at.year}",
        "projects": [{"project": number, "outcome": "select", "position": None}],
        "departures": [{"project": number, "reason": "Koszt wzrósł po ocenie."}],
    }
    with session.world.database.reading() as tx:
        assert [*digests(tx, session.meeting.id)] == [1]


@pytest.mark.parametrize("state", ["drafted", "open"])
def test_a_vote_that_is_not_counted_has_no_file(session: Session, state: str) -> None:
    number = session.move()
    poll = session.world.create("poll", "prepare_poll", "chair", edition=session.edition, meeting=session.meeting.id,
                                motion=number)  # fmt: skip
    if state == "open":
        session.world.take(poll, "open", "chair")
    with pytest.raises(NotFound):
        file_of(session, poll)


def test_a_vote_changed_after_the_count_is_named_instead_of_a_digest(session: Session) -> None:
    poll = voted(session, chair="for", committee1="against", committee2="against")
    with session.world.database.transaction() as tx:
        tx.execute(update(Ballot).where(Ballot.poll_id == poll.id).values(choice="for"))
    with session.world.database.reading() as tx:
        assert digests(tx, session.meeting.id) == {1: ""}
    with pytest.raises(ResultDiffers):
        file_of(session, poll)


def test_a_file_is_public_from_the_announcement_of_its_meeting_on(session: Session) -> None:
    lost = voted(session, chair="for", committee1="against", committee2="against")
    poll = voted(session)
    session.world.take(session.meeting, "adopt", "chair", motion=2)
    session.world.to_phase(session.edition, "selection")
    assert not public(session, poll)
    session.world.take(session.project, "select", "chair")
    assert not public(session, poll), "the meeting goes on"
    session.world.take(session.meeting, "end", "chair")
    assert public(session, poll)
    assert public(session, lost)
    with session.world.database.reading() as tx:
        assert [line.id for line in public_polls(tx, session.edition.id)] == [lost.id, poll.id]


def test_a_vote_of_a_decision_annulled_before_its_announcement_never_becomes_public(session: Session) -> None:
    poll = voted(session)
    session.world.take(session.meeting, "adopt", "chair", motion=1)
    with session.world.database.transaction() as tx:
        tx.execute(update(Decision).values(active=False))
    second = voted(session, outcome="reject")
    session.world.take(session.meeting, "adopt", "chair", motion=2)
    session.world.take(session.meeting, "end", "chair")
    session.world.to_phase(session.edition, "selection")
    session.world.take(session.project, "reject", "chair")
    assert (public(session, poll), public(session, second)) == (False, True)


def test_a_lost_vote_about_a_project_that_waits_stays_private(session: Session) -> None:
    lost = voted(session, chair="against", committee1="against", committee2="against")
    session.world.take(session.meeting, "end", "chair")
    assert not public(session, lost)


def test_an_annulled_vote_has_no_file(session: Session) -> None:
    poll = session.open_vote(session.move())
    session.world.take(poll, "annul", "chair", reason="Pomyłka.")
    with pytest.raises(NotFound):
        file_of(session, poll)
