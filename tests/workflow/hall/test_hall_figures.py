"""The votes of a conference in its report are those of the result files, and their histories are verified."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from tests.invariants import faults
from tests.workflow.hall.people import Hall
from workflow.db.database import Database
from workflow.documents.blocks import Grid
from workflow.documents.conference_reports import blocks
from workflow.engine.hall_figures import hall_figures
from workflow.engine.hall_reader import ref_of as hall_poll
from workflow.rules.guards.conference_reports import report_of
from workflow.rules.hall import HallMethod
from workflow.voting.results.hall_scores import by_stratum
from workflow.voting.results.verification import verify_result


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[Hall]:
    """24 people of three sectors; a secret vote with cards and a tie, one by name, an annulled one."""
    database = Database(database_url)
    hall = Hall(database, tmp_path)
    secret = hall.opened(HallMethod.APPROVE, max_choices=2, minutes=90)
    for voter in range(18):
        hall.cast(secret, voter, ("T01" if voter % 2 else "T02", 1))
    hall.drop_card(secret, 20)
    hall.world.take(secret, "close", "animator")
    for clerk in ("animator", "staff"):
        hall.type_cards(secret, clerk, {1: [("T03", 1)]})
    hall.scan(secret)
    hall.world.take(secret, "count", "animator")
    named = hall.opened(HallMethod.AYES, secret=False)
    for voter in range(7):
        hall.cast_by_name(named, voter, ("for" if voter else "against", 1))
    hall.world.take(named, "count", "animator")
    hall.annul(hall.opened(), "Zepsuty rzutnik.")
    yield hall
    hall.world.database.close()
    database.close()


def test_the_figures_of_a_report_are_those_of_the_result_files(hall: Hall) -> None:
    with hall.world.database.reading() as tx:
        secret, named = hall_figures(tx, hall.conference.id)
    for vote in (secret, named):
        content = verify_result(hall.file(hall_poll(vote["poll"])))
        scores = {key: Fraction(score) for key, score in content["outcome"]["scores"].items()}
        assert {option["key"]: option["score"] for option in vote["options"]} == scores
        assert vote["strata"] == by_stratum(content)
        assert vote["electors"] == content["electorate"]["size"]
        assert vote["voted"] == sum(content["electorate"]["voted"].values())
    assert [(of["key"], of["place"], of["tied"]) for of in secret["options"]] == [
        ("T01", 1, True), ("T02", 1, True), ("T03", 3, False)
    ]  # fmt: skip


def test_a_report_names_people_of_no_sector_in_words(hall: Hall) -> None:
    with hall.world.database.reading() as tx:
        vote = hall_figures(tx, hall.conference.id)[0]
    vote = {**vote, "strata": {"–": {"T01": 5}, "gospodarczy + –": {"T02": 6}}}
    hall.world.take(hall.conference, "hold", "staff", participants=24, source="lista")
    data = {**report_of(hall.world.facts(hall.conference, "staff")).data, "votes": [vote]}
    (grid,) = [block for block in blocks(data)
               if isinstance(block, Grid) and block.caption == "Możliwości w każdym sektorze"]  # fmt: skip
    assert list(grid.columns[1:]) == ["bez sektora", "gospodarczy + bez sektora"]


def test_the_report_tells_the_counted_votes_and_the_history_of_all_three_is_verified(hall: Hall) -> None:
    with hall.world.database.snapshot() as tx:
        assert [fault for fault in faults(tx) if fault.startswith("chain")] == []
    hall.world.take(hall.conference, "hold", "staff", participants=24, source="lista")
    data = report_of(hall.world.facts(hall.conference, "staff")).data
    assert len(data["votes"]) == 2
    tables = [block for block in blocks(data) if isinstance(block, Grid)]
    places = [list(map(list, table.rows)) for table in tables if table.caption == "Możliwości według wyniku"]
    assert places[0] == [["1", "Czerwony", "9", "tak"], ["1", "Zielony", "9", "tak"], ["3", "Niebieski", "1", ""]]
    assert len([table for table in tables if table.caption == "Możliwości w każdym sektorze"]) == 2
