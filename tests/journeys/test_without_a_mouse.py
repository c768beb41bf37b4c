"""Signing in, an idea, a section, handing in and a vote, by the keyboard alone, with what a screen reader reads."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Meet
from tests.journeys.keyboard import heard, press, reach, write
from tests.journeys.product import Product
from tests.workflow.selection.test_meetings import Session
from tests.world import PASSWORD, SHEET, World
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def test_signing_in_an_idea_a_section_and_handing_in_without_a_mouse(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", **{name: value for name, value in SHEET.items() if name != "risks"})
    key = world.facts(world.edition_of(ref))["key"]
    leader = meet("leader", signed_in=False)
    page = leader.page
    sign_in(page, "leader", f"/edycje/{key}/pomysl")
    record_idea(page)
    write_section(page, ref)
    hand_in(page, ref)
    assert world.state(ref) == "submitted"


def sign_in(page: Page, name: str, back: str) -> None:
    """The first thing that the keyboard meets leads past the menu; then the fields, each by its name."""
    page.goto(f"/login?next={back}")
    heard(page, 'link "Przejdź do treści"', 'heading "Zaloguj się" [level=1]', 'textbox "Adres e-mail"', 'textbox "Hasło"',
          'button "Zaloguj się"')  # fmt: skip
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    write(page, "Adres e-mail", f"{name}@example.org")
    write(page, "Hasło", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def record_idea(page: Page) -> None:
    tree = heard(page, 'textbox "Jaki masz pomysł?"', 'button "Zapisz pomysł"')
    write(page, "Jaki masz pomysł?", "Ławki przy szkole")
    if "checkbox" in tree:
        reach(page, "Informacja o danych")
        page.keyboard.press("Space")
    press(page, "Zapisz pomysł")
    expect(page.locator("#flashes")).to_contain_text("Ławki przy szkole")
    heard(page, "Ławki przy szkole")


def write_section(page: Page, ref: Ref) -> None:
    page.goto(f"/projekty/{ref.id}/karta/risks")
    heard(page, 'heading "Ryzyka" [level=1]', 'textbox "Ryzyka"')
    write(page, "Ryzyka", "Remont może się przedłużyć.")
    press(page, "Zapisz i wróć do karty")
    expect(page.locator(".flashes .notice.success")).to_be_visible()


def hand_in(page: Page, ref: Ref) -> None:
    page.goto(f"/projekty/{ref.id}/zgloszenie")
    heard(page, 'heading "Zgłoszenie" [level=1]', 'heading "Zgłoś projekt"', 'button "Zgłoś projekt"')
    press(page, "Zgłoś projekt")
    expect(page.locator(".flashes .notice.success")).to_contain_text("Zgłoszono projekt")
    heard(page, "Numer potwierdzenia")


def test_a_member_of_the_committee_votes_without_a_mouse_and_hears_that_it_counted(world: World, meet: Meet) -> None:
    session = Session(world)
    session.begin()
    poll = session.open_vote(session.move())
    session.vote(poll, chair="for", committee2="for")
    page = meet("committee1").page
    page.goto(f"/posiedzenia/{session.meeting.id}")
    heard(page, "Wybrać projekt.")
    press(page, "Przeciw")
    expect(page.locator("#flashes")).not_to_be_empty()
    tree = heard(page)
    assert "rzeciw" in tree
    session.world.take(poll, "count", "chair")
    assert session.outcome() == "carried"
