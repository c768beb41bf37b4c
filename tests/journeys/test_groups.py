"""Two people at two browsers: one invites by a letter, the other has no account, accepts and writes in the sheet."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import AccessCheck, english, too_wide
from tests.journeys.post import ADDRESS, parts_of
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.processes import eventually
from tests.world import World
from workflow.base.calendar import utc_now

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NEW = "nowa@example.org"


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def links_to(product: Product, email: str) -> list[str]:
    """The invitations in the letters to an address, oldest first."""
    plain = [parts_of(letter)[0] for letter in product.sink.to(email)]
    return [found for text in plain for found in ADDRESS.findall(text) if "/zaproszenie/" in found]


def test_leader_invites_and_the_newcomer_accepts_and_edits(product: Product, meet: Meet, browser: Browser) -> None:
    world = World(product.database, now=utc_now())
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    leader.open(f"/projekty/{ref.id}/grupa")
    leader.page.fill("#f-email", NEW)
    leader.send("Wyślij zaproszenie")
    assert NEW in leader.told()
    assert eventually(lambda: links_to(product, NEW), seconds=30)

    newcomer = Somebody(browser, product.address, "nowa", width=390)
    newcomer.open(links_to(product, NEW)[0])
    assert "Leader" in newcomer.sees()
    assert "Świetlica „Razem”" in newcomer.sees()
    assert not list(AccessCheck().violations(newcomer.page))
    assert not list(too_wide(newcomer.page, 320))
    # The person who invites is called Leader.
    assert set(english(newcomer.page)) <= {"English: Leader"}
    newcomer.fill({"name": "Nowa Osoba", "clause": True})
    newcomer.send("Przyjmij i dołącz do grupy")
    newcomer.page.wait_for_url(re.compile(rf"/projekty/{ref.id}/grupa"))
    assert "Nowa Osoba" in newcomer.sees()

    newcomer.open(f"/projekty/{ref.id}/karta/calosc")
    newcomer.fill({"goals": "Otworzyć świetlicę także w soboty."})
    newcomer.send()
    newcomer.told()
    assert world.facts(ref)["sheet"]["goals"] == "Otworzyć świetlicę także w soboty."

    leader.open(f"/projekty/{ref.id}/grupa")
    expect(leader.page.locator("#people-table")).to_contain_text("Nowa Osoba")
    leader.open(f"/projekty/{ref.id}/karta")
    assert "także w soboty" in leader.sees()

    # The leader lets the newcomer only read from now on.
    leader.open(f"/projekty/{ref.id}/grupa")
    row = leader.page.locator("#people-table tr", has_text="Nowa Osoba")
    row.locator("summary", has_text="Nowa Osoba").click()
    row.locator("[name=place]").select_option("view")
    row.get_by_role("button", name="Zapisz", exact=True).click()
    leader.told()
    newcomer.refusals.add(403)
    newcomer.open(f"/projekty/{ref.id}/karta/calosc")
    assert newcomer.page.locator("main form[data-draft]").count() == 0

    # The link of the letter leads whoever has joined by it to the group, and is used up for anybody else.
    newcomer.open(links_to(product, NEW)[0])
    assert newcomer.page.url.endswith(f"/projekty/{ref.id}/grupa")
    finder = meet("gosc", signed_in=False)
    finder.refusals.add(422)
    finder.open(links_to(product, NEW)[0])
    assert "już nie działa" in finder.sees()
    assert not finder.page.locator("main form").count()
    newcomer.context.close()
    assert not newcomer.troubles
