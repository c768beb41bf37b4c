"""A session that ends while somebody writes, on a device that others use too: the text comes back to whoever wrote it."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Meet
from tests.journeys.product import Product
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def end_session(page: Page) -> None:
    """As after a night: the session is over, and everything else in the browser stays as it was."""
    page.context.clear_cookies(name="partnerstwo-login")


def sign_in(page: Page, name: str) -> None:
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


def test_text_sent_after_the_session_ended_comes_back_to_its_writer_and_to_nobody_else(
    world: World, meet: Meet
) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    page, path = leader.page, f"/projekty/{ref.id}/rozmowa"
    leader.refusals |= {403}
    leader.open(path)
    page.locator("form[data-draft$=talk] textarea").fill("Czy szkoła się zgadza?")
    end_session(page)
    page.locator("form[data-draft$=talk] .actions button, form[data-draft$=talk] button.primary").first.click()
    expect(page.locator("h1")).to_have_text("Minął czas logowania")
    back = page.get_by_role("link", name="Zaloguj się i wróć").get_attribute("href") or ""

    # Somebody else signs in first, on the same device.
    leader.open("/login?next=" + path)
    sign_in(page, "member")
    expect(page.locator("form[data-draft$=talk] textarea")).to_have_value("")
    expect(page.locator(".draft-offer")).to_have_count(0)
    end_session(page)

    leader.open(back)
    sign_in(page, "leader")
    assert page.url.endswith(path)
    expect(page.locator("form[data-draft$=talk] textarea")).to_have_value("Czy szkoła się zgadza?")
    expect(page.locator(".draft-offer")).to_contain_text("Przywrócono tekst. Nie został jeszcze wysłany.")
    page.locator("form[data-draft$=talk] .actions button, form[data-draft$=talk] button.primary").first.click()
    expect(page.locator("main")).to_contain_text("Czy szkoła się zgadza?")
    leader.open(path)
    expect(page.locator("form[data-draft$=talk] textarea")).to_have_value("")
    expect(page.locator(".draft-offer")).to_have_count(0)


def test_background_saving_says_at_once_when_nothing_is_kept_and_goes_on_after_signing_in(
    world: World, meet: Meet
) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    page, state = leader.page, leader.page.locator("[data-draft-state]")
    leader.refusals |= {400, 403}
    leader.open(f"/projekty/{ref.id}/karta/goals")
    page.fill("[name=goals]", "Cel pierwszy.")
    expect(state).to_contain_text("Zapisano szkic", timeout=15_000)
    end_session(page)
    page.fill("[name=goals]", "Cel drugi.")
    expect(state).to_contain_text("Minął czas logowania", timeout=15_000)
    expect(state).not_to_contain_text("Zapisano szkic")

    with page.expect_popup() as beside:
        state.get_by_role("link").click()
    sign_in(beside.value, "member")
    page.fill("[name=goals]", "Cel trzeci.")
    expect(state).to_contain_text("zalogował się ktoś inny", timeout=20_000)
    end_session(page)
    beside.value.goto("/login")
    sign_in(beside.value, "leader")
    beside.value.close()
    page.fill("[name=goals]", "Cel czwarty.")
    expect(state).to_contain_text("Zapisano szkic", timeout=20_000)
    leader.send("Zapisz i wróć do karty")
    leader.told()
    assert world.facts(ref)["sheet"]["goals"] == "Cel czwarty."
