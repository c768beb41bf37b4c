from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.commands.lifecycle import command_lifecycle


def run(*words: str) -> Result:
    return CliRunner().invoke(command_lifecycle, words)


def test_check_passes_the_tables_of_the_product() -> None:
    told = run("check")

    assert told.exit_code == 0
    assert "local_partnership.toml: 18 states" in told.output
    assert "edition.toml: 13 states" in told.output


def test_check_tells_each_mistake_of_a_file_with_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('name = "wrong"\nversion = 0\n', "utf-8")

    told = run("check", str(wrong))

    assert told.exit_code == 1
    assert "wrong.toml:2: table: `version` must be a whole number above zero" in told.output
    assert "wrong.toml:1: table: missing key `state`" in told.output


def test_check_refuses_a_file_that_is_not_there() -> None:
    assert run("check", "/nowhere/at/all.toml").exit_code == 2


def test_diagram_draws_mermaid_in_the_language_asked_for() -> None:
    assert "stateDiagram-v2" in run("diagram").output
    assert 'state "Zgłoszony" as submitted' in run("diagram").output
    assert 'state "Submitted" as submitted' in run("diagram", "--language", "en").output


def test_diagram_knows_no_other_format() -> None:
    assert run("diagram", "--format", "svg").exit_code == 2


def test_show_prints_states_and_steps() -> None:
    told = run("show")

    assert "submitted: Zgłoszony (normal)" in told.output
    assert "  admit -> admitted: Dopuść do prezentacji; staff" in told.output


@pytest.mark.parametrize("command", ["show", "diagram"])
def test_an_unknown_table_is_a_usage_error_that_names_the_known(command: str) -> None:
    told = run(command, "--name", "nothing")

    assert told.exit_code == 2
    assert (
        "agreement, agreement_partner, change_request, conference, edition, hall_poll, local_partnership" in told.output
    )
