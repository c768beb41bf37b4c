"""Short visits: a phone, an old page, a keyboard alone, another language, no scripts, a link, a second lock."""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.post import ADDRESS, parts_of
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.processes import eventually
from tests.world import PASSWORD, World
from workflow.base.calendar import utc_now
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def page_of(ref: Ref) -> str:
    return f"/projekty/{ref.id}"


def press_tab_until(page: Page, label: str) -> None:
    """Go on with the keyboard until the thing of this name has the focus."""
    for _step in range(80):
        page.keyboard.press("Tab")
        told = page.evaluate("() => (document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()")
        if told == label:
            return
    raise AssertionError(f"the keyboard never reaches {label}")


def test_leader_on_a_phone_sees_what_is_missing_before_submitting(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader", width=390, has_touch=True, is_mobile=True)
    leader.open(page_of(ref))
    # The page says what is missing by itself; who can hand in, the fold of what waits.
    expect(leader.page.locator("section[aria-labelledby=sheet]")).to_contain_text("Brakuje: Gdzie, Cele")
    grey = leader.find("Zgłoś projekt")
    expect(grey).to_have_attribute("aria-disabled", "true")
    why = leader.page.locator(f"#{grey.get_attribute('aria-describedby')}")
    expect(why).to_contain_text("Gotowe części")
    expect(why).to_contain_text("To należy do Ciebie.")

    # Whoever finds the way to its form all the same is told there, and nothing is handed in.
    leader.refusals.add(422)
    leader.open(f"{page_of(ref)}/krok/submit")
    leader.fill({"note": "Zgłaszamy już dziś."})
    leader.send()
    expect(leader.page.locator(".notice.error")).to_contain_text("Gotowe części")
    expect(leader.page.locator("[name=note]")).to_have_value("Zgłaszamy już dziś.")
    assert world.state(ref) == "group_work"
    assert not list(too_wide(leader.page, 320))


def test_old_page_tells_who_was_faster_and_keeps_what_was_typed(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    slow, fast = meet("member"), meet("leader")
    slow.open(f"{page_of(ref)}/karta/goals")
    slow.fill({"goals": "Otworzyć świetlicę także w soboty."})
    fast.take(page_of(ref), "Popraw kartę projektu", goals="Otworzyć świetlicę w każdej gminie.")

    slow.refusals.add(409)
    slow.send()
    expect(slow.page.locator(".notice.warning").first).to_contain_text("W tym czasie ktoś to zmienił")
    expect(slow.page.locator("[name=goals]")).to_have_value("Otworzyć świetlicę także w soboty.")
    expect(slow.page.locator("#theirs-goals")).to_have_value("Otworzyć świetlicę w każdej gminie.")
    slow.send()
    slow.told()
    assert world.facts(ref)["sheet"]["goals"] == "Otworzyć świetlicę także w soboty."


def test_step_that_somebody_else_has_taken_shows_who_and_when(world: World, meet: Meet) -> None:
    ref = world.proposal_in("submitted")
    slow, fast = meet("staff"), meet("staff2")
    slow.open(f"{page_of(ref)}/krok/return_for_completion")
    slow.fill({"reasons": ["budget"], "explanation": "Proszę rozpisać koszty."})
    fast.take(page_of(ref), "Zwróć do uzupełnienia", reasons=["unclear"], explanation="Proszę opisać partnerów.")

    slow.refusals.add(409)
    slow.send()
    expect(slow.page.locator("main")).to_contain_text("Staff2")
    assert slow.page.locator("textarea", has_text="Proszę rozpisać koszty.").count() == 1
    assert world.state(ref) == "returned"


def test_keyboard_alone_signs_in_and_takes_a_step(world: World, meet: Meet) -> None:
    ref = world.proposal_in("selected")
    world.take(ref, "name_coordinator", "staff", person=world["coordinator"].id)
    somebody = meet("coordinator", signed_in=False)
    page = somebody.page
    somebody.open("/login")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    press_tab_until(page, "Adres e-mail")
    page.keyboard.type("coordinator@example.org")
    press_tab_until(page, "Hasło")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    somebody.open(page_of(ref))
    press_tab_until(page, "Przyjmij rolę koordynatora")
    page.keyboard.press("Enter")
    somebody.told()
    assert world.facts(ref)["coordinator_accepted_at"]


def test_language_is_changed_and_stays(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    leader.open(page_of(ref))
    leader.page.get_by_role("button", name="English", exact=True).click()
    expect(leader.page.locator("html")).to_have_attribute("lang", "en")
    expect(leader.page.get_by_role("heading", name="What can be done now")).to_be_visible()
    leader.open("/praca")
    expect(leader.page.locator("html")).to_have_attribute("lang", "en")
    expect(leader.page.get_by_role("heading", name="My work")).to_be_visible()
    leader.page.get_by_role("button", name="Polski", exact=True).click()
    expect(leader.page.get_by_role("heading", name="Moje zadania")).to_be_visible()


def test_everything_works_without_scripts(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader", java_script_enabled=False)
    leader.take(page_of(ref), "Popraw kartę projektu", goals="Otworzyć świetlicę dla wszystkich.")
    assert world.facts(ref)["sheet"]["goals"] == "Otworzyć świetlicę dla wszystkich."
    leader.refusals.add(422)
    leader.open(f"{page_of(ref)}/krok/withdraw")
    leader.fill({"reason": "Zmiana planów.", "group_informed": False})
    leader.send()
    expect(leader.page.locator(".error-summary, .notice.error").first).to_be_visible()
    expect(leader.page.locator("[name=reason]")).to_have_value("Zmiana planów.")
    assert world.state(ref) == "group_work"


def links_of(product: Product) -> list[str]:
    """The links to sign in that the leader was sent."""
    texts = [parts_of(letter)[0] for letter in product.sink.to("leader@example.org")]
    return [found for text in texts for found in ADDRESS.findall(text) if "/login/link/" in found]


@pytest.mark.usefixtures("world")
def test_link_from_a_letter_signs_in_once(meet: Meet, product: Product, browser: Browser) -> None:
    leader = meet("leader", signed_in=False)
    leader.open("/login")
    leader.page.get_by_role("link", name="Wyślij mi link").click()
    leader.fill({"email": "leader@example.org"})
    leader.send("Wyślij link")
    assert eventually(lambda: links_of(product), seconds=30)
    (address,) = links_of(product)
    leader.open(address)
    leader.send("Zaloguj mnie")
    leader.page.wait_for_url(lambda url: "/login" not in url)
    leader.open("/praca")
    assert "Moje zadania" in leader.sees()

    again = Somebody(browser, product.address, "leader")
    again.refusals.add(422)
    again.open(address)
    again.send()
    again.page.wait_for_load_state()
    again.open("/praca")
    assert "/login" in again.page.url
    again.context.close()
    assert not again.troubles


@pytest.mark.usefixtures("world")
def test_committee_member_adds_a_second_lock_and_signs_in_with_it(meet: Meet) -> None:
    member = meet("committee1")
    member.open("/konto")
    member.page.get_by_role("link", name="Ustaw").click()
    secret = re.sub(r"\s", "", member.page.locator(".qr code").inner_text())
    member.fill({"code": pyotp.TOTP(secret).now()})
    member.send("Włącz logowanie dwuetapowe")
    expect(member.page.locator(".codes code")).to_have_count(8)
    recovery = member.page.locator(".codes code").first.inner_text()
    member.open("/")
    member.page.locator("details.drop", has_text="Committee1").locator("summary").click()
    member.page.get_by_role("button", name="Wyloguj się").click()

    # The code of the next moment is good already; that of the one before would not be for long.
    for code in (pyotp.TOTP(secret).at(utc_now() + timedelta(seconds=30)), recovery):
        member.open("/login")
        member.page.fill("[name=email]", "committee1@example.org")
        member.page.fill("[name=password]", PASSWORD)
        member.send("Zaloguj się")
        member.page.wait_for_url("**/login/second-factor**")
        member.open("/praca")
        assert "/login/second-factor" in member.page.url
        member.fill({"code": code})
        member.send("Dalej")
        expect(member.page.get_by_role("heading", name="Moje zadania")).to_be_visible()
        member.context.clear_cookies()
