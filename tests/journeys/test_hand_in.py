"""A leader fills what is missing and hands in, the office sends two sections back, sees only what changed, and admits."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.post import parts_of, reader_of
from tests.journeys.product import Product
from tests.smtp_sink import Letter
from tests.world import SHEET, World

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


def letters(product: Product, reader: str, subject: str) -> list[Letter]:
    product.wait_for_letters()
    return [
        one for one in product.sink.letters if reader_of(one) == reader and one.message["Subject"].startswith(subject)
    ]


def test_a_project_is_handed_in_sent_back_mended_and_admitted(product: Product, world: World, meet: Meet) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", **{name: value for name, value in SHEET.items() if name != "risks"})
    leader, staff = meet("leader", width=390, has_touch=True, is_mobile=True), meet("staff")
    project = f"/projekty/{ref.id}"
    page = f"{project}/zgloszenie"

    # What is missing leads to its section; then the form is there.
    leader.open(page)
    assert not list(too_wide(leader.page, 320))
    leader.page.set_viewport_size({"width": 390, "height": 800})
    leader.page.get_by_role("link", name="Ryzyka: uzupełnij").click()
    leader.page.fill("[name=risks]", "Remont może się przedłużyć.")
    leader.page.get_by_role("button", name="Zapisz i wróć do karty").click()
    leader.told()
    leader.open(page)
    leader.send("Zgłoś projekt")
    assert "Zgłoszono projekt" in leader.told()
    assert "Projekt zgłoszono" in leader.sees()
    kept = world.facts(ref).entry("submission")
    assert kept["receipt"] in leader.sees()

    # The receipt comes at once, with the sheet in hand; the page gives the same file.
    (letter,) = letters(product, "leader", "Zgłoszono projekt")
    assert kept["receipt"] in parts_of(letter)[0]
    assert kept["digest"] in parts_of(letter)[0]
    (enclosed,) = letter.message.iter_attachments()
    with leader.page.expect_download() as download:
        leader.page.get_by_role("link", name="Karta w pliku PDF").click()
    fetched = download.value.path().read_bytes()
    assert enclosed.get_payload(decode=True) == fetched
    assert download.value.suggested_filename == enclosed.get_filename()
    assert "Remont może się przedłużyć." in "".join(one.extract_text() for one in PdfReader(BytesIO(fetched)).pages)

    # Two sections go back, each with its reason.
    staff.open(f"{project}/krok/return_for_completion")
    for number, (section, reason, words) in enumerate(
        (("goals", "unclear", "Dla kogo?"), ("risks", "incomplete", "Co wtedy?"))
    ):
        if number:
            # Further rows stand folded below the first.
            staff.page.locator(f"details:has([name='section_reasons-{number}-section']) > summary").click()
        staff.page.select_option(f"[name='section_reasons-{number}-section']", section)
        staff.page.select_option(f"[name='section_reasons-{number}-reason']", reason)
        staff.page.fill(f"[name='section_reasons-{number}-words']", words)
    staff.fill({"explanation": "Prosimy o uzupełnienie dwóch części."})
    staff.send("Zwróć do uzupełnienia")
    staff.told()
    (letter,) = letters(product, "leader", "Projekt zwrócono")
    assert "Cele – Część karty jest niejasna – Dla kogo?" in " ".join(parts_of(letter)[0].split())

    # The leader reads them beside the section, mends one, answers both.
    leader.open(f"{project}/karta/goals")
    assert "Dla kogo?" in leader.sees()
    leader.page.fill("[name=goals]", "Otworzyć świetlicę dla dzieci, seniorów i rodziców.")
    leader.page.get_by_role("button", name="Zapisz i wróć do karty").click()
    leader.told()
    leader.open(page)
    assert not list(too_wide(leader.page, 320))
    leader.page.set_viewport_size({"width": 390, "height": 800})
    leader.page.fill("[name='reason_answers-0-words']", "Dopisaliśmy rodziców.")
    leader.page.fill("[name='reason_answers-1-words']", "Mamy drugą salę.")
    leader.send("Zgłoś ponownie")
    leader.told()
    assert len(letters(product, "leader", "Zgłoszono projekt ponownie")) == 1

    # The office sees what changed and nothing else, notes its points, and admits.
    staff.open(page)
    changes = staff.page.locator("section[aria-labelledby=differs]")
    assert changes.locator("h3").all_inner_texts() == ["Cele"]
    assert "rodziców" in "".join(changes.locator("ins").all_inner_texts())
    call = staff.page.locator("section[aria-labelledby=call]").inner_text()
    assert "Dopisaliśmy rodziców." in call
    assert "Mamy drugą salę." in call
    assert "nie zmieniono" in call
    staff.page.get_by_role("link", name="Wypełnij punkty weryfikacji", exact=True).first.click()
    # What the system knows to be met is answered already and can be changed.
    first = staff.page.locator("[data-point]").first
    first.locator("summary", has_text="Zmień").click()
    first.get_by_label("nie dotyczy", exact=True).check()
    for number in range(1, 11):
        met = staff.page.locator(f"[name='points-{number}-answer'][value=yes]")
        if not met.is_checked():
            met.check()
    staff.send("Zapisz")
    staff.told()
    staff.take(
        project, "Zapisz opinię merytoryczną", unit="Wydział Edukacji", opinion="positive", justification="Zasadny."
    )
    staff.take(project, "Dopuść do prezentacji")
    assert world.state(ref) == "admitted"
    # Anybody can check what the leader has in hand.
    visitor = meet("gosc", signed_in=False)
    visitor.open("/potwierdzenie")
    visitor.fill({"numer": kept["receipt"], "skrot": kept["digest"]})
    visitor.send("Sprawdź")
    assert "Potwierdzenie jest prawdziwe" in visitor.sees()
