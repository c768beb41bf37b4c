"""A member talks and suggests, the leader accepts, and a picture from a telephone is seen small by everybody."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.workflow.lifecycle import documents
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def test_a_member_mentions_and_suggests_and_the_leader_accepts(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    member, leader = meet("member", width=390, has_touch=True, is_mobile=True), meet("leader")
    talk = f"/projekty/{ref.id}/rozmowa"

    member.open(talk)
    assert not list(too_wide(member.page, 320))
    member.page.set_viewport_size({"width": 390, "height": 800})
    member.page.fill("[name=text]", "Czy szkoła da salę?\nPytałam już dwa razy.")
    member.page.get_by_text("Wskaż osoby, do których piszesz").click()
    member.page.get_by_label("Leader", exact=True).check()
    member.send("Wyślij wpis")
    assert "Dodano wpis." in member.told()
    member.open(f"{talk}/propozycja/goals")
    member.page.fill("[name=text]", "Otworzyć świetlicę w szkole.")
    member.page.fill("[name=word]", "Krócej.")
    member.send("Wyślij propozycję")
    member.told()

    # The mentioned find it in their inbox, and from there the talk itself.
    leader.open("/skrzynka")
    message = leader.page.get_by_role("link", name="Wpis skierowany do Państwa: Świetlica „Razem”")
    for _try in range(20):
        if message.count():
            break
        leader.page.wait_for_timeout(1000)
        leader.page.reload()
    message.first.click()
    leader.page.wait_for_url(f"**{talk}")
    expect(leader.page.locator(".thread .spoken").last).to_contain_text("Pytałam już dwa razy.")
    leader.page.get_by_role("button", name="Przyjmij tekst").click()
    assert "Przyjęto propozycję. Tekst jest w karcie projektu." in leader.told()
    assert world.facts(ref)["sheet"]["goals"] == "Otworzyć świetlicę w szkole."
    leader.page.get_by_text("Odpowiedz", exact=True).click()
    leader.page.locator("[id^=f-text-answer]").fill("Da, od poniedziałku.")
    leader.send("Wyślij odpowiedź")
    leader.told()
    leader.send("Zamknij wątek")
    leader.told()

    member.open(talk)
    expect(member.page.locator(".answers")).to_contain_text("Da, od poniedziałku.")
    expect(member.page.locator(".thread .badge")).to_contain_text("zamknięty")
    # Where something was said, the form is folded on a phone; the button above leads into it.
    expect(member.page.locator("#f-text")).not_to_be_visible()
    member.page.get_by_role("link", name="Dodaj wpis").click()
    expect(member.page.locator("#f-text")).to_be_visible()


def test_a_picture_from_a_telephone_is_seen_small_and_a_disguised_program_is_refused(world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    leader = meet("leader", width=390, has_touch=True, is_mobile=True)
    leader.refusals.add(422)
    files, page = f"/projekty/{ref.id}/pliki", leader.page

    leader.open(files)
    photo = {"name": "Sala w Łącku.jpg", "mimeType": "image/jpeg", "buffer": documents.picture(size=(4000, 3000))}
    page.set_input_files("[name=file]", photo)
    leader.fill({"file_kind": "picture"})
    leader.send("Dodaj plik")
    assert "Dodano plik." in leader.told()
    small = page.locator(".file-face img")
    small.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.file-face img').naturalWidth > 0")
    assert small.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [480, 360]
    assert not list(too_wide(page, 320))

    program = {"name": "umowa.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(1000)}
    page.set_input_files("[name=file]", program)
    leader.fill({"file_kind": "letter"})
    leader.send("Dodaj plik")
    expect(page.locator(".error-summary")).to_contain_text(
        "Plik ma nazwę .pdf, ale w środku jest .exe. Plików tego rodzaju nie przyjmujemy."
    )
    expect(page.locator("[name=file_kind][value=letter]")).to_be_checked()

    with page.expect_download() as download:
        page.get_by_role("link", name="Sala w Łącku.jpg").click()
    assert download.value.suggested_filename == "Sala w Łącku.jpg"
    page.get_by_role("button", name="Usuń").click()
    leader.told()
    page.get_by_text("Usunięte (1)").click()
    page.get_by_role("button", name="Przywróć").click()
    assert "Przywrócono plik." in leader.told()
