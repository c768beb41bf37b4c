"""A conference on phones: registering, the letter, the desk with a camera and without a network, the pass."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, expect
from sqlalchemy import select, update

from tests import chromium
from tests.journeys.conftest import Meet
from tests.journeys.look import AccessCheck, english, too_wide
from tests.journeys.post import ADDRESS, parts_of
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.processes import eventually
from tests.world import World
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings
from workflow.models import Conference, Person, Presence, Registration
from workflow.participation import check_in, registrations
from workflow.participation.registrations import Attendee, Entry
from workflow.rules.states import CheckInChannel, RegistrationSource

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAMES = ("Hanna Kowalska", "Jerzy Kowalski", "Ida Kowalewska")


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def prepared(product: Product, world: World) -> int:
    """A conference that is open, with three people of an organisation on its list."""
    edition = world.edition("conferences", key="dzien")
    number = world.summaries[edition].id
    entry = Entry(tuple(map(Attendee, NAMES)), RegistrationSource.OFFICE, organisation="KGW Lipowianki")
    with product.database.transaction() as tx:
        later = {"state": "open", "capacity": 20, "starts_at": utc_now() + timedelta(hours=2), "venue": "Dom Kultury"}
        tx.execute(update(Conference).where(Conference.id == number).values(later))
        registrations.register(tx, load_settings(), number, entry, by=None, at=utc_now())
    return number


def people_there(product: Product) -> list[tuple[str, str]]:
    with product.database.reading() as tx:
        query = (
            select(Person.name, Presence.channel).join(Presence, Presence.person_id == Person.id).order_by(Person.name)
        )
        return [(row.name, row.channel) for row in tx.execute(query)]


def looked_at(who: Somebody) -> None:
    """The page as it is now has no fault of access, fits a narrow phone and speaks Polish."""
    assert not list(AccessCheck().violations(who.page))
    assert not list(too_wide(who.page, 320))


def links_to_own_place(product: Product, email: str) -> list[str]:
    """The addresses at which somebody looks after the own registration; the letter about registration has none."""
    texts = [parts_of(letter)[0] for letter in product.sink.to(email)]
    return [link for text in texts for link in ADDRESS.findall(text) if "/zapis/" in link]


def test_a_phone_registers_is_let_in_at_the_desk_and_keeps_its_pass(
    product: Product, meet: Meet, browser: Browser, world: World
) -> None:
    number = prepared(product, world)
    phone = Somebody(browser, product.address, "nowa", width=390)
    phone.open("/")
    phone.page.get_by_role("link", name=re.compile("Zapisz się na konferencję")).first.click()
    phone.page.wait_for_url(re.compile("/zapis"))
    looked_at(phone)
    phone.fill({"name": "Roman Kula", "email": "kula@example.org"})
    phone.send("Zapisz mnie")
    assert "kula@example.org" in phone.sees()
    assert eventually(lambda: links_to_own_place(product, "kula@example.org"), seconds=30)
    phone.open(links_to_own_place(product, "kula@example.org")[0])
    looked_at(phone)
    assert not set(english(phone.page)) - {"English: Leader"}
    code = phone.page.locator("p.poster-address").inner_text()

    desk = meet("animator", width=390)
    desk.open(f"/konferencje/{number}/odprawa")
    expect(desk.page.locator("[data-state]")).to_have_text("Lista jest aktualna.")
    looked_at(desk)
    desk.page.fill("#f-code", code)
    desk.page.get_by_role("button", name="Wpuść po kodzie").click()
    expect(desk.page.locator("[data-answer]")).to_contain_text("Wpuszczono: Roman Kula")
    expect(desk.page.locator("[data-answer] svg")).to_be_visible()
    with desk.page.expect_event("load"):
        desk.page.get_by_role("button", name="Nowa przepustka").or_(
            desk.page.get_by_role("button", name="Cofnij")
        ).first.click()
    desk.told()
    desk.page.fill("#f-code", code)
    with desk.page.expect_response(re.compile("kolejka")) as answer:
        desk.page.get_by_role("button", name="Wpuść po kodzie").click()
    phone.open(answer.value.json()[0]["pass"])
    looked_at(phone)
    phone.send("Zapisz przepustkę na tym telefonie")
    assert "Przepustka jest na tym telefonie" in phone.sees()
    phone.context.close()
    assert not phone.troubles


def test_the_desk_goes_on_without_a_network_and_nobody_is_there_twice(
    product: Product, meet: Meet, world: World
) -> None:
    desk = meet("animator", width=390)
    number = conference_of(product)
    desk.open(f"/konferencje/{number}/odprawa")
    expect(desk.page.locator("[data-state]")).to_have_text("Lista jest aktualna.")
    desk.context.set_offline(True)
    expect(desk.page.locator("[data-state]")).to_contain_text("Brak sieci")
    desk.page.fill("#f-q", "kowal")
    for name in ("Hanna Kowalska", "Jerzy Kowalski"):
        desk.page.get_by_role("button", name=f"Wpuść: {name}").click()
        expect(desk.page.locator("[data-people] li", has_text=name)).to_contain_text("czeka na wysłanie")
    desk.page.fill("#f-name", "Osoba Spoza Listy")
    desk.page.get_by_role("button", name="Zapisz i wpuść").click()
    expect(desk.page.locator("[data-state]")).to_contain_text("do wysłania: 3")
    assert "Hanna Kowalska" not in dict(people_there(product))
    with product.database.transaction() as tx:
        r = Registration
        hanna = tx.execute(
            select(r.id).join(Person, Person.id == r.person_id).where(Person.name == "Hanna Kowalska")
        ).scalar_one()
        check_in.check_in(tx, number, hanna, channel=CheckInChannel.NAME, actor=world["staff"], at=utc_now())
    desk.troubles.clear()
    desk.context.set_offline(False)
    conflicts = desk.page.locator("[data-conflicts]")
    expect(conflicts.locator("li")).to_have_text(re.compile("^Hanna Kowalska: na sali od"), timeout=20000)
    expect(desk.page.locator("[data-state]")).to_have_text("Lista jest aktualna.")
    # Nothing of what differed is lost with the page; it goes once somebody has read it.
    desk.page.reload()
    expect(conflicts.locator("li")).to_have_text(re.compile("^Hanna Kowalska: na sali od"))
    looked_at(desk)
    conflicts.get_by_role("button", name="Oznacz jako przeczytane").click()
    expect(conflicts).to_be_hidden()
    desk.page.reload()
    expect(conflicts).to_be_hidden()
    there = people_there(product)
    assert len(there) == len(dict(there)) == 4
    assert dict(there)["Hanna Kowalska"] == "name"
    desk.troubles.clear()


def conference_of(product: Product) -> int:
    with product.database.reading() as tx:
        return tx.execute(select(Conference.id).where(Conference.state == "open").limit(1)).scalar_one()


def test_the_camera_reads_a_code(product: Product, browser: Browser, tmp_path: Path) -> None:
    with product.database.reading() as tx:
        r = Registration
        code = tx.execute(
            select(r.code).join(Person, Person.id == r.person_id).where(Person.name == "Ida Kowalewska")
        ).scalar_one()
    flags = [*chromium.FLAGS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
             f"--use-file-for-fake-video-capture={film_of(code, tmp_path)}"]  # fmt: skip
    program = chromium.find()
    own = browser.browser_type.launch(executable_path=program, args=flags)
    desk = Somebody(own, product.address, "animator", width=390)
    desk.sign_in()
    desk.open(f"/konferencje/{conference_of(product)}/odprawa")
    expect(desk.page.locator("[data-state]")).to_have_text("Lista jest aktualna.")
    desk.page.get_by_role("button", name="Czytaj kod").click()
    expect(desk.page.locator("[data-answer]")).to_contain_text("Wpuszczono: Ida Kowalewska", timeout=15000)
    assert ("Ida Kowalewska", "code") in people_there(product)
    own.close()
    assert not desk.troubles


def film_of(code: str, folder: Path) -> Path:
    """A film of one picture with the code, as Chromium plays it instead of a camera."""
    picture, path = folder / "code.png", folder / "code.y4m"
    segno.make(code, error="q", micro=False).save(str(picture), scale=8, border=6)
    grey = Image.new("L", (640, 480), 200)
    drawn = Image.open(picture).convert("L")
    grey.paste(drawn, ((640 - drawn.width) // 2, (480 - drawn.height) // 2))
    neutral = bytes([128]) * (320 * 240)
    frame = b"FRAME\n" + grey.tobytes() + neutral * 2
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + frame * 10)
    return path
