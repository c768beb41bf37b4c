import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.base.errors import BadInput
from workflow.base.i18n import _, format_field_date
from workflow.rules.edition_fields import EVERY_SETTING
from workflow.rules.field_types import READERS, Input, read
from workflow.rules.fields import INPUTS
from workflow.rules.scalar_types import read_time

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def one(kind: str, given: Any, **more: Any) -> Any:
    return read((Input("x", kind, _("Title"), required=False, **more),), {"x": given}).get("x")


@pytest.mark.slow
@settings(max_examples=100)
@given(given=ANYTHING)
def test_every_input_takes_or_refuses_anything_without_failing(given: Any) -> None:
    """Inventing a value takes longer than reading it, so each is given to every input."""
    for name in (name for name in INPUTS if name != EVERY_SETTING):
        try:
            read((INPUTS[name],), {name: given})
        except BadInput as refusal:
            assert name in refusal.fields
            assert refusal.missing[0].say("pl"), name
        except Exception as error:
            error.add_note(f"input: {name}")
            raise


@pytest.mark.parametrize(
    ("given", "grosze"),
    [
        ("12 500,00", 1_250_000),
        ("12500", 1_250_000),
        ("0,01", 1),
        ("1 zł", 100),
        ("12\u00a0500,5", 1_250_050),
        (7, 700),
        (12.5, 1250),
        ("12.50", 1250),
        ("12.500,00", 1_250_000),
        ("12,500.00", 1_250_000),
        ("1.250.000", 125_000_000),
        ("12\u202f500,00 zł", 1_250_000),
    ],
)
def test_amounts_are_read_as_people_write_them(given: Any, grosze: int) -> None:
    assert one("money", given) == grosze


@pytest.mark.parametrize(
    "given",
    [
        "1,234",
        "-1",
        "NaN",
        "Infinity",
        "1e99",
        "1e5",
        "1_000",
        "１２",
        "12 50",
        "1 2500",
        "abc",
        "99999999999999",
        True,
        1e22,
    ],
)
def test_amounts_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(BadInput):
        one("money", given)


@given(
    st.sampled_from("-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{NON-BREAKING HYPHEN}"),
    st.sampled_from(["", " ", "\N{NO-BREAK SPACE}"]),
    st.integers(min_value=1, max_value=10**9),
    st.sampled_from(["", ",00", ".5", " zł"]),
)
def test_a_negative_amount_is_told_that_it_must_not_be_negative(sign: str, blank: str, amount: int, rest: str) -> None:
    for written in (f"{sign}{blank}{amount}{rest}", f"{sign}{blank}{amount:,}{rest}".replace(",", " ", 1)):
        with pytest.raises(BadInput) as refusal:
            one("money", written)
        assert "Nie może być ujemna" in refusal.value.missing[0].say("pl")


@pytest.mark.parametrize("given", ["100000000001", "100 000 000 000,01", "9" * 30, "999 999 999 999 999"])
def test_an_amount_above_the_largest_is_told_the_limit(given: str) -> None:
    with pytest.raises(BadInput) as refusal:
        one("money", given)
    assert "Limit: 100 000 000 000,00 zł" in refusal.value.missing[0].say("pl").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("given", ["0.005", "0,500", "000.500"])
def test_no_example_of_thousands_begins_with_zero(given: str) -> None:
    with pytest.raises(BadInput) as refusal:
        one("money", given)
    assert refusal.value.missing[0].say("pl") == "Podaj kwotę, na przykład 12 500,00."


UNSEEN = st.text(alphabet="\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}\N{LEFT-TO-RIGHT MARK}\ufeff\N{WORD JOINER}", max_size=3)


@given(UNSEEN, UNSEEN)
def test_what_nobody_sees_makes_no_other_amount_day_number_or_hour(before: str, after: str) -> None:
    assert one("money", f"{before}12{after} 500,00") == 1_250_000
    assert one("date", f"{before}7{after}.10.2026{before}") == date(2026, 10, 7)
    assert one("number", f"1{before}2{after}") == 12
    assert read_time(f"{before}16{after}:00") == "16:00"


def test_a_month_is_read_whether_its_letters_are_composed_or_not() -> None:
    for form in ("NFC", "NFD", "NFKD"):
        assert one("date", unicodedata.normalize(form, "7 Października 2026")) == date(2026, 10, 7)


def test_a_whole_number_that_is_too_large_is_told_the_limit_and_one_of_a_program_may_have_a_point() -> None:
    with pytest.raises(BadInput) as refusal:
        one("number", "999999999999999")
    assert "Podaj liczbę od 0 do" in refusal.value.missing[0].say("pl")
    assert one("number", 7.0) == 7
    for number in (7.5, 1e300, float("inf"), float("nan")):
        with pytest.raises(BadInput):
            one("number", number)


