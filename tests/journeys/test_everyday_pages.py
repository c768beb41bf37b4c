"""Pages of every day: my work within three screens, a long comparison at once, the office's papers, English around Polish."""

import time

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
SCREEN = 844


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def test_a_leader_on_a_phone_sees_where_what_and_until_when_within_three_screens(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader", width=390, has_touch=True, is_mobile=True)
    leader.page.set_viewport_size({"width": 390, "height": SCREEN})
    for path in ("/praca", f"/projekty/{ref.id}", f"/edycje/{world.facts(world.edition_of(ref))['key']}"):
        leader.open(path)
        height = leader.page.evaluate("() => document.documentElement.scrollHeight")
        assert height <= 3 * SCREEN, f"{path}: {height}"
        assert leader.page.locator("main .button.primary:visible").count() <= 1, path
    leader.open("/praca")
    expect(leader.page.locator(".work-item").first).to_contain_text("Brakuje: ")

    # Two texts of the greatest length, short lines of which each differs, are compared without waiting.
    lines = ["\n".join(f"{letter}{number}" for number in range(3000)) for letter in "ab"]
    for text in lines:
        world.take(ref, "edit_sheet", "leader", goals=text[:15_000])
        world.take(ref, "keep_version", "leader", label=text[:2])
    begun = time.monotonic()
    leader.open(f"/projekty/{ref.id}/wersje?od=1&do=2")
    expect(leader.page.locator("ins").first).to_be_attached()
    assert time.monotonic() - begun < 3
    assert not list(too_wide(leader.page, 320))


def test_handing_in_again_its_sheet_and_its_talk_are_three_screens_of_a_phone_at_most(world: World, meet: Meet) -> None:
    ref = world.proposal_in("returned")
    leader = meet("leader", width=390, has_touch=True, is_mobile=True)
    leader.page.set_viewport_size({"width": 390, "height": SCREEN})
    for part in ("zgloszenie", "karta", "rozmowa"):
        leader.open(f"/projekty/{ref.id}/{part}")
        height = leader.page.evaluate("() => document.documentElement.scrollHeight")
        assert height <= 3 * SCREEN, f"{part}: {height}"
    leader.open(f"/projekty/{ref.id}/zgloszenie")
    # What has to be read before handing in is not folded, and a note is.
    expect(leader.page.get_by_role("heading", name="Co się stanie po zgłoszeniu projektu")).to_be_visible()
    expect(leader.page.locator("[name=note]")).not_to_be_visible()


def test_the_office_checks_point_by_point_copies_an_edition_and_reads_who_did_what(world: World, meet: Meet) -> None:
    ref = world.proposal_in("submitted")
    key = world.facts(world.edition_of(ref))["key"]
    staff = meet("staff", width=390, has_touch=True, is_mobile=True)
    page = staff.page
    staff.refusals |= {422}
    staff.open(f"/projekty/{ref.id}/zgloszenie/weryfikacja")
    point = page.locator("[data-point]:visible:not([data-known])")
    expect(point).to_have_count(1)
    expect(page.locator("[data-answered]")).to_have_text("3")
    point.get_by_label("nie", exact=True).check()
    expect(page.locator("[data-answered]")).to_have_text("4")
    point.get_by_role("textbox").fill("Brak zgody partnera.")
    staff.send("Zapisz")
    assert "Zapisano punkty: 4 z 11." in staff.told()
    expect(page.locator("h1")).to_contain_text("Świetlica")
    assert not list(too_wide(page, 320))

    staff.open(f"/edycje/{key}/kopia")
    staff.fill({"key": "druga", "title": "Druga edycja"})
    staff.send("Skopiuj edycję")
    staff.told()
    staff.open("/edycje/druga/dziennik")
    expect(page.locator("main")).to_contain_text("Staff")


def test_an_english_page_says_which_words_are_polish_and_previews_say_what_it_is(world: World, meet: Meet) -> None:
    ref = world.proposal_in("in_implementation")
    visitor = meet("", signed_in=False)
    visitor.open(f"/projekty/{ref.id}?lang=en")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    expect(visitor.page.locator("h1 [lang=pl]")).to_contain_text("Świetlica")
    for mark in ('meta[name="description"]', 'link[rel="canonical"]', 'meta[property="og:title"]'):
        expect(visitor.page.locator(mark)).to_have_count(1)
