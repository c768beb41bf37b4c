"""What people really type: two windows, ambiguous amounts, pasted addresses, other scripts, a name alone, a lost file."""

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.workflow.lifecycle import documents
from tests.world import PASSWORD, World
from workflow.rules.scalar_types import WrongAnswer, read_money

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
# What people write, and what it comes to in grosze: on the page while it is typed as on the server.
AMOUNTS = {
    "12 500": 1_250_000, "12 500,5": 1_250_050, "12.500,00 zł": 1_250_000, "1,250,000": 125_000_000, "7 PLN": 700,
    "12.500": None, "12 50": None, "1 2 3": None, "1e5": None, "１２": None, "1.234,5": None, "dużo": None,
}  # fmt: skip
TITLE = "Мости і kładki 🌉 nad Wisłą"


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def read_or_none(typed: str) -> int | None:
    """What the server reads; None for what it asks back."""
    try:
        return read_money(typed)
    except WrongAnswer:
        return None


def test_an_address_pasted_with_what_stood_around_it_signs_in(world: World, meet: Meet) -> None:
    """The field of a browser for addresses would refuse it, in the browser's language, before the server could read it."""
    world.proposal_in("group_work")
    page = meet("leader", signed_in=False).page
    page.goto("/login")
    page.fill("[name=email]", "<leader@example.org>, ")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)
    expect(page.locator("h1")).to_have_text("Moje zadania")


def test_ambiguous_amounts_pasted_addresses_and_other_scripts_are_asked_back_or_stored_as_meant(
    world: World, meet: Meet
) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    page, project = leader.page, f"/projekty/{ref.id}"
    leader.refusals |= {422}

    # 12.500 can be read in two ways: neither the sum of the page nor the server guesses.
    leader.open(f"{project}/karta/budget")
    page.fill("[name='budget_lines-0-what']", "Farba")
    for typed, grosze in AMOUNTS.items():
        page.fill("[name='budget_lines-0-amount']", typed)
        shown = page.locator("[data-sum]").inner_text() if page.locator("[data-sum]").is_visible() else ""
        assert re.sub(r"[^0-9]", "", shown) == (str(grosze) if grosze else ""), typed
        assert (read_or_none(typed) or 0) == (grosze or 0), typed
    page.fill("[name='budget_lines-0-amount']", "12.500")
    leader.send("Zapisz i wróć do karty")
    expect(page.locator(".error-summary")).to_contain_text("12 500")
    # All that was typed is there: no older text is offered, and no empty row stands among the errors.
    expect(page.locator("[name='budget_lines-0-amount']")).to_have_value("12.500")
    expect(page.locator(".draft-offer")).to_have_count(0)
    expect(page.locator(".row-entry")).to_have_count(1)
    page.fill("[name='budget_lines-0-amount']", "12\u00a0500")
    expect(page.locator("[data-sum]")).to_contain_text("12")
    leader.send("Zapisz i wróć do karty")
    leader.told()
    assert world.facts(ref)["cost"] == 1_250_000

    # A comma from a sentence is no part of an address; a name alone finds one person, whose address stays unseen.
    leader.open(f"{project}/grupa")
    for whom, shown in (("mailto:ewa@example.org,", "ewa@example.org"), ("Participant", "Participant")):
        page.get_by_text("Kto jest zaproszony").first.click() if page.locator("#f-email").is_hidden() else None
        page.fill("#f-email", whom)
        leader.send("Wyślij zaproszenie")
        leader.told()
        expect(page.locator("main")).to_contain_text(shown)
    assert "participant@example.org" not in leader.sees()

    # Other scripts and emoji are stored as meant and found without their marks.
    leader.open(f"{project}/karta/title")
    page.fill("[name=title]", TITLE)
    leader.send("Zapisz i wróć do karty")
    leader.told()
    assert world.facts(ref)["title"] == TITLE
    leader.open(f"/edycje/{world.facts(world.edition_of(ref))['key']}/lista?q=мости+kladki")
    expect(page.locator("main")).to_contain_text(TITLE)
    assert not list(too_wide(page, 320))


def test_a_refused_form_keeps_its_file_and_two_windows_keep_both_texts(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader")
    page, project = leader.page, f"/projekty/{ref.id}"
    leader.refusals |= {409, 422}
    photo: FilePayload = {"name": "łąka.jpg", "mimeType": "image/jpeg", "buffer": documents.picture()}
    leader.open(f"{project}/pliki")
    page.set_input_files("[name=file]", photo)
    leader.send("Dodaj plik")
    expect(page.locator(".file-name").first).to_contain_text("łąka.jpg")
    leader.fill({"file_kind": "picture"})
    leader.send("Dodaj plik")
    leader.told()
    expect(page.locator("main")).to_contain_text("łąka.jpg")

    other = leader.context.new_page()
    for window in (page, other):
        window.goto(f"{project}/karta/goals", wait_until="domcontentloaded")
    page.fill("[name=goals]", "Z pierwszego okna.")
    leader.send("Zapisz i wróć do karty")
    leader.told()
    other.fill("[name=goals]", "Z drugiego okna.")
    other.get_by_role("button", name="Zapisz i wróć do karty").click()
    expect(other.locator("#theirs-goals")).to_have_value("Z pierwszego okna.")
    expect(other.locator("[name=goals]")).to_have_value("Z drugiego okna.")
    other.close()
