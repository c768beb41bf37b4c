"""Letters on paper: printed and handed over by the office, in the same words as by e-mail."""

from io import BytesIO

from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, update

from tests.conftest import database_url as database_url
from tests.web.stage import Stage
from workflow.base.calendar import utc_now
from workflow.editions.office_contact import logo_from, save_contact
from workflow.models import Delivery, Person
from workflow.notifications.channels import Channel
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref

ADDRESS = "ul. Długa 7\n09-400 Płock"


def without_address(stage: Stage) -> Ref:
    """A project whose leader has no e-mail address and was told that it has to be completed."""
    ref = stage.world.proposal_in("returned")
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == stage.world["leader"].id).values(email=None))
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())
    return ref


def page_of(stage: Stage, ref: Ref) -> str:
    return f"/edycje/{stage.world.facts(ref).edition['key']}/na-papierze"


def letters_of(stage: Stage) -> list[tuple[int, str]]:
    with stage.db.reading() as tx:
        query = select(Delivery.id, Delivery.state).where(Delivery.channel == Channel.PAPER).order_by(Delivery.id)
        return [tuple(row) for row in tx.execute(query)]


def test_the_office_prints_a_letter_and_hands_it_over(stage: Stage) -> None:
    url, office = page_of(stage, without_address(stage)), stage.as_("staff")
    letters = letters_of(stage)
    assert letters
    number = letters[-1][0]
    assert "zwrócono do uzupełnienia" in office.get(url).text
    person = stage.world["leader"].id
    assert office.post(f"{url}/adres/{person}", {"address": ADDRESS}).status_code == 303
    text = "\n".join(
        page.extract_text() for page in PdfReader(BytesIO(office.client.get(f"{url}/{number}.pdf").data)).pages
    )
    for part in ("ul. Długa 7", "09-400 Płock", "Szanowni Państwo", "zwróciło projekt"):
        assert part in text.replace("\n", " ").replace("  ", " "), part
    assert "wiadomość automatyczna" not in text
    office.post(url, {"seen": "created"})
    assert "Najpierw zaznacz powiadomienia." in office.get(url).text
    assert office.post(url, {"letter": str(number), "seen": "created"}).status_code == 303
    assert dict(letters_of(stage))[number] == "printed"
    # The same form sent twice does not hand over what was only printed.
    office.post(url, {"letter": str(number), "seen": "created"})
    assert dict(letters_of(stage))[number] == "printed"
    office.post(url, {"letter": str(number), "seen": "printed"})
    assert dict(letters_of(stage))[number] == "sent"
    assert f"/{number}.pdf" not in office.get(url).text
    printed = office.client.get(f"{url}/{number}.pdf")
    assert (printed.status_code, printed.headers["Cache-Control"]) == (200, "no-store")
    # With the mark of the office, once there is one.
    assert not PdfReader(BytesIO(printed.data)).pages[0].images
    drawn = BytesIO()
    Image.new("RGB", (900, 300), "navy").save(drawn, "PNG")
    with stage.db.transaction() as tx:
        save_contact(tx, {}, logo=logo_from(drawn.getvalue()), keep_logo=True, actor=stage.world["staff"], at=utc_now())
    marked = PdfReader(BytesIO(office.client.get(f"{url}/{number}.pdf").data))
    assert len(marked.pages[0].images) == 1


def test_whoever_has_an_address_gets_no_paper(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())
    assert letters_of(stage) == []


def test_paper_is_for_the_office_of_the_edition_alone(stage: Stage) -> None:
    url = page_of(stage, without_address(stage))
    number = letters_of(stage)[0][0]
    chair = stage.as_("chair")
    assert chair.get(url).status_code == 403
    assert chair.get(f"{url}/{number}.pdf").status_code == 403
    assert stage.as_("staff").get(f"{url}/{number + 99}.pdf").status_code == 404


def test_an_address_that_is_too_long_is_refused_and_stays_typed(stage: Stage) -> None:
    url, office = page_of(stage, without_address(stage)), stage.as_("staff")
    office.get(url)
    answer = office.post(f"{url}/adres/{stage.world['leader'].id}", {"address": "x" * 301})
    assert answer.status_code in (400, 422)
    assert "x" * 301 in answer.text
    assert office.post(f"{url}/adres/{stage.world['chair'].id}", {"address": ADDRESS}).status_code == 404
