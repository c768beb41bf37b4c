"""A vote in the hall from its preparation to its result file, and what it refuses."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from tests.workflow.hall.people import SECTORS, Hall
from tests.workflow.selection.secrecy import rows_of_everything, with_other_key
from workflow.base.errors import BadInput, NotAllowed, NotReady
from workflow.db.database import Database
from workflow.engine.poll_keys import sweep_keys
from workflow.models import Conference, HallOption, Proposal
from workflow.operations.reminders import sweep_timers
from workflow.rules.cards import CardMove
from workflow.rules.facts import Ref
from workflow.rules.hall import HallMethod
from workflow.rules.states import PollState
from workflow.voting import verifier
from workflow.voting.results.verification import verify_result

VERIFIER = Path(verifier.__file__).with_name("verify_result.py")


@pytest.fixture
def hall(sqlite_url: str, tmp_path: Path) -> Hall:
    return Hall(Database(sqlite_url), tmp_path)


def count(hall: Hall, poll, **choices: int):
    """A secret vote with these approvals, counted; its verified content."""
    voter = 0
    for key, number in choices.items():
        for _times in range(number):
            hall.cast(poll, voter, (key, 1))
            voter += 1
    hall.world.take(poll, "count", "animator")
    return verify_result(hall.file(poll))


def refuses(code: str, work) -> None:
    with pytest.raises(NotReady) as refused:
        work()
    assert [missing.code for missing in refused.value.missing] == [code]


def test_a_counted_vote_gives_a_file_that_both_verifiers_recompute(hall: Hall, tmp_path: Path) -> None:
    poll = hall.opened()
    content = count(hall, poll, T01=10, T02=10, T03=1)
    assert content["outcome"]["scores"] == {"T01": "10/1", "T02": "10/1", "T03": "1/1"}
    assert [(tie["members"], tie["decisive"]) for tie in content["ties"]] == [(["T01", "T02"], False)]
    assert content["outcome"]["selected"] == []
    assert content["electorate"]["size"] == 24
    file = tmp_path / "result.json"
    file.write_bytes(hall.file(poll))
    subprocess.run([sys.executable, str(VERIFIER), str(file)], check=True)
    assert hall.world.facts(poll)["result_digest"]
    assert not hall.key(poll).exists()
    assert hall.box() == {}


def test_from_twenty_ballots_on_a_receipt_shows_its_choice_and_below_none_does(hall: Hall) -> None:
    linked, apart = hall.opened(), hall.opened()
    first = count(hall, linked, T01=20)
    assert {ballot["number"] for ballot in first["ballots"]} == {
        hall.ballots[voter].receipt.number for voter in range(20)
    }
    second = count(hall, apart, T01=12, T02=7)
    numbers = {hall.ballots[voter].receipt.number for voter in range(19)}
    assert set(second["receipts"]) == numbers == hall.receipts()
    assert sum(ballot["count"] for ballot in second["ballots"]) == 19
    assert numbers.isdisjoint(hall.laid_out())


def test_rankings_of_many_options_are_never_linked(hall: Hall) -> None:
    poll = hall.opened(HallMethod.RANK, texts=tuple("ABCDEFG"))
    for voter in range(24):
        hall.cast(poll, voter, ("T01", 0), ("T02", 1))
    hall.world.take(poll, "count", "animator")
    content = verify_result(hall.file(poll))
    assert len(content["receipts"]) == 24
    assert content["outcome"]["scores"]["T01"] == f"{24 * 7}/1"


def test_what_a_place_of_a_ranking_is_worth_does_not_depend_on_the_ballots_that_come_in(hall: Hall) -> None:
    short, long = (hall.opened(HallMethod.RANK, texts=tuple("ABCD")) for _poll in range(2))
    for poll, last in ((short, [("T01", 0)]), (long, [("T03", 0), ("T04", 1), ("T02", 2)])):
        hall.cast(poll, 0, ("T01", 0), ("T02", 1))
        hall.cast(poll, 1, ("T02", 0))
        hall.cast(poll, 2, *last)
        hall.world.take(poll, "count", "animator")
    scores = [verify_result(hall.file(poll))["outcome"]["scores"] for poll in (short, long)]
    # Four options: the first place counts four, the second three, the third two.
    assert scores[0] == {"T01": "8/1", "T02": "7/1", "T03": "0/1", "T04": "0/1"}
    assert scores[1] == {"T01": "4/1", "T02": "9/1", "T03": "4/1", "T04": "3/1"}


def test_a_second_ballot_replaces_by_receipt_until_closing_and_is_refused_after(hall: Hall) -> None:
    poll = hall.opened()
    for voter in range(3):
        hall.cast(poll, voter, ("T01", 1))
    mine = hall.ballots[0].receipt
    assert hall.exchange(poll, mine, ("T02", 1), revision=0).revision == 1
    refuses("ballot_exchanged", lambda: hall.exchange(poll, mine, ("T03", 1), revision=0))
    # The same form with the same content is answered again; another number has no second vote.
    assert hall.cast(poll, 0, ("T02", 1), receipt=mine).revision == 1
    refuses("voted_already", lambda: hall.cast(poll, 0, ("T03", 1)))
    assert sorted(hall.box().values()) == [0, 0, 1]
    hall.world.take(poll, "count", "animator")
    assert verify_result(hall.file(poll))["outcome"]["scores"] == {"T01": "2/1", "T02": "1/1", "T03": "0/1"}
    refuses("vote_closed", lambda: hall.exchange(poll, mine, ("T01", 1)))
    refuses("vote_closed", lambda: hall.cast(poll, 5, ("T01", 1), receipt=mine))


def test_a_key_that_was_guessed_and_a_receipt_of_another_vote_change_nothing(hall: Hall) -> None:
    poll, other = hall.opened(), hall.opened()
    mine = hall.cast(poll, 0, ("T01", 1)).receipt
    refuses("no_receipt", lambda: hall.exchange(poll, with_other_key(mine), ("T02", 1)))
    refuses("no_receipt", lambda: hall.exchange(other, mine, ("T02", 1)))
    refuses("number_taken", lambda: hall.cast(poll, 1, ("T02", 1), receipt=mine))
    assert hall.box() == {mine.number: 0}


def test_whoever_comes_after_the_opening_votes_in_the_next_vote(hall: Hall) -> None:
    poll = hall.opened()
    late = len(hall.registrations)
    hall.arrive("publiczny")
    with pytest.raises(NotAllowed):
        hall.cast(poll, late, ("T01", 1))
    assert hall.cast(hall.opened(), late, ("T01", 1)).revision == 0


def test_choices_that_the_vote_does_not_allow_are_refused_with_their_reason(hall: Hall) -> None:
    poll = hall.opened(max_choices=2)
    for marks in ((("T09", 1),), (("T01", 1), ("T01", 1)), (("T01", 1), ("T02", 1), ("T03", 1))):
        with pytest.raises(BadInput):
            hall.cast(poll, 0, *marks)
    points = hall.opened(HallMethod.POINTS, points_total=10, points_each=5)
    for marks in ((("T01", 6),), (("T01", 5), ("T02", 5), ("T03", 1)), (("T01", -1),)):
        with pytest.raises(BadInput):
            hall.cast(points, 0, *marks)
    assert hall.box() == {}


def test_a_vote_that_has_an_end_takes_nothing_from_then_on_and_is_counted_by_the_clock(hall: Hall) -> None:
    poll = hall.opened(minutes=5)
    for voter in range(4):
        hall.cast(poll, voter, ("T01", 1), later=4)
    refuses("vote_closed", lambda: hall.cast(poll, 4, ("T01", 1), later=6))
    assert sweep_timers(hall.world.database, at=hall.world.at + timedelta(minutes=4)) == 0
    assert sweep_timers(hall.world.database, at=hall.world.at + timedelta(minutes=6)) == 1
    assert hall.world.facts(poll).state == PollState.COUNTED


def test_an_annulled_vote_is_never_read_and_a_second_person_annuls_it(hall: Hall) -> None:
    poll, reason = hall.opened(), "Złe pytanie."
    hall.cast(poll, 0, ("T01", 1))
    refuses("not_proposed", lambda: hall.world.take(poll, "annul", "chair", reason=reason))
    hall.world.take(poll, "propose_annulment", "chair", reason=reason)
    refuses("same_person", lambda: hall.world.take(poll, "annul", "chair", reason=reason))
    hall.world.take(poll, "annul", "staff", reason=reason)
    assert hall.box() == {}
    assert hall.laid_out() == {}
    assert not hall.key(poll).exists()


def test_a_vote_that_nobody_has_seen_is_annulled_by_one(hall: Hall) -> None:
    poll = hall.prepare()
    hall.world.take(poll, "annul", "animator", reason="Złe pytanie.")
    assert hall.world.facts(poll).state == PollState.ANNULLED


def test_a_secret_vote_of_two_is_not_counted(hall: Hall) -> None:
    poll = hall.opened()
    hall.cast(poll, 0, ("T01", 1))
    hall.cast(poll, 1, ("T01", 1))
    refuses("few_ballots", lambda: hall.world.take(poll, "count", "animator"))


def test_a_vote_by_name_is_replaced_and_its_file_names_nobody(hall: Hall) -> None:
    poll = hall.opened(HallMethod.AYES, secret=False)
    hall.cast_by_name(poll, 0, ("against", 1))
    hall.cast_by_name(poll, 0, ("for", 1))
    hall.cast_by_name(poll, 1, ("abstain", 1))
    hall.world.take(poll, "count", "animator")
    content = verify_result(hall.file(poll))
    assert content["outcome"]["scores"] == {"for": "1/1", "against": "0/1", "abstain": "1/1"}
    assert b"Osoba" not in hall.file(poll)


def test_small_sectors_are_counted_together_and_few_ballots_of_a_sector_too(sqlite_url: str, tmp_path: Path) -> None:
    hall = Hall(
        Database(sqlite_url), tmp_path, ["publiczny"] * 12 + ["społeczny"] * 12 + ["gospodarczy"] * 2 + [""] * 3
    )
    poll = hall.opened()
    assert {elector.stratum for elector in hall.electors(poll)} == {"publiczny", "społeczny", "gospodarczy + –"}
    for voter in (*range(12), *range(12, 24), 24, 25):
        hall.cast(poll, voter, ("T01", 1))
    hall.world.take(poll, "count", "animator")
    shown = Counter(ballot["stratum"] for ballot in verify_result(hall.file(poll))["ballots"])
    assert sorted(shown.values()) == [12, 14]
    assert all(SECTORS[2] in name or number == 12 for name, number in shown.items())


def test_cards_typed_alike_by_two_are_counted_with_the_screens(hall: Hall) -> None:
    poll = hall.opened()
    for voter in range(20):
        hall.cast(poll, voter, ("T01", 1))
    hall.move_card(poll, 20, CardMove.ISSUE)
    refuses("has_card", lambda: hall.cast(poll, 20, ("T01", 1)))
    hall.move_card(poll, 20, CardMove.DROP)
    hall.drop_card(poll, 21)
    refuses("card_elsewhere", lambda: hall.move_card(poll, 0, CardMove.ISSUE))
    refuses("has_cards", lambda: hall.world.take(poll, "count", "animator"))
    hall.world.take(poll, "close", "animator")
    hall.type_cards(poll, "staff", {1: [("T02", 1)], 2: [("T03", 1)]})
    refuses("cards_waited_for", lambda: hall.world.take(poll, "count", "animator"))
    hall.type_cards(poll, "animator", {1: [("T02", 1)], 2: [("T02", 1)]})
    refuses("cards_differ", lambda: hall.world.take(poll, "count", "animator"))
    hall.type_cards(poll, "animator", {1: [("T02", 1)], 2: [("T03", 1)]})
    refuses("no_scan", lambda: hall.world.take(poll, "count", "animator"))
    hall.scan(poll)
    hall.world.take(poll, "count", "animator")
    content = verify_result(hall.file(poll))
    assert content["electorate"]["voted"] == {"screen": 20, "card": 2, "hands": 0}
    assert content["outcome"]["scores"] == {"T01": "20/1", "T02": "1/1", "T03": "1/1"}


def test_more_cards_than_ticks_are_refused_with_the_figures(hall: Hall) -> None:
    poll = hall.opened()
    for voter in range(3):
        hall.cast(poll, voter, ("T01", 1))
    hall.drop_card(poll, 3)
    hall.world.take(poll, "close", "animator")
    with pytest.raises(BadInput):
        hall.type_cards(poll, "staff", {1: [("T02", 1)], 2: [("T02", 1)]})


def test_nothing_tells_who_voted_how_after_the_count(hall: Hall) -> None:
    poll = hall.opened(texts=("Zielony groszek", "Czerwona cebula", "Biały ser"))
    hall.cast(poll, 0, ("T02", 1))
    for voter in range(1, 6):
        hall.cast(poll, voter, ("T01", 1))
    hall.world.take(poll, "count", "animator")
    number, registration = hall.ballots[0].receipt.number, str(hall.registrations[0])
    rows = [
        (table, row)
        for table, row in rows_of_everything(hall.world.database)
        if number in row or "T02" in json.loads(row).get("choice", "")
    ]
    assert {table for table, _row in rows} == {"hall_receipt", "hall_ballot"}
    assert all(registration not in json.loads(row).values() for _table, row in rows)


def test_a_changed_ballot_shows_in_the_file(hall: Hall) -> None:
    poll = hall.opened()
    count(hall, poll, T01=20)
    with hall.world.database.transaction() as tx:
        tx.execute(
            text("""UPDATE hall_ballot SET choice = '["T03"]' WHERE code = (SELECT min(code) FROM hall_ballot)""")
        )
    with pytest.raises(Exception, match="digest"):
        hall.file(poll)


def test_the_sweep_leaves_keys_of_open_votes_and_takes_those_of_closed_ones(hall: Hall) -> None:
    poll, database = hall.opened(), hall.world.database
    kept = hall.key(poll).read_bytes()
    assert sweep_keys(database, at=hall.world.at + timedelta(days=9)) == 0
    for voter in range(3):
        hall.cast(poll, voter, ("T01", 1))
    hall.world.take(poll, "count", "animator")
    # As if the process had been killed between its commit and the destruction.
    hall.key(poll).write_bytes(kept)
    assert sweep_keys(database, at=hall.world.at) == 1
    assert not hall.key(poll).exists()


def test_a_project_on_the_ballot_stands_with_its_cost_as_people_write_it(hall: Hall) -> None:
    world = hall.world
    with world.database.transaction() as tx:
        edition = tx.execute(select(Conference.edition_id).where(Conference.id == hall.conference.id)).scalar_one()
    project = world.idea(Ref("edition", edition))
    world.lead(project, "admitted")
    with world.database.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == project.id).values(cost=12_500_00))
    poll = hall.prepare(texts=("Nic",), projects=(project.id,))
    with world.database.reading() as tx:
        details = tx.execute(select(HallOption.details).where(HallOption.poll_id == poll.id)).scalars().all()
    assert any("12 500,00 zł".replace(" ", "\u00a0") in line for line in details)
