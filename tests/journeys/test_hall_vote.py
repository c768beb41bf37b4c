"""A vote in the hall on a telephone: the pass, the ballot, its exchange, the result on the phone and on the screen."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import AccessCheck, english, too_wide
from tests.journeys.product import Product
from tests.workflow.hall.people import Hall
from tests.world import World
from workflow.hall.casting import cast, new_form
from workflow.participation import passes

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
OPTIONS = tuple(
    f"Projekt {name}" for name in ("Biblioteka na kółkach", "Klub seniora", "Szlak wodny", "Targ u sąsiada")
)


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture
def hall(world: World, product: Product) -> Hall:
    keys = product.database.poll_keys
    assert keys is not None
    return Hall(product.database, keys.parent / "data", world=world)


def test_somebody_votes_on_a_telephone_exchanges_the_ballot_and_sees_the_result(
    hall: Hall, product: Product, meet: Meet, browser: Browser, tmp_path: Path
) -> None:
    poll = hall.prepare(texts=OPTIONS, max_choices=2, question="Które projekty poprzeć?")
    root, check = f"/konferencje/{hall.conference.id}/glosowania", AccessCheck()
    host = meet("animator")
    host.open(f"{root}/{poll.id}/prowadzenie")
    host.page.get_by_role("button", name="Otwórz głosowanie").click()
    with hall.world.database.transaction() as tx:
        token = passes.issue(tx, hall.registrations[0], actor=hall.world["staff"], at=hall.world.now)
    phone = browser.new_context(locale="pl-PL", viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True,
                                base_url=product.address).new_page()  # fmt: skip
    phone.goto(f"/przepustka/{token}")
    phone.locator("main form button[type=submit]").tap()
    expect(phone.locator(".notice.success")).to_be_visible()
    phone.goto(f"{root}/teraz")
    assert not list(check.violations(phone))
    assert not list(english(phone))
    phone.locator("label.pick", has_text="Biblioteka").tap()
    expect(phone.locator("[data-picked]")).to_have_text("Wybrane: 1 / 2")
    phone.screenshot(path=tmp_path / "ballot-390.png", full_page=True)
    phone.get_by_role("button", name="Oddaj głos").tap()
    expect(phone.locator("dl.facts")).to_be_visible()
    number = phone.locator("dl.facts dd").first.inner_text()
    assert not list(check.violations(phone))
    phone.screenshot(path=tmp_path / "receipt-390.png", full_page=True)
    phone.locator("label.pick", has_text="Szlak").tap()
    # A new document, and not only the key of the form that is noted in the history.
    with phone.expect_event("load"):
        phone.get_by_role("button", name="Wymień kartę").tap()
    assert phone.locator("dl.facts dd").first.inner_text() == number
    phone.goto(f"{root}/{poll.id}")
    expect(phone.locator("progress")).to_have_attribute("value", "1")
    for place in range(1, 20):
        with hall.world.database.transaction(queued=True) as tx:
            receipt = new_form(tx, poll.id)
            cast(tx, poll.id, [("T02", 1)], receipt, registration_id=hall.registrations[place], at=hall.world.now)
    # The page follows by itself.
    expect(phone.locator("progress")).to_have_attribute("value", "20", timeout=10_000)
    host.open(f"{root}/{poll.id}/ekran")
    assert not list(check.violations(host.page))
    host.page.screenshot(path=tmp_path / "screen-1280.png")
    host.open(f"{root}/{poll.id}/prowadzenie")
    assert not list(check.violations(host.page))
    host.page.screenshot(path=tmp_path / "desk-1280.png")
    host.page.get_by_role("button", name="Zamknij i policz głosowanie").click()
    expect(phone.get_by_role("heading", name="Wynik", exact=True)).to_be_visible(timeout=10_000)
    phone.locator("[name=number]").fill(number)
    phone.get_by_role("button", name="Znajdź moją kartę").tap()
    expect(phone.get_by_role("status").filter(has_text=number)).to_contain_text("Biblioteka")
    assert not list(check.violations(phone))
    assert not list(english(phone))
    assert not list(too_wide(phone, 320))
    phone.set_viewport_size({"width": 390, "height": 800})
    phone.screenshot(path=tmp_path / "result-390.png", full_page=True)
    host.open(f"{root}/{poll.id}/ekran")
    host.page.screenshot(path=tmp_path / "screen-result-1280.png")
    host.open(root)
    assert not list(check.violations(host.page))
    host.page.screenshot(path=tmp_path / "list-1280.png", full_page=True)
    phone.context.close()
