"""A moderator's phone, the projector and a phone in the audience, at the same time: what one presses, the others show."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import AccessCheck, too_wide
from tests.journeys.product import Product
from tests.world import World
from workflow.presentations.actions import generate, publish
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
TITLES = ("Szlak wodny Rzeczycy", "Targ u sąsiada", "Świetlica otwarta do dwudziestej")
SUMMARY = "Sześć pomostów na czterdziestu kilometrach rzeki. Ośmiu przewodników z gmin nad Rzeczycą."
# A page asks every two seconds.
WITHIN = 6000


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture(scope="module")
def conference(world: World) -> Ref:
    """A summary conference whose agenda of three projects is public."""
    with world.writing():
        edition = world.edition("conferences", key="sala")
        for title in TITLES:
            world.lead(world.idea(edition, title=title, summary=SUMMARY), "admitted")
    conference = world.summaries[edition]
    with world.database.transaction() as tx:
        generate(tx, conference.id, actor=world["staff"], at=world.now)
        publish(tx, conference.id, is_public=True, version=1, actor=world["staff"], at=world.now)
    return conference


def picture(page: Page, name: str) -> None:
    """Keep a picture for whoever wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_projector_and_the_audience_follow_the_remote(conference: Ref, meet: Meet) -> None:
    path = f"/konferencje/{conference.id}"
    host = meet("staff", width=390, has_touch=True, is_mobile=True)
    other = meet("chair", width=390)
    screen, phone = (meet(name, signed_in=False, width=width) for name, width in (("screen", 1920), ("guest", 390)))
    screen.page.set_viewport_size({"width": 1920, "height": 1080})
    screen.open(f"{path}/rzutnik")
    phone.open(f"{path}/na-zywo")
    host.open(f"{path}/pilot")
    picture(screen.page, "projector-before")
    host.page.get_by_role("button", name="Weź pilota").tap()
    host.page.get_by_role("button", name="Wywołaj pierwszy punkt").tap()
    expect(screen.page.locator("h1")).to_have_text(TITLES[0], timeout=WITHIN)
    expect(phone.page.locator("#now-title")).to_have_text(TITLES[0], timeout=WITHIN)
    clock = screen.page.locator("[data-clock]")
    before = clock.inner_text()
    expect(clock).not_to_have_text(before, timeout=WITHIN)
    for person, name in ((screen, "projector"), (phone, "audience"), (host, "remote")):
        picture(person.page, name)
        found = list(AccessCheck().violations(person.page))
        assert not found, (name, found)
        assert not list(too_wide(person.page, 390 if person is screen else 320)), name
    screen.page.set_viewport_size({"width": 1920, "height": 1080})
    for person, width in ((phone, 390), (host, 390)):
        person.page.set_viewport_size({"width": width, "height": 800})

    host.page.get_by_role("button", name="Wstrzymaj czas").tap()
    expect(screen.page.locator(".hall-time")).to_have_attribute("data-runs", "0", timeout=WITHIN)
    picture(screen.page, "projector-paused")
    host.page.get_by_role("button", name="Odnotuj nieobecność").tap()
    expect(screen.page.locator("h1")).to_have_text(TITLES[1], timeout=WITHIN)

    other.open(f"{path}/pilot")
    other.page.get_by_role("link", name="Przejmij pilota").click()
    other.page.get_by_role("button", name="Przejmij pilota").click()
    expect(host.page.get_by_role("link", name="Przejmij pilota")).to_be_visible(timeout=WITHIN)
    other.page.get_by_role("button", name="Następny punkt").click()
    expect(phone.page.locator("#now-title")).to_have_text(TITLES[2], timeout=WITHIN)


def test_an_agenda_is_ordered_on_a_phone_and_dragged_on_a_desk(conference: Ref, meet: Meet) -> None:
    path = f"/konferencje/{conference.id}/program"
    office = meet("staff")
    page = office.page
    office.open(path)
    picture(page, "agenda-1280")
    assert list(AccessCheck().violations(page)) == []
    items = page.locator(".agenda-list > li")
    first, last = items.nth(0).get_attribute("id"), items.nth(2).get_attribute("id")
    items.nth(2).drag_to(items.nth(0), target_position={"x": 60, "y": 4})
    expect(items.nth(0)).to_have_attribute("id", last or "")
    page.wait_for_load_state()
    office.open(path)
    expect(items.nth(0)).to_have_attribute("id", last or "")
    page.locator(f"#{first} button[id^=up-]").click()
    expect(items.nth(0)).to_have_attribute("id", first or "")
    # By keyboard: the button that was pressed has the focus again; at the end of the list its place is where Tab goes on.
    page.locator(f"#{first} button[id^=down-]").focus()
    for place in (1, 2):
        page.keyboard.press("Enter")
        expect(items.nth(place)).to_have_attribute("id", first or "")
        if place == 1:
            expect(page.locator(f"#{first} button[id^=down-]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(f"#{first} a")).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 800})
    picture(page, "agenda-390")
    assert not list(too_wide(page, 320))