@given(st.integers(min_value=0, max_value=10**12))
def test_an_amount_written_out_is_read_back(grosze: int) -> None:
    assert one("money", f"{grosze // 100},{grosze % 100:02d}") == grosze


@given(st.integers(min_value=1, max_value=999), st.integers(min_value=0, max_value=999), st.sampled_from(".,"))
def test_three_digits_after_the_only_sign_are_asked_back(thousands: int, rest: int, sign: str) -> None:
    with pytest.raises(BadInput) as refusal:
        one("money", f"{thousands}{sign}{rest:03d}")
    assert f"{thousands} {rest:03d}" in refusal.value.missing[0].say("pl")


@given(st.text(alphabet="0123456789., e_-+zł１", max_size=12))
def test_an_amount_is_read_to_the_digit_or_not_at_all(given: str) -> None:
    try:
        grosze = one("money", given)
    except BadInput:
        return
    digits = "".join(sign for sign in given if sign in "0123456789").lstrip("0")
    assert (grosze or 0) % 100 == 0 or str(grosze).startswith(digits.rstrip("0") or "")
    assert str(grosze or "").rstrip("0").startswith(digits.rstrip("0"))


@pytest.mark.parametrize(
    "given",
    ["8.12.2017", "08.12.2017", "8. 12. 2017", " 2017-12-08 ", "8 grudnia 2017", "8 December 2017", "8 Dec 2017"],
)
def test_a_day_is_read_as_either_language_writes_it(given: str) -> None:
    assert one("date", given) == date(2017, 12, 8)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(["pl", "en"]))
def test_a_day_shown_in_a_field_is_read_back_as_the_same_day(day: date, language: str) -> None:
    assert one("date", format_field_date(day, language)) == day
    assert format_field_date(format_field_date(day, "pl"), language) == format_field_date(day, "pl")


@pytest.mark.parametrize("given", ["7/10/2026", "10/7/2026", "7-10-2026", "7/10/26"])
def test_a_day_that_can_be_read_in_two_ways_is_asked_back(given: str) -> None:
    with pytest.raises(BadInput) as refusal:
        one("date", given)
    assert "na dwa sposoby" in refusal.value.missing[0].say("pl")


@pytest.mark.parametrize(
    "given",
    ["8.12.17", "31.2.2017", "8 grudzien 2017", "20171208", "2017-W49-5", "0217-12-08", "2017-02-30", "２０１７-12-08"],
)
def test_a_day_written_otherwise_or_out_of_all_plans_is_asked_back(given: str) -> None:
    with pytest.raises(BadInput):
        one("date", given)


@pytest.mark.parametrize("given", ["１２", "1_000", "1e3", "12.0", "1 00", "-5"])
def test_a_number_is_digits_alone(given: str) -> None:
    with pytest.raises(BadInput):
        one("number", given, maximum=10_000)


def test_dates_numbers_lists_and_counts_are_read() -> None:
    assert one("date", "2017-12-08") == date(2017, 12, 8)
    assert one("number", "42", maximum=100) == 42
    assert one("lines", "Łosice\r\n\n  Huszlew ") == ["Łosice", "Huszlew"]
    assert one("counts", "gospodarka: 3\nkultura: 2") == {"gospodarka": 3, "kultura": 2}
    assert one("counts", {"gospodarka": 3}) == {"gospodarka": 3}
    assert one("flag", "on") is True
    assert one("email", " Ala@Example.ORG ") == "ala@example.org"


def test_a_line_has_no_control_characters_or_double_blanks() -> None:
    assert one("line", "Płock\t\n  Łosice\u200b") == "Płock Łosice"


def test_too_long_names_both_lengths() -> None:
    with pytest.raises(BadInput) as refusal:
        one("text", "x" * 11, maximum=10)
    assert "11" in refusal.value.missing[0].say("pl")
    assert "10" in refusal.value.missing[0].say("pl")


def test_every_kind_of_input_has_a_reader() -> None:
    assert {spec.type for spec in INPUTS.values()} <= READERS.keys()


def test_everything_that_is_wrong_in_several_rows_is_said_at_once() -> None:
    rows = [
        {"what": "Druk", "amount": "12.500"},
        {"what": "Zeszyty", "amount": "1 200"},
        {"what": "Paliwo", "amount": "1e5"},
        {"amount": "-3"},
    ]
    with pytest.raises(BadInput) as refused:
        read((INPUTS["budget_lines"],), {"budget_lines": rows})
    said = refused.value.fields["budget_lines"].say("pl")
    assert "Wiersz 1, Kwota w złotych: „12.500” można odczytać na dwa sposoby." in said
    assert "Wiersz 3, Kwota w złotych: Podaj kwotę, na przykład 12 500,00." in said
    assert "Wiersz 4, Kwota w złotych" in said
    assert "Wiersz 2" not in said, "a row that is right is not named"
    assert "Wiersz 4: uzupełnij pole" in said
    assert "{" not in said
