"""A hall full of phones: the code leads past the door to an idea, and what resembles it is seen while typing."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.post import ADDRESS, parts_of
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.world import PASSWORD, World
from workflow.models import Edition

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PHONE = {"width": 390, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def shown_code(staff: Somebody, edition: str) -> str:
    """The address on the screen of the hall."""
    staff.open(f"/edycje/{edition}/kod")
    assert staff.page.locator(".poster-code svg").bounding_box()["width"] > 300
    return staff.page.locator(".poster-address a").get_attribute("href") or ""


def open_list(product: Product, edition: str, *, is_open: bool) -> None:
    with product.database.transaction() as tx:
        tx.execute(update(Edition).where(Edition.key == edition).values(registration_open=is_open))


def test_a_participant_follows_the_code_signs_in_and_records_an_idea(
    world: World, meet: Meet, product: Product
) -> None:
    edition = world.edition("conferences", key="sala")
    world.idea(edition, title="Ścieżki rowerowe nad Wisłą")
    open_list(product, "sala", is_open=False)
    phone = meet("participant", signed_in=False, **PHONE)
    phone.open(shown_code(meet("staff"), "sala"))

    phone.page.fill("[name=email]", "participant@example.org")
    phone.page.fill("[name=password]", PASSWORD)
    phone.send("Zaloguj się")
    phone.page.wait_for_url("**/edycje/sala/pomysl")
    assert not list(too_wide(phone.page, 390))
    expect(phone.page.locator("details[open]")).to_have_count(0)

    phone.page.locator("[name=title]").press_sequentially("sciezka rower", delay=30)
    expect(phone.page.locator(".similar")).to_contain_text("Ścieżki rowerowe nad Wisłą")
    expect(phone.page.locator("[name=title]")).to_be_focused()
    phone.page.fill("[name=title]", "Ścieżka rowerowa do szkoły")
    if phone.page.locator("[name=clause]").count():
        phone.page.check("[name=clause]")
    phone.send("Zapisz pomysł")
    assert "Ścieżka rowerowa do szkoły" in phone.told()
    assert "Ścieżki rowerowe nad Wisłą" in phone.sees()
    assert not list(too_wide(phone.page, 390))


def test_a_stranger_enters_the_open_list_by_a_letter(
    world: World, meet: Meet, browser: Browser, product: Product
) -> None:
    world.edition("conferences", key="rynek")
    open_list(product, "rynek", is_open=True)
    address = shown_code(meet("animator"), "rynek")
    phone = Somebody(browser, product.address, "ewa", **PHONE)
    phone.open(address)
    phone.fill({"name": "Ewa Nowa", "email": "ewa@example.org"})
    phone.send("Wyślij mi link")
    product.wait_for_letters()
    (letter,) = product.sink.to("ewa@example.org")
    link = next(found for found in ADDRESS.findall(parts_of(letter)[0]) if "/login/link/" in found)
    phone.open(link)
    phone.send("Zaloguj mnie")
    phone.page.wait_for_url("**/edycje/rynek/pomysl")
    phone.send("Wpisz mnie na listę")
    phone.fill({"title": "Kawiarnia na rynku", "clause": True})
    phone.send("Zapisz pomysł")
    assert "Kawiarnia na rynku" in phone.told()
    assert not phone.troubles
    phone.context.close()
