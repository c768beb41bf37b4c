"""Lists kept under a name: one press each, one that opens by itself, each for its person alone."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import database_url as database_url
from tests.web.stage import Stage
from workflow.models import SavedFilter
from workflow.proposals.saved_filters import MOST
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

ADDRESS = "/edycje/lista/lista"


@pytest.fixture(autouse=True)
def edition(stage: Stage) -> Ref:
    found = stage.world.edition("conferences", key="lista")
    stage.world.idea(found, title="Łódka", sector="edukacja")
    stage.world.idea(found, title="Zamek", sector="kultura")
    return found


def keep(stage: Stage, name: str, query: str = "sector=kultura&sort=-cost", who: str = "staff", **more: str) -> Any:
    browser = stage.as_(who)
    browser.get(ADDRESS + "?sort=title")
    return browser.post(f"{ADDRESS}/zapisz", {"name": name, "query": query, **more})


def kept(stage: Stage) -> list[tuple[str, str, bool]]:
    s = SavedFilter
    with stage.db.reading() as tx:
        return [tuple(row) for row in tx.execute(select(s.name, s.query, s.is_default).order_by(s.id))]


def test_a_kept_list_opens_by_one_press(stage: Stage) -> None:
    answer = keep(stage, "  Kultura,   drogie ")
    assert answer.status_code == 303
    assert answer.location == f"{ADDRESS}?sector=kultura&sort=-cost"
    page = stage.page("staff", f"{ADDRESS}?sort=title")
    assert f'<a class="chip" href="{ADDRESS}?sector=kultura&amp;sort=-cost">Kultura, drogie</a>' in page
    assert 'aria-current="true">Kultura, drogie' in stage.page("staff", answer.location)


def test_one_list_opens_by_itself(stage: Stage) -> None:
    keep(stage, "Pierwsza", is_default="1")
    keep(stage, "Druga", "q=zamek&sort=title", is_default="1")
    assert [name for name, _query, is_default in kept(stage) if is_default] == ["Druga"]
    assert stage.as_("staff").get(ADDRESS).location == f"{ADDRESS}?q=zamek&sort=title"
    assert stage.as_("staff").get(f"{ADDRESS}?sort=title").status_code == 200
    assert stage.as_("animator").get(ADDRESS).status_code == 200


def test_the_same_name_writes_over_what_had_it(stage: Stage) -> None:
    keep(stage, "Moja")
    keep(stage, "Moja", "q=zamek&sort=title")
    assert kept(stage) == [("Moja", "q=zamek&sort=title", False)]


def test_only_what_a_list_understands_is_kept(stage: Stage) -> None:
    keep(stage, "Moja", "q=zamek&sort=DROP&cursor=abc&next=//evil&due=never&csrf_token=x&mine=1")
    assert kept(stage) == [("Moja", "q=zamek&mine=1&sort=title", False)]


@pytest.mark.parametrize(
    ("name", "said"), [("", "Wpisz nazwę listy."), ("   ", "Wpisz nazwę listy."), ("x" * 61, "do 60 znaków")]
)
def test_a_wrong_name_is_said_and_nothing_is_lost(stage: Stage, name: str, said: str) -> None:
    answer = keep(stage, name)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{name}"' in answer.text
    assert 'name="query" value="sector=kultura&amp;sort=-cost"' in answer.text
    assert kept(stage) == []


def test_there_is_an_end_to_what_one_person_keeps(stage: Stage) -> None:
    for number in range(MOST):
        assert keep(stage, f"Lista {number}").status_code == 303
    answer = keep(stage, "Jeszcze jedna")
    assert answer.status_code == 422
    assert "Najpierw usuń jedną z nich" in answer.text
    assert keep(stage, "Lista 3").status_code == 303


def test_a_kept_list_is_deleted_by_its_own_person_alone(stage: Stage) -> None:
    keep(stage, "Tylko dla mnie")
    with stage.db.reading() as tx:
        number = tx.execute(select(SavedFilter.id)).scalar_one()
    assert "Tylko dla mnie" not in stage.page("staff2", f"{ADDRESS}?sort=title")
    for who, status in (("staff2", 404), ("staff", 303)):
        browser = stage.as_(who)
        browser.get(f"{ADDRESS}?sort=title")
        assert browser.post(f"{ADDRESS}/usun", {"filter": number}).status_code == status
    assert kept(stage) == []


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40])
def test_a_number_that_names_no_list_finds_nothing(stage: Stage, number: str) -> None:
    browser = stage.as_("staff")
    browser.get(f"{ADDRESS}?sort=title")
    assert browser.post(f"{ADDRESS}/usun", {"filter": number}).status_code == 404


def test_lists_are_kept_only_by_those_who_work_in_the_edition(stage: Stage) -> None:
    assert keep(stage, "Moja", who="participant").status_code == 303
    assert keep(stage, "Moja", who="visitor").status_code in (403, 404)
    assert "Zachowaj tę listę" not in stage.page("visitor", ADDRESS)
