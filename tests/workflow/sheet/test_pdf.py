"""A sheet on paper: read as a reader reads it, the same bytes for the same version, nothing of it taken as markup."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pypdf import PdfReader
from sqlalchemy import update

from tests.world import World
from workflow.db.database import Database
from workflow.models import Person
from workflow.rules.sheet_sections import CATALOGUE
from workflow.sheet.pdf import HandedIn, Print, check_url, pdf_of, said
from workflow.submission.queries import draft_print, receipt_print, version_print

BASE = "https://partnerstwo.example"
AT = datetime(2026, 9, 14, 8, 0, 0, 123_456, tzinfo=UTC)
SHEET: dict[str, Any] = {
    "places": ["Gąbin", "Łąck"],
    "goals": "Zażółcić gęślą jaźń.\nDrugi akapit: ŁÓDŹ, ŻÓŁĆ, ćma.",
    "partners": [{"partner": "Gmina Gąbin", "promise": "lokal"}, {"partner": "Stowarzyszenie Razem"}],
    "timetable": [{"from": "2027-01-02", "to": "2027-03-31", "what": "Remont"}],
    "budget_lines": [{"what": "Farba", "amount": 1_250_00, "source": "Gmina"}, {"what": "Meble", "amount": 99_99}],
}
CONTENT = {
    "title": "Świetlica „Razem”",
    "summary": "",
    "sector": "kultura",
    "area": "",
    "cost": 1_349_99,
    "sheet": SHEET,
}
HANDED_IN = HandedIn("demo/12/34", "0123456789abcdef" * 4, "Łucja Żak", AT)
PRINT = Print(
    content=CONTENT, edition="Lokalne partnerstwo 2027", number=12, leader="Łucja Żak", members=5, at=AT,
    sections=[(section.name, section.label.say("pl")) for section in CATALOGUE], handed_in=HANDED_IN,
)  # fmt: skip


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_reader_finds_every_section_and_every_polish_letter() -> None:
    text = words(pdf_of(PRINT, base_url=BASE))
    for part in ("Świetlica „Razem”", "Lokalne partnerstwo 2027", "Łucja Żak", "Gąbin", "Łąck", "Zażółcić gęślą jaźń.",
                 "ŁÓDŹ, ŻÓŁĆ, ćma", "Gmina Gąbin", "2 stycznia 2027", "Farba", "1 250,00 zł", "Razem: 1 349,99 zł",
                 "demo/12/34", "01234567 89abcdef", "strona 1 /", "Nie wypełniono."):  # fmt: skip
        assert part in text, part


def test_flags_of_budget_rows_and_what_they_come_to_reach_the_paper() -> None:
    lines = [{"what": "Farba", "amount": 1_000_00}, {"what": "Praca mieszkańców", "amount": 349_99, "own": True}]
    sheet = replace(PRINT, content={**CONTENT, "sheet": {**SHEET, "budget_lines": lines}})
    text = words(pdf_of(sheet, base_url=BASE))
    for part in ("Wkład własny", "Praca mieszkańców", "tak", "Wkład własny: 349,99 zł"):
        assert part in text, part
    assert "Wkład własny" not in words(pdf_of(PRINT, base_url=BASE))


def test_it_is_tagged_for_readers_of_the_screen_and_says_its_language_and_title() -> None:
    reader = PdfReader(BytesIO(pdf_of(PRINT, base_url=BASE)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "pl-PL"
    assert bool(root["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert reader.metadata.title == "Świetlica „Razem”"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()


def test_its_fonts_travel_with_it() -> None:
    fonts = [
        font.get_object()
        for page in PdfReader(BytesIO(pdf_of(PRINT, base_url=BASE))).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert described
    assert all({"/FontFile2", "/FontFile3"} & set(one) for one in described)


def test_the_same_version_gives_the_same_bytes_and_another_does_not() -> None:
    first = pdf_of(PRINT, base_url=BASE)
    assert first == pdf_of(replace(PRINT, content=dict(reversed(CONTENT.items()))), base_url=BASE)
    assert first != pdf_of(replace(PRINT, content={**CONTENT, "cost": 1}), base_url=BASE)
    later = replace(PRINT, at=datetime(2026, 9, 15, tzinfo=UTC))
    assert first != pdf_of(later, base_url=BASE)


def test_a_draft_says_so_and_has_no_receipt() -> None:
    draft = replace(PRINT, handed_in=None)
    text = words(pdf_of(draft, base_url=BASE))
    assert "wersja robocza" in text
    assert "Potwierdzenie zgłoszenia" not in text
    assert draft.filename == "karta-12-wersja-robocza-swietlica-razem.pdf"
    assert PRINT.filename == "karta-12-34-swietlica-razem.pdf"


@pytest.mark.parametrize("title", ['../../etc/passwd"\r\nX: y', "ŻÓŁĆ", "   ", "a" * 500, "报告 №1", "-"])
def test_its_name_is_safe_whatever_the_title(title: str) -> None:
    name = replace(PRINT, content={**CONTENT, "title": title}).filename
    assert name.isascii()
    assert len(name) < 100
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert name.endswith(".pdf")
    assert ".." not in name


@pytest.mark.parametrize("text", ['#panic("x")', "$x^2$", "= Tytuł", "#read(\"/etc/passwd\")", "@ref <label>", "```js```",
                                  "\\u{1F600} \\ //", "*a* _b_ `c`", '"]); #import "x"'])  # fmt: skip
def test_what_looks_like_markup_is_printed_as_it_was_typed(text: str) -> None:
    content = {
        **CONTENT,
        "title": text,
        "sheet": {**SHEET, "goals": text, "partners": [{"partner": text, "promise": text}]},
    }
    found = words(pdf_of(replace(PRINT, content=content), base_url=BASE))
    assert found.count(" ".join(text.split())) >= 3


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_can_be_printed(text: str) -> None:
    content = {**CONTENT, "title": text or "x", "sheet": {**SHEET, "goals": text, "places": [text]}}
    assert pdf_of(replace(PRINT, content=content), base_url=BASE).startswith(b"%PDF-")


def test_a_long_sheet_goes_over_pages_that_are_counted() -> None:
    long = {**SHEET, "goals": "Bardzo długi opis projektu. " * 700,
            "partners": [{"partner": f"Partner {n}", "promise": "Obiecuje. " * 20} for n in range(60)]}  # fmt: skip
    pdf = pdf_of(replace(PRINT, content={**CONTENT, "sheet": long}), base_url=BASE)
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert f"strona {number} / {len(pages)}" in " ".join(page.extract_text().split())


def test_the_code_leads_to_the_page_that_checks_the_receipt() -> None:
    assert check_url(BASE, HANDED_IN) == f"{BASE}/potwierdzenie?numer=demo%2F12%2F34&skrot={HANDED_IN.digest}"
    assert said(PRINT, base_url=BASE)["qr"].startswith("<svg")


# --- from a database -------------------------------------------------------------------------------------


@pytest.fixture
def world(database: Database) -> World:
    return World(database, now=AT)


def test_a_version_is_printed_as_it_was_whatever_changes_later(world: World) -> None:
    ref = world.proposal_in("submitted")
    receipt = world.facts(ref).entry("submission")["receipt"]
    with world.database.reading() as tx:
        before = version_print(tx, ref.id, 1, names_minors=True)
        assert before == receipt_print(tx, receipt, names_minors=True)
    world.send_back(ref)
    world.take(ref, "edit_sheet", "leader", title="Zupełnie inny tytuł", goals="Inne cele.")
    sections = [{"section": "goals", "label": "Po co to robimy"}]
    world.take(world.edition_of(ref), "set_sections", "staff", sections=sections)
    with world.database.reading() as tx:
        after = version_print(tx, ref.id, 1, names_minors=True)
        draft = draft_print(tx, world.facts(ref), at=world.at, names_minors=True)
    assert before is not None
    assert after is not None
    assert pdf_of(before, base_url=BASE) == pdf_of(after, base_url=BASE)
    assert "Zupełnie inny tytuł" in words(pdf_of(draft, base_url=BASE))
    assert "Po co to robimy" in words(pdf_of(draft, base_url=BASE))


def test_a_pupil_is_named_to_the_group_and_the_office_alone(world: World) -> None:
    ref = world.proposal_in("submitted")
    with world.database.transaction() as tx:
        tx.execute(update(Person).where(Person.id == world["leader"].id).values(is_minor=True))
    with world.database.reading() as tx:
        named, unnamed = (version_print(tx, ref.id, 1, names_minors=yes) for yes in (True, False))
        drafts = [draft_print(tx, world.facts(ref), at=AT, names_minors=yes) for yes in (True, False)]
    assert named is not None
    assert unnamed is not None
    for shown, hidden in ((named, unnamed), drafts):
        assert "Leader" in words(pdf_of(shown, base_url=BASE))
        assert "Leader" not in words(pdf_of(hidden, base_url=BASE))
