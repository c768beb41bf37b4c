"""The office at its desk: six conferences planned at once, two tables that write together, a report that is approved."""

import os
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.world import World
from workflow.base.calendar import utc_now, warsaw_date
from workflow.rules.facts import Ref

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
PICTURES = os.environ.get("CONFERENCE_PICTURES", "")
# A live page asks every two seconds.
EVERY, WITHIN = 2000, 6000
REMARKS = "Gmina Gąbin przywitała uczestników."


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def test_six_conferences_two_tables_an_open_matter_and_a_report(world: World, meet: Meet) -> None:
    edition = world.edition("draft", key="biurko")
    office, animator = meet("staff"), meet("animator")
    page, first = office.page, warsaw_date(world.now)
    office.open("/edycje/biurko/konferencje/plan")
    for number in range(1, 7):
        page.fill(f"[name='{number}-day']", (first + timedelta(days=28 * (number - 1))).isoformat())
        page.fill(f"[name='{number}-begins']", "0:01")
        page.fill(f"[name='{number}-ends']", "23:00")
        page.fill(f"[name='{number}-host_commune']", "Gąbin")
    picture(page, "plan")
    assert not list(too_wide(page, 320))
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Zaplanuj wybrane konferencje").click()
    page.wait_for_url("**/edycje/biurko*")
    picture(page, "edition")
    conference = Ref(
        "conference", int(page.locator("a[href^='/konferencje/']").first.get_attribute("href").split("/")[-1])
    )  # type: ignore[union-attr]
    world.take(conference, "open", "staff")

    tables = f"/konferencje/{conference.id}/stoly"
    for person, table, kind, text in (
        (office, "stolik 1", "resource", "Zamek"),
        (animator, "stolik 2", "problem", "Drogi"),
    ):
        person.open(tables)
        person.page.fill("[name=table_label]", table)
        person.page.locator(f"label:has([name=kind][value={kind}]), [name=kind][value={kind}]").last.click()
        person.page.fill("#f-text", text)
    office.page.get_by_role("button", name="Dodaj wpis").click()
    office.page.wait_for_url(f"**{tables}?stolik=*")
    # The other table sees the line without a reload, and what is being typed there stays.
    expect(animator.page.locator("#table-lists")).to_contain_text("Zamek", timeout=WITHIN)
    expect(animator.page.locator("#f-text")).to_have_value("Drogi")
    animator.page.get_by_role("button", name="Dodaj wpis").click()
    expect(office.page.locator("#table-lists")).to_contain_text("Drogi", timeout=WITHIN)
    half_typed_line_waits(office.page, animator.page)
    office.open(tables)
    for text in ("Zamek", "Drogi"):
        assert text in page.locator("main").inner_text().splitlines()

    page.fill("[name=matter]", "Zapytać gminę o salę")
    page.select_option("[name=person]", label="Leader")
    page.fill("[name=due_on]", (first + timedelta(days=14)).isoformat())
    page.get_by_role("button", name="Zapisz zadanie", exact=True).click()
    page.wait_for_url(f"**{tables}*")
    picture(page, "tables")
    assert not list(too_wide(page, 320))
    page.set_viewport_size({"width": 1280, "height": 800})

    world.at = utc_now()
    world.take(conference, "hold", "staff", participants=90, qualifier="ok.", source="lista")
    office.open(f"/konferencje/{conference.id}/sprawozdanie")
    page.fill("[name=remarks]", REMARKS)
    page.get_by_role("button", name="Przygotuj sprawozdanie").click()
    page.get_by_text(REMARKS).first.wait_for()
    picture(page, "report")
    assert not list(too_wide(page, 320))
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Zatwierdź sprawozdanie z konferencji").click()
    page.get_by_text("Sprawozdanie zatwierdzono i zamknięto.").first.wait_for()
    assert world.state(conference) == "minutes_approved"
    assert world.state(edition) == "draft"
    following = Ref("conference", conference.id + 1)
    office.open(f"/konferencje/{following.id}")
    assert page.get_by_text("Zapytać gminę o salę").count() == 1
    picture(page, "following")


def half_typed_line_waits(page: Page, other: Page) -> None:
    """Somebody changes a line, leaves the field and has not sent it: what others write comes only afterwards."""
    lists, field = page.locator("#table-lists"), page.locator("#table-lists textarea").first
    lists.locator("summary").first.click()
    field.fill("Zamek w Gąb")
    page.locator("h1").click()
    other.fill("#f-text", "Most")
    other.get_by_role("button", name="Dodaj wpis").click()
    expect(other.locator("#table-lists")).to_contain_text("Most")
    page.wait_for_timeout(EVERY * 1.5)
    expect(field).to_have_value("Zamek w Gąb")
    expect(lists).not_to_contain_text("Most")
    field.fill("Zamek")
    page.locator("h1").click()
    expect(lists).to_contain_text("Most", timeout=WITHIN)
    expect(lists.locator("details").first).to_have_attribute("open", "")


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, wide and narrow, where a folder for pictures is named."""
    if not PICTURES:
        return
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
