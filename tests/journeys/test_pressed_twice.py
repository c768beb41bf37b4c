"""Two clicks, Back and send again, a cost beside lines, words withdrawn: what a browser does with them."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.world import PASSWORD, World
from workflow.models import Comment

pytestmark = [pytest.mark.slow, pytest.mark.browser]
TALK = "Kto ma klucze do świetlicy?"


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def comments(product: Product, text: str = TALK) -> int:
    with product.database.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(Comment).where(Comment.text == text)).scalar_one())


def test_nothing_is_made_twice_lost_or_deleted_by_a_tap(world: World, meet: Meet, product: Product) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    talk = f"/projekty/{ref.id}/rozmowa"

    # Two clicks.
    leader.open(talk)
    leader.page.fill("#f-text", TALK)
    leader.page.get_by_role("button", name="Wyślij wpis").dblclick()
    expect(leader.page.locator("#flashes")).to_contain_text("Dodano wpis.")
    assert comments(product) == 1
    # Back, and the same once more.
    leader.page.go_back()
    leader.page.fill("#f-text", TALK)
    leader.page.get_by_role("button", name="Wyślij wpis").click()
    expect(leader.page.locator("#flashes")).to_contain_text("Dodano wpis.")
    assert comments(product) == 1
    # Written anew it is another one.
    leader.open(talk)
    leader.page.fill("#f-text", TALK)
    leader.page.get_by_role("button", name="Wyślij wpis").click()
    expect(leader.page.locator("#flashes")).to_contain_text("Dodano wpis.")
    assert comments(product) == 2

    # Withdrawing is two presses, and the first one says what it means; on a phone too.
    leader.page.set_viewport_size({"width": 390, "height": 800})
    leader.page.locator(".careful > summary").first.click()
    expect(leader.page.locator(".careful-ask").first).to_contain_text("zniknie na zawsze")
    assert not list(too_wide(leader.page, 320))
    leader.page.get_by_role("button", name="Tak: Wycofaj").first.click()
    expect(leader.page.locator("main")).to_contain_text("Wpis wycofuje: Leader")
    assert comments(product) == 1
    leader.page.set_viewport_size({"width": 1280, "height": 800})

    # The cost follows from the lines; one that was typed besides is asked back with everything typed.
    leader.open(f"/projekty/{ref.id}/karta/budget")
    leader.page.fill("[name=cost]", "20000")
    leader.page.fill("[name='budget_lines-0-what']", "Farba")
    leader.page.fill("[name='budget_lines-0-amount']", "12500")
    expect(leader.page.locator("[data-sum]")).to_contain_text("12")
    leader.refusals = {422}
    leader.page.get_by_role("button", name="Zapisz i wróć do karty").click()
    expect(leader.page.locator(".error-summary")).to_contain_text("Pozycje budżetu dają razem")
    expect(leader.page.locator("[name=cost]")).to_have_value("20000")
    leader.page.fill("[name=cost]", "")
    expect(leader.page.locator("[name=cost]")).to_be_hidden()
    leader.page.get_by_role("button", name="Zapisz i wróć do karty").click()
    leader.page.wait_for_url(f"**/projekty/{ref.id}/karta")
    assert world.facts(ref)["cost"] == 1_250_000


def test_two_clicks_on_signing_in_sign_in(world: World, meet: Meet) -> None:
    member = meet("member")
    member.context.clear_cookies()
    member.open("/login?next=/konto")
    member.page.fill("[name=email]", "member@example.org")
    member.page.fill("[name=password]", PASSWORD)
    member.page.get_by_role("button", name="Zaloguj się", exact=True).dblclick()
    # The second press ends the way that the first one began, for which a wait for an address would fail.
    expect(member.page).not_to_have_url(re.compile("/login"))
    expect(member.page.locator("h1")).to_be_visible()
