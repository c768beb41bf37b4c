"""Views of the worklist kept under a name: in the menu of every page, each for its person alone."""

from tests.web.stage import Stage, hidden
from workflow.accounts.work_views import MOST

QUERY = "rodzaj=weryfikacja"


def keep(stage: Stage, name: str, query: str = QUERY, who: str = "staff") -> int:
    browser = stage.as_(who)
    browser.get(f"/praca?{query}")
    return int(browser.post("/praca/widoki", {"name": name, "query": query}).status_code)


def test_a_kept_view_stands_in_the_menu_of_every_page(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert keep(stage, "  Do  sprawdzenia ") == 303
    link = f'<a class="saved-view" href="/praca?{QUERY}"'
    assert link in stage.page("staff", "/skrzynka")
    assert f'{link} aria-current="page">' in stage.page("staff", f"/praca?{QUERY}")
    assert "Do sprawdzenia" not in stage.page("staff2", "/skrzynka")


def test_a_view_is_written_over_by_its_name_and_deleted(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert keep(stage, "Moje") == keep(stage, "Moje", "grupuj=rodzaj") == 303
    page = stage.page("staff", "/praca")
    assert page.count('class="saved-view"') == 1
    assert 'href="/praca?grupuj=rodzaj"' in page
    browser = stage.as_("staff")
    browser.get("/praca")
    assert browser.post("/praca/widoki/usun", {"name": "Moje"}).status_code == 303
    assert 'class="saved-view"' not in stage.page("staff", "/praca")


def test_only_what_the_worklist_knows_is_kept_of_an_address(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert keep(stage, "Dziwny", "rodzaj=komitet&grupuj=cokolwiek&next=//example.org") == 303
    assert 'class="saved-view" href="/praca?rodzaj=komitet"' in stage.page("staff", "/praca")


def test_a_view_without_a_name_or_one_too_many_comes_back_with_a_sentence(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert keep(stage, "  ") == 422
    assert [keep(stage, f"Widok {number}") for number in range(MOST)] == [303] * MOST
    browser = stage.as_("staff")
    fields = hidden(browser.get(f"/praca?{QUERY}").text, "/praca/widoki")
    answer = browser.post("/praca/widoki", {**fields, "name": "Jeszcze jeden"})
    assert answer.status_code == 422
    assert "Jeszcze jeden" in answer.text
    assert "Najpierw usuń jeden z nich." in answer.text
