"""The board by phase, the list with search and filters, and its export."""

import csv
import io

import pytest

from tests.web.stage import Stage
from workflow.facts import Ref
from workflow.language import format_number


@pytest.fixture
def edition(stage: Stage) -> Ref:
    """An edition with ideas whose titles need the Polish order."""
    found = stage.world.edition("conferences", key="lista")
    ideas = {"Łódka": ["Łąck"], "Lato w mieście": ["Gąbin"], "Żłobek": ["Łąck", "Gąbin"], "Zamek": [], "Ćwiczenia": []}
    for title, places in ideas.items():
        stage.world.idea(found, title=title, sector="edukacja" if places else "kultura", places=places)
    return found


def titles(page: str) -> list[str]:
    cells = page.split('data-label="Tytuł"')[1:]
    return [cell.partition('">')[2].partition("</a>")[0] for cell in (one.partition("<a")[2] for one in cells)]


@pytest.mark.usefixtures("edition")
def test_titles_stand_in_polish_order(stage: Stage) -> None:
    page = stage.page("staff", "/edycje/lista/lista")
    assert titles(page) == ["Ćwiczenia", "Lato w mieście", "Łódka", "Zamek", "Żłobek"]


@pytest.mark.usefixtures("edition")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=zlobek", ["Żłobek"]),
        ("q=ŁÓDKA", ["Łódka"]),
        ("q=miescie+lato", ["Lato w mieście"]),
        ("q=%25", ["Ćwiczenia", "Lato w mieście", "Łódka", "Zamek", "Żłobek"]),
        ("q=nic+takiego", []),
        ("sector=edukacja", ["Lato w mieście", "Łódka", "Żłobek"]),
        ("sector=edukacja&q=lato", ["Lato w mieście"]),
        ("commune=Łąck", ["Łódka", "Żłobek"]),
        ("state=idea&sector=kultura", ["Ćwiczenia", "Zamek"]),
        ("state=settled", []),
        ("phase=origin&q=zamek", ["Zamek"]),
        ("phase=nothing", []),
        ("sort=nothing&cursor=nothing&q=zamek", ["Zamek"]),
    ],
)
def test_search_and_filters_narrow_the_list(stage: Stage, query: str, found: list[str]) -> None:
    assert titles(stage.page("staff", f"/edycje/lista/lista?{query}")) == found


@pytest.mark.usefixtures("edition")
def test_the_latest_change_can_come_first(stage: Stage) -> None:
    assert titles(stage.page("staff", "/edycje/lista/lista?sort=recent"))[0] == "Ćwiczenia"


@pytest.mark.usefixtures("edition")
def test_an_empty_list_says_what_to_do(stage: Stage) -> None:
    stage.world.edition("conferences", key="pusta")
    assert "Nie ma jeszcze projektów" in stage.page("staff", "/edycje/pusta/lista")
    assert "Nic nie pasuje" in stage.page("staff", "/edycje/lista/lista?q=brak")


def test_pages_of_a_long_list_hold_everything_once(stage: Stage, edition: Ref) -> None:
    for number in range(50):
        stage.world.idea(edition, title=f"Pomysł {number:02}")
    for sort in ("", "sort=recent"):
        read: list[str] = []
        address = f"/edycje/lista/lista?{sort}"
        while address:
            page = stage.page("staff", address)
            read += titles(page)
            following = page.partition('rel="next" href="')[2].partition('"')[0]
            address = following.replace("&amp;", "&")
        assert len(read) == len(set(read)) == 55


def test_lists_and_boards_take_a_fixed_number_of_statements(stage: Stage, edition: Ref) -> None:
    pages = ("/edycje/lista/lista?q=p&sector=kultura", "/edycje/lista/tablica", "/edycje/lista/lista?sort=recent")
    first = [stage.count("staff", page) for page in pages]
    for number in range(30):
        stage.world.idea(edition, title=f"Pomysł {number}")
    assert [stage.count("staff", page) for page in pages] == first
    assert max(first) <= 8


def test_the_board_counts_each_state_and_shows_the_first_of_them(stage: Stage, edition: Ref) -> None:
    for number in range(5):
        stage.world.idea(edition, title=f"Ławka {number}")
    page = stage.page("staff", "/edycje/lista/tablica")
    assert f"{format_number(10, 'pl')} projektów" in page
    assert page.count('<article class="card') == 6
    assert "Pokaż wszystkie: Pomysł (10)" in page


@pytest.mark.usefixtures("edition")
def test_visitors_find_on_lists_only_what_is_public(stage: Stage) -> None:
    assert titles(stage.page(None, "/edycje/lista/lista")) == []
    assert titles(stage.page("visitor", "/edycje/lista/lista")) == []
    assert "Żłobek" not in stage.page(None, "/edycje/lista/tablica")
    assert "Żłobek" not in stage.as_(None).get("/edycje/lista/lista.csv").text


def test_the_export_holds_everything_found_and_nothing_that_counts(stage: Stage, edition: Ref) -> None:
    for number in range(30):
        stage.world.idea(edition, title=f"=SUM(A{number})")
    answer = stage.as_("staff").get("/edycje/lista/lista.csv?q=sum")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 31
    assert rows[0][:3] == ["Numer", "Tytuł", "Stan"]
    assert all(row[1].startswith("'=SUM(") for row in rows[1:])
