"""Proxies from seat to seat: only where the edition allows, with a file, never passed on; they end when the giver arrives."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from tests.workflow.lifecycle import documents
from tests.workflow.selection.secrecy import Secret, with_keys
from tests.workflow.selection.test_meetings import codes
from tests.world import SECTORS, World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotAllowed, NotReady, Refusal
from workflow.db.database import Database
from workflow.documents.proxies import proxy_blocks
from workflow.engine import audit
from workflow.files.actions import sweep_files
from workflow.files.storage import path_of, receive
from workflow.models import Elector, Proxy, Seat, SeatHolder
from workflow.rules.facts import Ref
from workflow.rules.proxies import Proxy as Given
from workflow.rules.proxies import represented, why_not
from workflow.rules.seats import SessionSeat
from workflow.selection.ballots import cast
from workflow.selection.proxies import give_proxy
from workflow.selection.secret_ballots import cast as cast_secret
from workflow.voting.results.verification import verify_result


class Represented(Secret):
    """A meeting of four members, one of whom is away."""

    def __init__(self, world: World, folder: Path, **rules: Any) -> None:
        super().__init__(world, **{"proxies_each": "1", **rules})
        self.uploads = folder / "uploads"
        since, at = warsaw_date(world.now - timedelta(days=30)), world.now
        with world.database.transaction() as tx:
            self.away = tx.execute(insert(Seat).values(
                edition_id=self.edition.id, body="committee", number=9, sector=SECTORS[0], function="member",
                appointed_by="", from_on=since,
            ).returning(Seat.id)).scalar_one()  # fmt: skip
            tx.execute(insert(SeatHolder).values(seat_id=self.away, person_id=world["may_lead"].id, capacity="holder",
                                                 rank=0, from_on=since, recorded_at=at))  # fmt: skip

    def give(self, from_seat: int, to_seat: int, who: str = "chair", days_later: int = 0) -> str:
        world = self.world
        world.at += timedelta(seconds=1)
        incoming = receive(self.uploads, BytesIO(documents.PDF), "pelnomocnictwo.pdf")
        with world.database.transaction() as tx:
            give_proxy(tx, self.uploads, self.meeting, incoming, from_seat=from_seat, to_seat=to_seat,
                       given_on=warsaw_date(world.at + timedelta(days=days_later)), actor=world[who], at=world.at)  # fmt: skip
        return incoming.key

    def refused(self, from_seat: int, to_seat: int) -> set[str]:
        with pytest.raises(NotReady) as refusal:
            self.give(from_seat, to_seat)
        return codes(refusal.value)

    def vote_for_away(self, poll: Ref, who: str, choice: str) -> None:
        world = self.world
        with world.database.transaction() as tx:
            cast(tx, poll.id, choice, actor=world[who], at=world.now, seat_id=self.away)

    def electors(self, poll: Ref) -> dict[int, int | None]:
        e = Elector
        with self.world.database.reading() as tx:
            rows = tx.execute(select(e.seat_id, e.cast_by_id).where(e.poll_id == poll.id))
            return {row.seat_id: row.cast_by_id for row in rows}


@pytest.fixture
def meeting(database: Database, tmp_path: Path) -> Represented:
    return Represented(World(with_keys(database, tmp_path)), tmp_path)


@pytest.fixture
def embedded(sqlite_url: str, tmp_path: Path) -> Represented:
    return Represented(World(Database(sqlite_url)), tmp_path)


def test_example_10_the_receiver_votes_for_the_absent_seat_in_its_own_sector(
    meeting: Represented, tmp_path: Path
) -> None:
    meeting.begin()
    key = meeting.give(meeting.away, meeting.seats["committee1"])
    poll = meeting.open_vote(meeting.move())
    assert meeting.electors(poll)[meeting.away] == meeting.world["committee1"].id
    meeting.vote(poll, chair="against", committee1="for", committee2="for")
    meeting.vote_for_away(poll, "committee1", "abstain")
    meeting.vote_for_away(poll, "committee1", "for")
    meeting.world.take(poll, "count", "chair")
    result = meeting.world.facts(poll, "chair")["result"]
    assert (result["for"], result["against"], result["present"]) == (3, 1, 4)
    assert result["by_sector"] == {SECTORS[0]: 2, SECTORS[1]: 1, SECTORS[2]: 1}
    verify_result(meeting.file(poll))
    assert path_of(meeting.uploads, key).is_file()
    sweep_files(meeting.world.database, meeting.uploads, at=meeting.world.now.replace(year=2099))
    assert path_of(meeting.uploads, key).is_file()
    with meeting.world.database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_hostile_13_a_proxy_in_a_circle_or_passed_on_is_refused(embedded: Represented) -> None:
    first, second = embedded.seats["committee1"], embedded.seats["committee2"]
    embedded.give(embedded.away, first)
    assert embedded.refused(first, embedded.away) == {"proxy_refused"}
    assert embedded.refused(first, second) == {"proxy_refused"}
    assert embedded.refused(embedded.away, second) == {"proxy_refused"}
    assert embedded.refused(second, embedded.away) == {"proxy_refused"}
    assert embedded.refused(second, second) == {"proxy_refused"}
    assert embedded.refused(second, first) == {"proxy_refused"}, "one proxy each"


def test_a_proxy_dated_after_the_day_of_the_meeting_is_refused(embedded: Represented) -> None:
    with pytest.raises(NotReady) as refusal:
        embedded.give(embedded.away, embedded.seats["committee1"], days_later=400)
    assert codes(refusal.value) == {"proxy_dated_later"}


def test_hostile_13_a_giver_who_arrives_ends_it_and_votes_alone(embedded: Represented) -> None:
    world = embedded.world
    embedded.begin()
    embedded.give(embedded.away, embedded.seats["committee1"])
    world.take(embedded.meeting, "note_arrival", "chair", seat=embedded.away, person=world["may_lead"].id)
    poll = embedded.open_vote(embedded.move())
    assert embedded.electors(poll)[embedded.away] is None
    with pytest.raises(NotAllowed):
        embedded.vote_for_away(poll, "committee1", "for")
    embedded.vote(poll, may_lead="for")
    with world.database.reading() as tx:
        assert tx.execute(select(Proxy.ended_at)).scalar_one() is not None


def test_the_giver_does_not_vote_while_another_does_and_nobody_else_votes_for_the_seat(embedded: Represented) -> None:
    embedded.begin()
    embedded.give(embedded.away, embedded.seats["committee1"])
    poll = embedded.open_vote(embedded.move())
    for who in ("may_lead", "committee2", "staff"):
        with pytest.raises(NotAllowed):
            embedded.vote_for_away(poll, who, "for")
    with pytest.raises(NotAllowed):
        embedded.vote(poll, may_lead="for")


@pytest.mark.parametrize("conflicted", ["may_lead", "committee1"])
def test_a_recused_giver_gives_nothing_and_a_recused_receiver_casts_nothing(
    embedded: Represented, conflicted: str
) -> None:
    embedded.begin()
    embedded.give(embedded.away, embedded.seats["committee1"])
    embedded.world.declare_conflict(embedded.project, conflicted, "Jestem w grupie.")
    embedded.move()
    session = embedded.world.facts(embedded.meeting, "chair").session
    assert session is not None
    assert session.represented(session.motion(1)) == []
    assert len(session.represented(None)) == 1


def test_a_receiver_who_left_casts_nothing(embedded: Represented) -> None:
    embedded.begin()
    embedded.give(embedded.away, embedded.seats["committee1"])
    embedded.world.take(embedded.meeting, "note_departure", "chair", seat=embedded.seats["committee1"])
    session = embedded.world.facts(embedded.meeting, "chair").session
    assert session is not None
    assert session.represented(None) == []
    assert session.figures_before(None).present == 2


def test_a_secret_ballot_is_cast_by_proxy_with_a_form_of_its_own(meeting: Represented) -> None:
    world = meeting.world
    meeting.begin()
    meeting.give(meeting.away, meeting.seats["committee1"])
    meeting.put()
    poll = meeting.open_vote()
    meeting.cast(poll, chair="against", committee1="for", committee2="for")
    with world.database.transaction() as tx:
        cast_secret(tx, poll.id, "for", meeting.form(poll), actor=world["committee1"], at=world.now,
                    seat_id=meeting.away)  # fmt: skip
    assert len(meeting.box()) == meeting.ticks() == 4
    world.take(poll, "count", "chair")
    assert world.facts(poll, "chair")["result"]["for"] == 3


def test_a_proxy_is_ended_and_stands_in_the_minutes(embedded: Represented) -> None:
    world = embedded.world
    embedded.begin()
    embedded.give(embedded.away, embedded.seats["committee1"])
    world.take(embedded.meeting, "end_proxy", "chair", seat=embedded.away)
    with pytest.raises(NotReady) as refusal:
        world.take(embedded.meeting, "end_proxy", "chair", seat=embedded.away)
    assert codes(refusal.value) == {"no_proxy"}
    embedded.give(embedded.away, embedded.seats["committee2"])
    world.take(embedded.meeting, "end", "chair")
    session = world.facts(embedded.meeting, "secretary").session
    assert session is not None
    assert session.minutes is not None
    said = repr(list(proxy_blocks(session.minutes.data["proxies"])))
    assert said.count("pelnomocnictwo.pdf") == 2
    assert "Koniec o godz." in said
    assert world["may_lead"].name in said
    assert world["committee2"].name in said


def test_without_the_setting_nobody_votes_by_proxy(sqlite_url: str, tmp_path: Path) -> None:
    meeting = Represented(World(Database(sqlite_url)), tmp_path, proxies_each="0", secret_votes="never")
    assert "no_proxies" in meeting.refused(meeting.away, meeting.seats["committee1"])


def test_a_vote_waits_for_the_declaration_of_whoever_votes_by_proxy(embedded: Represented) -> None:
    embedded.begin()
    embedded.give(embedded.away, embedded.seats["committee1"])
    embedded.move()
    session = embedded.world.facts(embedded.meeting, "chair").session
    assert session is not None
    motion = session.motion(1)
    assert motion is not None
    assert embedded.world["may_lead"].name in session.undeclared(motion)


def test_only_those_who_conduct_record_a_proxy(embedded: Represented) -> None:
    with pytest.raises(Refusal):
        embedded.give(embedded.away, embedded.seats["committee1"], "committee1")


SEATS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=12)


def seat(number: int, *, present: bool) -> SessionSeat:
    return SessionSeat(number, number, "member", "s", number, {}, present=number if present else None)


@given(SEATS, st.sets(st.integers(1, 6)), st.integers(0, 3))
def test_whatever_is_tried_no_seat_votes_twice_nothing_is_passed_on_and_the_limit_holds(
    tried: list[tuple[int, int]], present: set[int], most: int
) -> None:
    seats = {number: seat(number, present=number in present) for number in range(1, 7)}
    proxies: list[Given] = []
    for giver, receiver in tried:
        if why_not(proxies, seats[giver], seats[receiver], most=most) is None:
            proxies.append(Given(giver, receiver))
    givers, receivers = [proxy.from_seat for proxy in proxies], [proxy.to_seat for proxy in proxies]
    assert len(set(givers)) == len(givers)
    assert not set(givers) & set(receivers)
    assert not set(givers) & present
    assert all(receivers.count(number) <= most for number in range(1, 7))
    voting = list(represented(proxies, seats.values(), lambda person: person == 1))
    assert all(vote.receiver in present and 1 not in (vote.giver, vote.receiver) for vote in voting)
