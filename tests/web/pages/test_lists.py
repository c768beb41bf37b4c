"""The list of an edition: search, filters, orders, pages; what it costs and what it weighs."""

import re

import pytest

from tests.conftest import database_url as database_url
from tests.web.many import add_many
from tests.web.stage import Stage
from workflow.proposals.ordering import SORTS
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

LIST = "/edycje/lista/lista"
ROW = re.compile(r'<th scope="row"[^>]*><a href="[^"]+">(.*?)</a>')
ORDERS = [name for sort in SORTS for name in (sort, f"-{sort}")]
IDEAS = {"Łódka": ["Łąck"], "Lato w mieście": ["Gąbin"], "Żłobek": ["Łąck", "Gąbin"], "Zamek": [], "Ćwiczenia": []}


@pytest.fixture
def edition(stage: Stage) -> Ref:
    """An edition with ideas whose titles need the Polish order."""
    found = stage.world.edition("conferences", key="lista")
    for title, places in IDEAS.items():
        sector, principle = ("edukacja", "plug_leaks") if places else ("kultura", "encourage_new")
        stage.world.idea(found, title=title, sector=sector, places=places, principle=principle)
    return found


def titles(page: str) -> list[str]:
    return ROW.findall(page)


def all_titles(stage: Stage, who: str | None, address: str) -> list[str]:
    """The titles of every page of a list, one after the other."""
    read: list[str] = []
    while address:
        page = stage.page(who, address)
        read += titles(page)
        address = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    return read


@pytest.mark.usefixtures("edition")
def test_titles_stand_in_polish_order(stage: Stage) -> None:
    assert titles(stage.page("staff", LIST)) == ["Ćwiczenia", "Lato w mieście", "Łódka", "Zamek", "Żłobek"]


@pytest.mark.usefixtures("edition")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=zlobek", ["Żłobek"]),
        ("q=ŁÓDKA", ["Łódka"]),
        ("q=miescie+lato", ["Lato w mieście"]),
        ("q=%25", []),
        ("q=nic+takiego", []),
        ("sector=edukacja", ["Lato w mieście", "Łódka", "Żłobek"]),
        ("sector=edukacja&q=lato", ["Lato w mieście"]),
        ("commune=Łąck", ["Łódka", "Żłobek"]),
        ("principle=encourage_new", ["Ćwiczenia", "Zamek"]),
        ("state=idea&sector=kultura", ["Ćwiczenia", "Zamek"]),
        ("state=settled", []),
        ("phase=origin&q=zamek", ["Zamek"]),
        ("phase=nothing", []),
        ("lacks=animator&q=zamek", ["Zamek"]),
        ("lacks=leader", []),
        ("due=soon", []),
        ("mine=1", []),
        ("animator=7&animator=x", []),
        ("animator=x&lacks=nothing&due=nothing&mine=2&q=zamek", ["Zamek"]),
        ("sort=nothing&cursor=nothing&q=zamek", ["Zamek"]),
    ],
)
def test_search_and_filters_narrow_the_list(stage: Stage, query: str, found: list[str]) -> None:
    assert titles(stage.page("staff", f"{LIST}?{query}")) == found


@pytest.mark.usefixtures("edition")
def test_mine_are_those_that_the_reader_has_a_part_in(stage: Stage) -> None:
    assert len(titles(stage.page("leader", f"{LIST}?mine=1"))) == len(IDEAS)
    assert titles(stage.page("member", f"{LIST}?mine=1")) == []


def test_dates_that_have_passed_or_come_soon_can_be_asked_for(stage: Stage) -> None:
    soon = stage.world.proposal_in("returned")
    key = stage.world.facts(soon).edition["key"]
    title = stage.world.facts(soon)["title"]
    assert titles(stage.page("staff", f"/edycje/{key}/lista?due=soon")) == [title]
    assert titles(stage.page("staff", f"/edycje/{key}/lista?due=late")) == []


