"""Text as people paste it: stored as meant, compared whatever its form, and unable to turn a sentence around."""

import unicodedata
from typing import Literal
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflow.base.characters import ENDS, FIRST_STRONG, closed, in_one_line, is_blank, isolated
from workflow.base.collation import fold
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.rules.field_types import Input, read

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
TEXT = st.text(max_size=60)
LINE = Input("title", "line", _("Title"), required=False, maximum=200)
MEANT = (
    "👩‍👩‍👧 Rodzina",
    "❤️",
    "می‌خواهم",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Żłobek",
    "שלום עולם",
    "İstanbul",
    "Проєкт Їжак",
    "上海公园",
    "🫩 nowy",
)


@given(TEXT)
@example("ẞ ﬁ Ⅳ İ ΐ ǰ ﷺ")
def test_the_folded_words_are_the_same_for_every_form_of_a_text(text: str) -> None:
    words = fold(text)
    assert {fold(unicodedata.normalize(form, text)) for form in FORMS} == {words}
    assert fold(words) == words
    assert fold(text.upper()) == fold(text.upper().lower())
    assert not set(words) & set('"\\\n\t'), "the words stand in a JSON text of a trigger"
    assert "  " not in words


@given(st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=20))
def test_letters_and_digits_of_every_script_are_words(text: str) -> None:
    assert fold(text)


@given(TEXT)
def test_a_line_is_one_line_closed_and_stays_as_it_is_when_it_is_read_again(text: str) -> None:
    line = in_one_line(unicodedata.normalize("NFC", text))
    assert not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in line)
    assert line == closed(line)
    assert in_one_line(line) == line
    assert [letter for letter in line if unicodedata.category(letter)[0] in "LNSP"] == [
        letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter)[0] in "LNSP"
    ]


@given(TEXT)
def test_what_is_isolated_cannot_reach_what_stands_around_it(text: str) -> None:
    shown = isolated(text)
    if shown != text:
        assert shown[0] == FIRST_STRONG
        assert closed(shown) == shown
    else:
        assert not set(text) & set(ENDS)


@pytest.mark.parametrize("text", MEANT)
def test_what_people_paste_into_a_line_is_stored_as_meant(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert read((LINE,), {"title": text}) == {"title": composed}
    assert read((LINE,), {"title": unicodedata.normalize("NFD", text)}) == {"title": composed}


@pytest.mark.parametrize(
    "text", ["\u200b", "\u200d\u200e", "\ufeff ", "\u00ad", "\u2067", "\u0301", "\u3164", "\u2800\uffa0"]
)
def test_a_title_that_nobody_would_see_is_no_title(text: str) -> None:
    assert is_blank(text)
    with pytest.raises(BadInput):
        read((Input("title", "line", _("Title")),), {"title": text})


def test_a_name_from_right_to_left_is_isolated_within_a_sentence_and_a_polish_one_is_as_it_was() -> None:
    sentence = "Saved: {name}."
    assert _(sentence, name="שלום").say("en") == "Saved: \u2068שלום\u2069."
    assert _(sentence, name="a\u202eb").say("en") == "Saved: \u2068a\u202eb\u202c\u2069."
    assert _(sentence, name="Żłobek „Łąka” 🌳").say("en") == "Saved: Żłobek „Łąka” 🌳."


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_whatever_ends_a_line_elsewhere_ends_one_here(end: str) -> None:
    assert read((Input("words", "text", _("Title")),), {"words": f"Remont{end}sali"}) == {"words": "Remont\nsali"}
    assert read((LINE,), {"title": f"Remont{end}sali"}) == {"title": "Remont sali"}


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40))
def test_every_text_that_is_stored_can_be_written_into_an_xml_file(text: str) -> None:
    element = Element("text")
    element.text = stored = (
        read((Input("words", "text", _("Title"), required=False),), {"words": text}).get("words") or ""
    )
    assert (fromstring(tostring(element)).text or "") == stored
    assert read((Input("words", "text", _("Title"), required=False),), {"words": stored}).get("words", "") == stored
