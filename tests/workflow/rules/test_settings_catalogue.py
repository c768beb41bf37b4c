"""Every setting has a reader, an answer of `change_settings`, bounds that are kept, and a phase that locks it."""

import ast
from collections.abc import Mapping
from fractions import Fraction
from importlib import import_module
from inspect import getsource, unwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.base.errors import BadInput
from workflow.rules.field_types import read
from workflow.rules.fields import asked
from workflow.rules.ladder import FARTHEST, MOST_RUNGS, written
from workflow.rules.registry import newest
from workflow.rules.scalar_types import WrongAnswer
from workflow.rules.setting_types import NONE, PHASES, Setting, SettingType
from workflow.rules.settings_catalogue import BEFORE_CATALOGUE, CATALOGUE, SETTINGS, THEMES, differing, value, values
from workflow.rules.states import EditionState
from workflow.rules.vote_settings import vote_rules

ROOT = Path(__file__).parents[3]
RECORD = newest("edition").rows_named("change_settings")[0]
ASKED = asked(RECORD)
BOUNDED = [setting for setting in CATALOGUE if setting.maximum and setting.type is not SettingType.TEXT]
# Where the column itself is written or carried along, not read for a rule.
COLUMN = {
    "workflow/rules/settings_catalogue.py", "workflow/rules/effects/editions.py", "workflow/models/edition.py",
    # Hands the column on unread, to the subject of a letter, which is read through the catalogue.
    "workflow/notifications/previewed_letters.py",
}  # fmt: skip

by_key = pytest.mark.parametrize("setting", CATALOGUE, ids=lambda setting: setting.key)


def reads(function: Any, key: str) -> bool:
    """Whether a function calls `value` with this key."""
    tree = ast.parse("if True:\n" + "\n".join("    " + line for line in getsource(unwrap(function)).splitlines()))
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "value"
        and any(isinstance(word, ast.Constant) and word.value == key for word in node.args)
        for node in ast.walk(tree)
    )  # fmt: skip


@by_key
def test_every_setting_is_read_by_the_functions_that_it_names(setting: Setting) -> None:
    assert setting.read_by
    for reader in setting.read_by:
        module, _, name = reader.partition(":")
        assert reads(getattr(import_module(f"workflow.{module}"), name), setting.key), reader


def test_a_setting_that_nobody_reads_would_be_found() -> None:
    assert not reads(vote_rules, "quorum_share")


def test_the_column_is_read_through_the_catalogue_alone() -> None:
    for package in ("workflow", "web", "tasks"):
        for path in (ROOT / package).rglob("*.py"):
            if str(path.relative_to(ROOT)) not in COLUMN:
                assert 'edition["settings"]' not in path.read_text("utf-8"), path


def test_the_record_asks_for_every_setting_and_for_nothing_else() -> None:
    assert [spec.name for spec in ASKED if spec.type == "setting"] == [spec.name for spec in ASKED]
    assert {spec.name for spec in ASKED} == SETTINGS.keys()
    assert len(SETTINGS) == len(CATALOGUE)
    assert not any(spec.required for spec in ASKED)


@by_key
def test_the_default_is_a_legal_answer(setting: Setting) -> None:
    given_default = NONE if setting.default is None else setting.default
    assert setting.read(given_default) == given_default
    assert setting.theme in THEMES
    assert setting.locked_from in PHASES


@by_key
def test_an_edition_of_which_nothing_differs_has_the_default(setting: Setting) -> None:
    assert value({}, setting.key) == value({"settings": {}}, setting.key) == setting.default
    with pytest.raises(KeyError):
        value({"id": 1}, setting.key)


