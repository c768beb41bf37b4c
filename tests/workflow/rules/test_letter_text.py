"""Placeholders of letters: which a topic may use, how they are checked, and what is filled in is never read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.notifications.topic_audiences import AUDIENCES
from workflow.rules.letter_text import (
    AUDIENCE_NAMES,
    BY_KIND,
    MEANINGS,
    LetterText,
    Placeholder,
    empty_settings,
    fault,
    fill,
    placeholders_of,
)
from workflow.rules.topics import Audience, Topic


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Projekt „{title}”.", {"title": "Łąka"}, "Projekt „Łąka”."),
        ("Projekt „{title}”.", {"title": "Pracownia „Glina”"}, "Projekt „Pracownia »Glina«”."),
        ("Pomysł: {title}", {"title": "Pracownia „Glina”"}, "Pomysł: Pracownia „Glina”"),
        ("Konferencja ({day}, {place}).", {"day": "8 maja", "place": "Łąck"}, "Konferencja (8 maja, Łąck)."),
        ("Konferencja ({day}, {place}).", {"day": "8 maja"}, "Konferencja (8 maja)."),
        ("Konferencja ({day}, {place}).", {"place": "Łąck"}, "Konferencja (Łąck)."),
        ("Konferencja ({day}, {place}).", {}, "Konferencja."),
        ("Prosimy napisać: {contact}.", {}, "Prosimy napisać."),
        (
            "W innym terminie: {day}, {place}. Przepraszamy.",
            {"day": "8 maja"},
            "W innym terminie: 8 maja. Przepraszamy.",
        ),
        ("{title}", {"title": "{edition} {title}"}, "{edition} {title}"),
        ("{title}", {"title": "a\r\nBcc: x@example.org"}, "a Bcc: x@example.org"),
    ],
)
def test_a_placeholder_without_a_value_takes_its_separators_with_it(
    text: str, values: dict[str, str], filled: str
) -> None:
    assert fill(text, values) == filled


@given(st.text(), st.dictionaries(st.sampled_from(list(Placeholder)), st.text()))
def test_filling_any_text_with_any_values_ends(text: str, values: dict[str, str]) -> None:
    fill(text, values)


@pytest.mark.parametrize(
    "wrong", ["{tytul}", "{title.__class__}", "{0}", "{}", "{title!r}", "{title:>99999999}", "{TITLE}"]
)
def test_an_unknown_placeholder_is_named_with_those_that_are_known(wrong: str) -> None:
    said = fault(f"Projekt {wrong} zgłoszono.", Topic.SUBMITTED)
    assert said is not None
    for language in ("pl", "en"):
        assert f"“{wrong}”" in said.say("en")
        assert "{title}" in said.say(language)
        assert "{receipt}" in said.say(language)


@pytest.mark.parametrize("wrong", ["{title", "title}", "{{title}", "a } b", "{"])
def test_a_single_brace_is_refused(wrong: str) -> None:
    assert fault(wrong, Topic.SUBMITTED) is not None


def test_the_place_of_a_single_brace_is_said() -> None:
    said = fault("Projekt „{title}”:\nw środę } albo w {title}", Topic.SUBMITTED)
    assert said is not None
    assert "“}” stands alone in line 2, character 9." in said.say("en")


def test_placeholders_that_the_settings_leave_empty_are_named() -> None:
    text = LetterText("Pytania: {contact}", "Pisze {office}.")
    assert empty_settings(text, office="", contact="") == [Placeholder.OFFICE, Placeholder.CONTACT]
    assert empty_settings(text, office="", contact="biuro@example.org") == [Placeholder.OFFICE]
    assert empty_settings(LetterText("A", "B"), office="", contact="") == []


def test_a_text_with_known_placeholders_or_none_is_right() -> None:
    assert fault("Projekt „{title}” nr {number}: {receipt}", Topic.SUBMITTED) is None
    assert fault("", Topic.SUBMITTED) is None
    assert fault("{receipt}", Topic.ADMITTED) is not None


@pytest.mark.parametrize("topic", list(Topic))
def test_every_placeholder_of_a_topic_has_a_meaning_in_polish(topic: Topic) -> None:
    for name in placeholders_of(topic):
        assert MEANINGS[name].say("pl") != MEANINGS[name].text


def test_every_audience_has_a_name_and_every_told_topic_its_placeholders() -> None:
    assert AUDIENCE_NAMES.keys() == set(Audience)
    assert {topic.partition(".")[0] for topic in AUDIENCES} - BY_KIND.keys() == {"installation"}
