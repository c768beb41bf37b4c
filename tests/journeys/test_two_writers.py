"""Two people at one sheet with a browser each, and one whose connection is lost: nothing that was typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.world import World
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow, pytest.mark.browser]
# Nothing here is mailed.
SERVICES = ("web",)


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def sheet(ref: Ref, name: str) -> str:
    return f"/projekty/{ref.id}/karta/{name}"


def kept(page: Page) -> None:
    """The draft of the page is on the server."""
    expect(page.locator("[data-draft-state]")).to_contain_text("Zapisano szkic", timeout=15_000)


def test_the_second_sees_the_first_and_both_texts_are_offered(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    first, second = meet("leader"), meet("member", width=390, has_touch=True, is_mobile=True)
    first.open(sheet(ref, "goals"))
    first.page.fill("[name=goals]", "Otworzyć świetlicę w każdej gminie.")
    kept(first.page)

    second.open(sheet(ref, "goals"))
    expect(second.page.locator("#presence")).to_contain_text("Tę część ma otwartą Leader od godz.")
    expect(second.page.locator("[name=goals]")).to_have_value("")
    assert not list(too_wide(second.page, 320))
    second.page.fill("[name=goals]", "Otworzyć świetlicę także w soboty.")
    kept(second.page)
    # The first learns of the second without touching anything.
    expect(first.page.locator("#presence")).to_contain_text("Tę część ma otwartą Member", timeout=25_000)

    first.send("Zapisz i wróć do karty")
    first.told()
    second.refusals.add(409)
    second.send("Zapisz i wróć do karty")
    expect(second.page.locator(".notice.warning").first).to_contain_text("W tym czasie ktoś to zmienił")
    expect(second.page.locator("[name=goals]")).to_have_value("Otworzyć świetlicę także w soboty.")
    expect(second.page.locator("#theirs-goals")).to_have_value("Otworzyć świetlicę w każdej gminie.")
    expect(second.page.locator(".differs ins").first).to_contain_text("także")
    expect(second.page.locator(".differs del").last).to_contain_text("gminie")
    second.page.fill("[name=goals]", "Otworzyć świetlicę w każdej gminie, także w soboty.")
    second.send()
    second.told()
    assert world.facts(ref)["sheet"]["goals"] == "Otworzyć świetlicę w każdej gminie, także w soboty."


def test_two_people_in_two_sections_do_not_meet(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    first, second = meet("leader"), meet("member")
    first.open(sheet(ref, "goals"))
    second.open(sheet(ref, "risks"))
    expect(second.page.locator("#presence")).to_be_empty()
    first.page.fill("[name=goals]", "Cel.")
    second.page.fill("[name=risks]", "Deszcz.")
    first.send("Zapisz i przejdź do następnej części")
    first.page.wait_for_url("**/karta/beneficiaries")
    second.send("Zapisz i przejdź do następnej części")
    second.page.wait_for_url("**/karta/sustainability")
    assert world.facts(ref)["sheet"] == {"goals": "Cel.", "risks": "Deszcz."}


def test_a_lost_connection_keeps_the_text_on_the_device_and_offers_it_again(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    page = leader.page
    leader.open(sheet(ref, "partners"))
    page.fill("[name=partners-0-partner]", "Gmina Gąbin")
    kept(page)
    leader.context.set_offline(True)
    page.get_by_role("button", name="Dodaj wiersz").click()
    page.fill("[name=partners-1-partner]", "OSP Łąck")
    page.fill("[name=partners-1-promise]", "transport dzieci")
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Zapisz i wróć do karty").click()
    expect(page.locator("[data-draft-state]")).to_contain_text("Brak połączenia.")
    expect(page.locator("[name=partners-1-promise]")).to_have_value("transport dzieci")
    assert "partners" not in world.facts(ref)["sheet"]

    # The window is closed and opened again when there is a connection.
    page.close(run_before_unload=False)
    leader.context.set_offline(False)
    page = leader.page = leader.context.new_page()
    page.goto(sheet(ref, "partners"), wait_until="domcontentloaded")
    offer = page.locator(".draft-offer")
    expect(offer).to_contain_text("na tym urządzeniu")
    offer.get_by_role("button").first.click()
    expect(page.locator("[name=partners-1-partner]")).to_have_value("OSP Łąck")
    page.get_by_role("button", name="Zapisz i wróć do karty").click()
    leader.told()
    assert world.facts(ref)["sheet"]["partners"] == [
        {"partner": "Gmina Gąbin"}, {"partner": "OSP Łąck", "promise": "transport dzieci"},
    ]  # fmt: skip
    page.goto(sheet(ref, "partners"), wait_until="domcontentloaded")
    expect(page.locator(".draft-offer, .notice.info")).to_have_count(0)
    leader.troubles = [one for one in leader.troubles if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_draft_waits_on_the_server_for_another_device(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    leader.open(sheet(ref, "budget"))
    leader.page.fill("[name=budget_lines-0-what]", "Farba")
    leader.page.fill("[name=budget_lines-0-amount]", "450,50")
    expect(leader.page.locator("[data-sum]")).to_contain_text("450,50")
    kept(leader.page)
    leader.context.clear_cookies()
    leader.page.evaluate("localStorage.clear()")
    leader.sign_in()
    leader.open(sheet(ref, "budget"))
    leader.page.get_by_role("link", name="Przywróć szkic").click()
    expect(leader.page.locator("[name=budget_lines-0-what]")).to_have_value("Farba")
    leader.send("Zapisz i wróć do karty")
    leader.told()
    assert world.facts(ref)["cost"] == 45_050
