"""The board by phase."""

import pytest

from tests.web.stage import Stage
from workflow.base.i18n import format_number
from workflow.rules.facts import Ref


@pytest.fixture
def edition(stage: Stage) -> Ref:
    """An edition with a few ideas."""
    found = stage.world.edition("conferences", key="tablica")
    for title in ("Łódka", "Lato w mieście", "Żłobek", "Zamek", "Ćwiczenia"):
        stage.world.idea(found, title=title)
    return found


def test_the_board_takes_a_fixed_number_of_statements(stage: Stage, edition: Ref) -> None:
    first = stage.count("staff", "/edycje/tablica/tablica")
    for number in range(30):
        stage.world.idea(edition, title=f"Pomysł {number}")
    assert stage.count("staff", "/edycje/tablica/tablica") == first <= 8


def test_the_board_counts_each_state_and_shows_the_first_of_them(stage: Stage, edition: Ref) -> None:
    for number in range(5):
        stage.world.idea(edition, title=f"Ławka {number}")
    page = stage.page("staff", "/edycje/tablica/tablica")
    assert f"{format_number(10, 'pl')} projektów" in page
    assert page.count('<article class="card') == 6
    assert "Pokaż wszystkie: Pomysł (10)" in page


@pytest.mark.usefixtures("edition")
def test_visitors_find_on_the_board_only_what_is_public(stage: Stage) -> None:
    assert "Żłobek" not in stage.page(None, "/edycje/tablica/tablica")
