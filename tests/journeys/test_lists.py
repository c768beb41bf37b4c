"""The office at its list: narrows it, keeps it under a name, names a reviewer for three, takes everything found home."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Meet
from tests.journeys.look import AccessCheck, english, too_wide
from tests.journeys.product import Product
from tests.world import World
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow, pytest.mark.browser]
# Nothing here is mailed.
SERVICES = ("web",)


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture
def gardens(world: World) -> dict[str, Ref]:
    """Four ideas about gardens among thirty of an edition, by title."""
    edition = world.edition("conferences")
    for number in range(26):
        world.idea(edition, title=f"Ławka {number:02}", sector="gospodarka")
    titles = [f"Ogród w {place}" for place in ("Gąbinie", "Łącku", "Słubicach", "Pacynie")]
    return {title: world.idea(edition, title=title, sector="edukacja") for title in titles}


@pytest.fixture
def address(world: World, gardens: dict[str, Ref]) -> str:
    """Where their list is."""
    return f"/edycje/{world.facts(gardens['Ogród w Łącku']).edition['key']}/lista"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_office_narrows_keeps_assigns_and_exports(
    world: World, gardens: dict[str, Ref], address: str, meet: Meet, tmp_path: Path, scripts: bool
) -> None:
    office = meet("staff", java_script_enabled=scripts)
    page = office.page
    office.open(address)
    page.get_by_text("Filtry i kolejność", exact=True).click()
    page.get_by_label("Sektor", exact=True).select_option("edukacja")
    page.get_by_label("Szukane słowa").fill("ogrody")
    page.get_by_role("button", name="Pokaż", exact=True).first.click()
    expect(page.locator(".list tbody tr")).to_have_count(4)
    expect(page.get_by_role("link", name="Sektor: edukacja")).to_be_visible()

    page.get_by_text("Zachowaj tę listę pod nazwą").click()
    page.get_by_label("Nazwa listy").fill("Szkolne ogrody")
    page.get_by_role("button", name="Zachowaj listę").click()
    assert "Zapisano listę „Szkolne ogrody”." in office.told()
    office.open(f"{address}?sort=title")
    expect(page.locator(".list tbody tr")).to_have_count(25)
    page.get_by_role("link", name="Szkolne ogrody").click()
    expect(page.locator(".list tbody tr")).to_have_count(4)

    # Somebody else is faster with one of them.
    for title in ("Ogród w Gąbinie", "Ogród w Łącku", "Ogród w Pacynie"):
        page.get_by_role("checkbox", name=title).check()
    world.take(gardens["Ogród w Łącku"], "edit_sheet", "leader", goals="Więcej zieleni.")
    page.get_by_label("Animator lub osoba weryfikująca").select_option(label="Staff2")
    page.get_by_role("button", name="Przydziel").click()
    page.get_by_role("heading", name="Osoba weryfikująca: Staff2").wait_for()
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="Ogród w Łącku")).to_contain_text("Nie przydzielono")
    expect(rows.filter(has_text="Ogród w Łącku")).to_contain_text("W tym czasie ktoś zmienił te dane")
    expect(rows.filter(has_text="Ogród w Gąbinie")).to_contain_text("Gotowe")
    if scripts:
        assert not list(AccessCheck().violations(page))
        assert not list(english(page))
        assert not list(too_wide(page, 320))

    page.get_by_role("button", name="Ponów dla pozostałych projektów").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("main tbody tr")).to_contain_text("Gotowe")
    reviewers = {title: world.facts(ref)["reviewer_id"] for title, ref in gardens.items()}
    named = world["staff2"].id
    assert reviewers == {**dict.fromkeys(gardens, named), "Ogród w Słubicach": None}

    page.get_by_role("link", name="Wróć do listy").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Zapisz jako arkusz (XLSX)").click()
    path = tmp_path / "lista.xlsx"
    saved.value.save_as(path)
    head, *told = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    title, reviewer = head.index("Tytuł"), head.index("Osoba weryfikująca")
    assert [row[title] for row in told] == page.locator(".list tbody th a").all_inner_texts()
    assert {row[title]: row[reviewer] for row in told} == {
        title: "Staff2" if number else None for title, number in reviewers.items()
    }


def test_rows_are_ticked_by_keyboard_alone_and_stand_on_the_first_screen_of_a_phone(address: str, meet: Meet) -> None:
    office = meet("staff", width=390)
    page = office.page
    office.open(f"{address}?sort=title")
    first = page.locator(".list tbody tr").first
    box = first.bounding_box()
    assert box is not None
    assert box["y"] < 844, "the first proposal is on the first screen of a phone"
    page.locator("[name=proposal]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(first.get_by_role("link")).to_be_focused()
    expect(page.get_by_role("button", name="Przydziel")).to_contain_text("zaznaczono: 1")
    page.get_by_role("checkbox", name="Zaznacz wszystkie na tej stronie").focus()
    page.keyboard.press("Space")
    expect(page.locator("[name=proposal]:checked")).to_have_count(25)
    expect(page.get_by_role("button", name="Przydziel")).to_contain_text("zaznaczono: 25")
