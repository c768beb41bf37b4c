from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.rules.field_types import READERS, Input, read
from workflow.rules.fields import EVERY_SETTING, INPUTS

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def one(kind: str, given: Any, **more: Any) -> Any:
    return read((Input("x", kind, _("Title"), required=False, **more),), {"x": given}).get("x")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in INPUTS if name != EVERY_SETTING])
@settings(max_examples=25)
@given(given=ANYTHING)
def test_every_input_takes_or_refuses_anything_without_failing(name: str, given: Any) -> None:
    try:
        read((INPUTS[name],), {name: given})
    except BadInput as refusal:
        assert name in refusal.fields
        assert refusal.missing[0].say("pl")


@pytest.mark.parametrize(
    ("given", "grosze"),
    [
        ("12 500,00", 1_250_000),
        ("12500", 1_250_000),
        ("0,01", 1),
        ("1 zł", 100),
        ("12\u00a0500,5", 1_250_050),
        (7, 700),
    ],
)
def test_amounts_are_read_as_people_write_them(given: Any, grosze: int) -> None:
    assert one("money", given) == grosze


@pytest.mark.parametrize(
    "given",
    ["1,234", "12.500", "1e3", "1_000", "\u0661\u0662", "-1", "NaN", "Infinity", "1e99", "abc", "99999999999999"],
)
def test_amounts_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(BadInput):
        one("money", given)


@given(st.integers(min_value=0, max_value=10**12))
def test_an_amount_written_out_is_read_back(grosze: int) -> None:
    assert one("money", f"{grosze // 100},{grosze % 100:02d}") == grosze


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
