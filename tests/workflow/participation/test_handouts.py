"""Badges, certificates, the sheet to sign and the poster: tagged PDF with everybody who belongs there, nobody else."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from workflow.base.errors import NotFound
from workflow.participation import handouts
from workflow.participation.conference_card import ConferenceCard
from workflow.participation.registration_queries import RegistrationLine

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
BEFORE = AT - timedelta(days=2)
CARD = ConferenceCard(
    1, 6, "Liderzy pokazują projekty", True, "", "Łęgów", "Dom Kultury", AT, None, 200, None, "open", 1, AT, 1, "legow",
    "Powiat łęgowski 2026", "conferences", "łęgowski", "1", 2, 1, 1,
)  # fmt: skip


def line(number: int, name: str, state: str = "registered", *, there: bool = False) -> RegistrationLine:
    return RegistrationLine(number, state, "page", f"ABCD23{number + 10}", AT, number, name, False, False,
                            "KGW „Lipowianki”", "", "", AT if there else None, "name" if there else "")  # fmt: skip


LINES = (line(1, "Hanna Kowalska", there=True), line(2, "Jerzy Łoś"), line(3, "Ewa Czekająca", "waiting"))


def text_of(pdf: bytes) -> list[str]:
    """The text of each page; the file has to be tagged."""
    reader = PdfReader(BytesIO(pdf))
    assert "/Marked" in str(reader.root_object["/MarkInfo"])
    return [page.extract_text() for page in reader.pages]


def test_a_badge_has_name_organisation_and_code_and_none_is_for_whoever_waits() -> None:
    pages = text_of(handouts.badges(CARD, LINES, at=AT))
    assert len(pages) == 1
    for words in ("Hanna Kowalska", "Jerzy Łoś", "Lipowianki", "ABCD 2311", "Powiat łęgowski 2026"):
        assert words in pages[0]
    assert "Czekająca" not in pages[0]


def test_forty_badges_fill_four_pages() -> None:
    many = [line(number, f"Osoba Numer{number}") for number in range(40)]
    assert len(text_of(handouts.badges(CARD, many, at=AT))) == 4


def test_only_whoever_was_there_gets_a_certificate_each_on_a_page() -> None:
    pages = text_of(handouts.certificates(CARD, LINES, at=AT))
    assert len(pages) == 1
    assert "Hanna Kowalska" in pages[0]
    assert "24 listopada 2026" in pages[0]
    both = [*LINES, line(4, "Roman Kula", there=True)]
    assert len(text_of(handouts.certificates(CARD, both, at=AT))) == 2
    with pytest.raises(NotFound):
        handouts.certificates(CARD, LINES[1:], at=AT)


def test_the_sheet_lists_by_surname_with_empty_rows_to_sign() -> None:
    text = "\n".join(text_of(handouts.attendance_sheet(CARD, LINES, at=AT)))
    assert "Kowalska Hanna" in text
    assert "Podpis" in text
    assert "12" in text
    assert "Czekająca" not in text


def test_the_poster_has_the_address_in_words() -> None:
    (text,) = text_of(handouts.poster(CARD, "https://example.org/konferencje/1/zapisy", at=AT))
    assert "example.org/konferencje/1/zapisy" in text.replace("\n", "")
    assert "Dom Kultury" in text


@pytest.mark.parametrize(("state", "until", "asks"), [
    ("open", None, True), ("planned", None, True), ("open", BEFORE, False), ("held", None, False),
    ("cancelled", None, False),
])  # fmt: skip
def test_a_poster_asks_to_register_only_as_long_as_somebody_can(
    state: str, until: datetime | None, *, asks: bool
) -> None:
    card = replace(CARD, state=state, registration_until=until)
    (text,) = text_of(handouts.poster(card, "https://example.org/konferencje/1", at=BEFORE))
    assert ("Zapisz się" in text, "O konferencji" in text) == (asks, not asks)
