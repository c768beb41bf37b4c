"""A secret vote of three: two ballots on screens, of which one is exchanged, and a card on paper, to the resolution."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.workflow.lifecycle import documents
from tests.workflow.selection.test_meetings import Session
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
NUMBER = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{8}\b")
HERE = "#wniosek-1"


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture
def session(world: World) -> Session:
    """Three members who are present at a meeting that has begun."""
    session = Session(world)
    session.begin()
    return session


def test_a_secret_vote_on_two_screens_and_a_card_becomes_a_resolution(session: Session, meet: Meet) -> None:
    page, chair = f"/posiedzenia/{session.meeting.id}", meet("chair")
    phone = meet("committee1", width=390, has_touch=True, is_mobile=True)
    put(chair, page)
    chair.open(page)
    chair.page.locator(HERE).get_by_role("button", name="Otwórz głosowanie", exact=True).click()
    chair.told()
    number = cast(chair, page, "for")
    cast(phone, page, "against")
    assert not list(too_wide(phone.page, 390))
    phone.page.locator("section[aria-labelledby=exchange] [value=for]").click()
    expect(phone.page.locator("#receipt")).to_be_visible()
    drop_card(chair, page, session.world["committee2"].name)
    chair.page.locator(HERE).get_by_role("button", name="Zamknij głosowanie", exact=True).click()
    chair.told()
    for name in ("secretary", "committee1"):
        type_card(meet(name), page, "against")
    secretary = meet("secretary")
    secretary.page.locator("[name=file]").set_input_files(
        {"name": "karty.pdf", "mimeType": "application/pdf", "buffer": documents.PDF}
    )
    secretary.page.get_by_role("button", name="Dołącz skan", exact=True).click()
    secretary.told()
    chair.open(page)
    chair.page.locator(HERE).get_by_role("button", name="Policz głosowanie", exact=True).click()
    chair.told()
    # Two for and one against, without anybody's name.
    assert session.outcome() == "carried"
    chair.page.locator(f"{HERE} details summary", has_text="Podejmij uchwałę").click()
    chair.page.get_by_role("button", name="Potwierdź: Podejmij uchwałę").click()
    chair.told()
    assert session.outcome() == "adopted"
    look_for(chair, page, number)


def put(chair: Somebody, page: str) -> None:
    """Kind, project and form of a motion that is voted on in secret."""
    chair.open(f"{page}/krok/put_motion")
    chair.page.get_by_role("link", name="Wybierz: Rozstrzygnięcie o projektach", exact=True).click()
    chair.page.locator("[name=projekt]").first.check()
    chair.page.get_by_role("button", name="Do formularza wniosku", exact=True).click()
    chair.page.locator("main form[data-draft]").wait_for()
    assert not list(too_wide(chair.page, 1280))
    chair.fill({"wording": "Wybrać projekt.", "secret": True, "decisions-0-justification": "Dobry projekt."})
    chair.page.locator("[name=decisions-0-outcome]").select_option("select")
    chair.send()
    chair.told()


def cast(member: Somebody, page: str, choice: str) -> str:
    """Vote on one's own screen; the number of the ballot, which is shown once."""
    member.open(page)
    member.page.locator(f"{HERE} form[action$=glos-tajny] [value={choice}]").click()
    expect(member.page.locator("#receipt")).to_be_visible()
    (number, *_key) = NUMBER.findall(member.page.locator("section[aria-labelledby=receipt]").inner_text())
    return str(number)


def drop_card(chair: Somebody, page: str, name: str) -> None:
    """A member gets a card and drops it into the box, which ticks the name."""
    for label in (f"Wydaj kartę: {name}", f"Karta w urnie: {name}"):
        chair.open(page)
        cards = chair.page.locator(f"{HERE} details", has_text="Karty na papierze")
        if cards.get_attribute("open") is None:
            cards.locator("summary").click()
        chair.page.get_by_role("button", name=label, exact=True).click()
        chair.told()


def type_card(somebody: Somebody, page: str, choice: str) -> None:
    """One of the two who type the only card."""
    somebody.open(page)
    form = somebody.page.locator(f"{HERE} form[action$='/karty']")
    form.locator("[name=in_box]").fill("1")
    form.locator("[name=spoiled]").fill("0")
    form.locator("[name=card_choice]").first.select_option(choice)
    form.get_by_role("button", name="Przekaż moje wiersze", exact=True).click()
    somebody.told()


def look_for(chair: Somebody, page: str, number: str) -> None:
    """Whoever wrote the number down finds the ballot among those that were counted."""
    chair.open(page)
    assert number not in chair.sees()
    chair.page.locator(f"{HERE} summary", has_text="Projekty, warunki i głosy").click()
    chair.page.locator(HERE).get_by_role("link", name="Plik z wynikiem").click()
    chair.page.get_by_label("Numer Twojej karty").fill(number)
    chair.page.get_by_role("button", name="Znajdź moją kartę").click()
    expect(chair.page.locator("section[aria-labelledby=ballots] [role=status]")).to_contain_text(
        f"została policzona: {number}"
    )