@pytest.mark.usefixtures("edition")
def test_each_filter_in_use_is_named_and_can_be_taken_away(stage: Stage) -> None:
    page = stage.page("staff", f"{LIST}?sector=kultura&q=zamek")
    assert f'href="{LIST}?q=zamek&amp;sort=title">Sektor: kultura' in page
    assert f'href="{LIST}?sector=kultura&amp;sort=title">„zamek”' in page


@pytest.mark.usefixtures("edition")
def test_an_empty_list_says_what_to_do(stage: Stage) -> None:
    stage.world.edition("conferences", key="pusta")
    assert "Nie ma jeszcze projektów" in stage.page("staff", "/edycje/pusta/lista")
    assert "Nie znaleziono projektów" in stage.page("staff", f"{LIST}?q=brak")


@pytest.mark.usefixtures("edition")
def test_visitors_find_on_lists_only_what_is_public(stage: Stage) -> None:
    for who in (None, "visitor"):
        assert titles(stage.page(who, LIST)) == []
        assert "Żłobek" not in stage.as_(who).get("/edycje/lista/lista.csv").text
    assert len(titles(stage.page("participant", LIST))) == len(IDEAS)
    assert len(titles(stage.page("admin", LIST))) == len(IDEAS)


def test_visitors_cannot_ask_about_people_and_dates(stage: Stage) -> None:
    selected = stage.world.proposal_in("selected")
    facts = stage.world.facts(selected)
    address = f"/edycje/{facts.edition['key']}/lista"
    everything = all_titles(stage, None, address)
    assert facts["title"] in everything
    for query in ("lacks=animator", "lacks=leader", "due=late", "mine=1", f"animator={stage.world['animator'].id}"):
        assert all_titles(stage, None, f"{address}?{query}") == everything
    assert "q-animator" not in stage.page(None, address)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_hold_everything_once_in_every_order(stage: Stage, edition: Ref, order: str) -> None:
    with stage.db.transaction() as tx:
        add_many(tx, edition, 75)
    read = all_titles(stage, "staff", f"{LIST}?sort={order}")
    assert len(read) == len(set(read)) == 80
    other = order[1:] if order.startswith("-") else f"-{order}"
    assert all_titles(stage, "staff", f"{LIST}?sort={other}&q=gabin")[:1] != read[:1]


def test_what_has_no_cost_comes_last_either_way(stage: Stage, edition: Ref) -> None:
    with stage.db.transaction() as tx:
        add_many(tx, edition, 30)
    for order in ("cost", "-cost"):
        costs = re.findall(r'data-label="Koszt">(.*?)<', stage.page("staff", f"{LIST}?q=gabinie&sort={order}"))
        known = [int(re.sub(r"\D", "", one)) for one in costs if one]
        assert costs[: len(known)] == [one for one in costs if one]
        assert known == sorted(known, reverse=order == "-cost")


def test_a_cursor_of_another_order_begins_at_the_beginning(stage: Stage, edition: Ref) -> None:
    with stage.db.transaction() as tx:
        add_many(tx, edition, 30)
    cursor = re.findall(r"cursor=(\w+)", stage.page("staff", f"{LIST}?sort=recent"))[0]
    assert titles(stage.page("staff", f"{LIST}?sort=number&cursor={cursor}")) == titles(
        stage.page("staff", f"{LIST}?sort=number")
    )


@pytest.mark.parametrize("count", [25, 1000, 10_000])
def test_lists_take_the_same_few_statements_however_long_they_are(stage: Stage, edition: Ref, count: int) -> None:
    with stage.db.transaction() as tx:
        add_many(tx, edition, count)
    asked = {query: stage.count("staff", f"{LIST}?{query}") for query in ("", "sort=-cost", "sector=kultura")}
    assert set(asked.values()) == {4}
    assert stage.count("staff", f"{LIST}?q=zlobek") == 5
    assert stage.count(None, LIST) == 2


def test_a_page_of_twenty_five_is_light(stage: Stage, edition: Ref) -> None:
    with stage.db.transaction() as tx:
        add_many(tx, edition, 30)
    page = stage.page("staff", LIST)
    assert len(titles(page)) == 25
    assert len(page.encode()) <= 34_000
