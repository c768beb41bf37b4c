"""Every file keeps to the floors; the list of those that do not yet can only grow shorter."""

from pathlib import Path

import pytest

from tests.house import floors

# What is read of all files is read once.
pytestmark = pytest.mark.xdist_group("floors")
REMEDY = "clean by now, take it off the list: python -m tests.house.floors"


@pytest.mark.parametrize("check", floors.CHECKS)
def test_no_file_falls_below_a_floor(check: str) -> None:
    known = set(floors.known()[check])
    findings = floors.CHECKS[check]()
    assert {file: words for file, words in findings.items() if file not in known} == {}
    assert sorted(known - findings.keys()) == [], REMEDY


def test_the_lists_name_no_other_check() -> None:
    assert floors.known().keys() == floors.CHECKS.keys()


def test_files_and_functions_are_short() -> None:
    file, function = floors.medians()
    assert file <= floors.MEDIAN_FILE
    assert function <= floors.MEDIAN_FUNCTION


def test_a_word_that_was_given_up_is_found_in_names_comments_docstrings_and_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "workflow" / "a.py"
    source.parent.mkdir()
    source.write_text(
        '"""A courier."""\n\n\ndef take_alone() -> None:  # meanwhile\n    raise Named("the standing one")\n'
    )
    template = tmp_path / "web" / "templates" / "a.html"
    template.parent.mkdir(parents=True)
    template.write_text('<p>A standing wave</p>{{ lacking }}{{ _("meanwhile") }}')
    for name in ("README.md", "CONTRIBUTING.md"):
        (tmp_path / name).write_text("Plain.")
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    monkeypatch.setattr(floors, "sources", lambda: (source,))

    found = floors.words_out()
    assert found == {"workflow/a.py": ["courier", "alone", "meanwhile", "Named"], "web/templates/a.html": ["lacking"]}


def test_a_frozen_dataclass_is_found_and_a_struct_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("web", "workflow/voting"):
        source = tmp_path / package / "values.py"
        source.parent.mkdir(parents=True)
        source.write_text(
            '"""Values."""\n\n\n@dataclass(frozen=True, slots=True)\nclass Slow:\n    a: int\n\n\n'
            "class Quick(Struct, frozen=True):\n    a: int\n\n\n@dataclass(slots=True)\nclass Changing:\n    a: int\n"
        )
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    floors.sources.cache_clear()
    try:
        assert floors.slow_values() == {"web/values.py": ["Slow"]}
    finally:
        floors.sources.cache_clear()
