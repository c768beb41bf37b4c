"""A member scores on a telephone: the sum follows, the button waits for every criterion, keys and a swipe lead on."""

import pytest
from playwright.sync_api import expect

from tests.growth import copies
from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.workflow.selection.scoring import Committee
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
SWIPE = """() => {
  const pane = document.querySelector(".sheet-pane"), at = (x) => new Touch({identifier: 1, target: pane, clientX: x, clientY: 300});
  pane.dispatchEvent(new TouchEvent("touchstart", {bubbles: true, touches: [at(350)], changedTouches: [at(350)]}));
  pane.dispatchEvent(new TouchEvent("touchend", {bubbles: true, touches: [], changedTouches: [at(40)]}));
}"""


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture(scope="module")
def committee(world: World) -> Committee:
    """Two presented projects with three criteria."""
    committee = Committee(world)
    with world.database.transaction() as tx:
        copies(tx, committee.project, 1)
    return committee


def test_a_card_is_filled_in_on_a_telephone_and_the_next_one_follows(committee: Committee, meet: Meet) -> None:
    member = meet("committee1", width=390, has_touch=True, is_mobile=True)
    page, first, second = member.page, committee.project.id, committee.project.id + 1
    member.open(f"/projekty/{first}/ocena")
    assert not list(too_wide(page, 320))
    page.set_viewport_size({"width": 390, "height": 800})
    hand_in = page.locator("[data-hand-in]")
    for place, (criterion, points) in enumerate(zip(committee.criteria, (5, 3, 4), strict=True), 1):
        expect(hand_in).to_have_attribute("aria-disabled", "true")
        page.locator(f'label:has([name="points-{criterion}"][value="{points}"])').tap()
        expect(page.locator(".sticky [data-given]")).to_have_text(str(place))
    expect(page.locator(".card-sum [data-sum]")).to_have_text("17")
    expect(hand_in).not_to_have_attribute("aria-disabled", "true")
    hand_in.tap()
    page.wait_for_url(f"**/projekty/{second}/ocena")
    assert "Złożono kartę oceny projektu nr" in member.told()
    page.evaluate(SWIPE)
    expect(page.locator("a[data-go=next]")).to_have_count(0)
    member.open(f"/projekty/{first}/ocena")
    page.evaluate(SWIPE)
    page.wait_for_url(f"**/projekty/{second}/ocena")


def test_keys_lead_to_the_neighbouring_project_unless_they_are_switched_off(committee: Committee, meet: Meet) -> None:
    member = meet("chair")
    page, first, second = member.page, committee.project.id, committee.project.id + 1
    member.open(f"/projekty/{first}/ocena")
    page.keyboard.press("j")
    page.wait_for_url(f"**/projekty/{second}/ocena")
    page.keyboard.press("k")
    page.wait_for_url(f"**/projekty/{first}/ocena")
    page.locator("[name=comment]").press("j")
    expect(page.locator("[name=comment]")).to_have_value("j")
    page.locator("[name=comment]").fill("")
    page.locator("[data-keys]").uncheck()
    page.keyboard.press("j")
    page.reload()
    expect(page.locator("[data-keys]")).not_to_be_checked()
    assert page.url.endswith(f"/projekty/{first}/ocena")
