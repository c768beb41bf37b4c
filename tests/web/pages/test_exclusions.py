"""The page of projects that exclude each other: what is wrong is named, nothing typed is lost, ending asks for a reason."""

from typing import Any

from tests.web.stage import Stage, hidden
from workflow.engine.exclusions_reader import exclusive_projects


class Page:
    """An edition with two ideas, and the page on which the office excludes them."""

    def __init__(self, stage: Stage) -> None:
        self.stage, world = stage, stage.world
        self.edition = world.edition("conferences")
        for title in ("Targ", "Fontanna"):
            world.idea(self.edition, title=title)
        self.path = f"/edycje/{world.facts(self.edition)['key']}/wykluczenia"

    def send(self, action: str, **typed: str) -> Any:
        browser = self.stage.as_("staff")
        fields = hidden(browser.get(self.path).text, action)
        assert fields, f"{action} is not on the page"
        return browser.post(action, {**fields, **typed})

    def groups(self) -> list[tuple[int, int]]:
        with self.stage.db.reading() as tx:
            return [(project.number, project.group) for project in exclusive_projects(tx, self.edition.id)]


def test_unknown_numbers_are_named_and_what_was_typed_stays(stage: Stage) -> None:
    page = Page(stage)
    for projects, sentence in (("1, 77, 78", "W tej edycji nie ma projektu o numerze: 77, 78."),
                               ("1, targ", "To nie są numery projektów: targ."),
                               ("1, 1", "Podano więcej niż raz: 1.")):  # fmt: skip
        answer = page.send(page.path, projects=projects, reason="Ten sam plac.")
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{projects}"' in answer.text
        assert "Ten sam plac." in answer.text
    assert page.groups() == []


def test_ending_a_group_shows_the_consequences_and_asks_for_a_reason(stage: Stage) -> None:
    page = Page(stage)
    assert page.send(page.path, projects="1; 2", reason="Ten sam plac.").status_code == 303
    end = f"{page.path}/1/zakoncz"
    assert "wniosek i zasada mogą wybrać wszystkie te projekty" in stage.page("staff", page.path)
    answer = page.send(end, **{"end-1": " "})
    assert answer.status_code == 422
    assert "Podaj, dlaczego można je znów wybrać razem." in answer.text
    assert page.groups() == [(1, 1), (2, 1)]
    assert stage.as_("staff").get(end).status_code == 303
    assert page.send(end, **{"end-1": "Jest drugi plac."}).status_code == 303
    assert page.groups() == []
    assert "Jest drugi plac." in stage.page("staff", page.path)