@pytest.mark.parametrize("setting", BOUNDED, ids=lambda setting: setting.key)
def test_what_lies_beyond_the_bounds_is_refused_with_them(setting: Setting) -> None:
    step = Fraction(1, 1000) if setting.type is SettingType.SHARE else 1
    beyond = [setting.minimum - step, setting.maximum + step]
    for wrong in (*map(str, beyond), "-1", "x", "1e3", "\u0663", "9" * 30, "1/0", "1.5.2"):
        with pytest.raises(BadInput) as refusal:
            read(ASKED, {setting.key: wrong})
        sentence = refusal.value.fields[setting.key]
        assert str(setting.minimum) in sentence.say("pl")
        assert str(setting.maximum) in sentence.say("pl")
    for right in (setting.minimum, setting.maximum):
        assert read(ASKED, {setting.key: str(right)})[setting.key] == (
            str(right) if setting.type is SettingType.SHARE else right
        )


@by_key
def test_no_value_of_another_kind_is_taken(setting: Setting) -> None:
    word = "x" * 121 if setting.type is SettingType.TEXT else "perhaps"
    for wrong in ([], {}, word, *([] if setting.type is SettingType.FLAG else [True])):
        with pytest.raises(WrongAnswer):
            setting.read(wrong)


@by_key
def test_a_setting_is_open_before_its_phase_and_locked_from_it_on(setting: Setting) -> None:
    for phase in PHASES:
        locked = PHASES.index(phase) >= PHASES.index(setting.locked_from)
        assert setting.is_locked({"state": phase}) == locked
        assert setting.is_locked({"state": EditionState.SUSPENDED, "previous_state": phase}) == locked
    for state in (EditionState.CANCELLED, EditionState.ARCHIVED):
        assert setting.is_locked({"state": state})


def of_setting(setting: Setting) -> st.SearchStrategy[Any]:
    """Any legal answer."""
    if setting.type is SettingType.FLAG:
        return st.booleans()
    if setting.type is SettingType.CHOICE:
        return st.sampled_from(list(setting.options))
    if setting.type is SettingType.SHARE:
        return st.fractions(setting.minimum, setting.maximum, max_denominator=100).map(str)
    if setting.type is SettingType.TEXT:
        return st.text("ąbc", max_size=int(setting.maximum))
    if setting.type is SettingType.LADDER:
        days = st.integers(-FARTHEST, FARTHEST)
        return st.lists(days, min_size=1, max_size=MOST_RUNGS, unique=True).map(sorted).map(written)
    numbers = st.integers(int(setting.minimum), int(setting.maximum))
    return numbers | st.just(NONE) if setting.type is SettingType.PERCENT_OR_NONE else numbers


ANSWERS = st.fixed_dictionaries({}, optional={setting.key: of_setting(setting) for setting in CATALOGUE})


@pytest.mark.slow
@given(ANSWERS, ANSWERS)
def test_what_was_answered_last_holds_and_only_what_differs_is_kept(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> None:
    settings = differing(differing({}, read(ASKED, first)), read(ASKED, second))
    expected = {key: setting.default for key, setting in SETTINGS.items()} | first | second
    assert values({"settings": settings}) == {key: SETTINGS[key].stored(one) for key, one in expected.items()}
    assert all(settings[key] != SETTINGS[key].default for key in settings)
    assert differing(settings, {key: setting.default for key, setting in SETTINGS.items()}) == {}


@given(ANSWERS)
def test_any_legal_settings_make_rules_of_votes(answers: Mapping[str, Any]) -> None:
    rules = vote_rules({"settings": differing({}, read(ASKED, answers))})
    assert rules.quorum.share >= Fraction(1, 3)
    assert rules.quorum.floor >= 3
    assert rules.majority.share > Fraction(1, 2)
    assert rules.parity is None or 34 <= rules.parity <= 100


def test_editions_from_before_keep_more_than_half_of_the_seats() -> None:
    old, new = vote_rules({"settings": dict(BEFORE_CATALOGUE)}), vote_rules({})
    assert (old.quorum.share, old.quorum.strict, new.quorum.strict) == (Fraction(1, 2), True, False)
