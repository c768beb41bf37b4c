"""The page of the committee: the office fills seats and ends terms, members read, nobody else."""

import pytest

from tests.web.stage import Stage, send
from workflow.rules.facts import Ref


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition("selection")


@pytest.fixture
def path(stage: Stage, edition: Ref) -> str:
    return f"/edycje/{stage.world.facts(edition)['key']}/komitet"


def seat(stage: Stage, edition: Ref, who: str) -> dict[str, object]:
    sector = stage.world.facts(edition)["sectors"][0]
    return {"body": "committee", "person": stage.world[who].id, "function": "member", "sector": sector,
            "organisation": "Cech Rzemiosł", "appointed_by": "7/2026", "from_on": "2026-03-01"}  # fmt: skip


def test_the_office_fills_a_seat_and_members_read_it(stage: Stage, edition: Ref, path: str) -> None:
    answer = send(stage.as_("staff"), path, **seat(stage, edition, "participant"))
    assert answer.status_code == 303
    page = stage.page("committee1", path)
    assert "Cech Rzemiosł" in page
    assert "Obsadź miejsce" not in page


def test_a_refused_seat_keeps_what_was_typed_and_says_why(stage: Stage, edition: Ref, path: str) -> None:
    answer = send(stage.as_("staff"), path, **{**seat(stage, edition, "participant"), "to_on": "2025-01-01"})
    assert answer.status_code == 422
    assert "Ostatni dzień nie może być wcześniejszy" in answer.text
    assert "Cech Rzemiosł" in answer.text


@pytest.mark.parametrize("who", [None, "participant", "leader"])
def test_nobody_but_the_office_fills_seats(stage: Stage, edition: Ref, path: str, who: str | None) -> None:
    before = stage.page("staff", path).count("<tr")
    answer = stage.as_(who).post(path, seat(stage, edition, "participant"))
    assert answer.status_code in (302, 303, 400, 403)
    assert stage.page("staff", path).count("<tr") == before
