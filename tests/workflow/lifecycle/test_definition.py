import json
from pathlib import Path

import pytest

from workflow.lifecycle.definition import Ask, Lifecycle, LifecycleError, Names, Step, Text, TimerRule, load, registry

SMALL = Path(__file__).parent / "small.toml"
NAMES = Names(
    guards={"sheet_complete"},
    permissions={"staff", "leader", "appeal_body", "system"},
    effects={"start_clock"},
    inputs={"reasons", "slot"},
    topics={
        "proposal.idea_recorded",
        "proposal.rejected",
        "proposal.expired",
        "proposal.appealed",
        "proposal.appeal_dismissed",
        "proposal.appeal_upheld",
        "proposal.appeal_withdrawn",
        "proposal.settled",
        "proposal.deadline_neared",
    },
    timers={"due"},
)


@pytest.fixture
def small() -> Lifecycle:
    return load(SMALL, NAMES)


def rows_of(table: Lifecycle, state: str | None, name: str) -> tuple[Step, ...]:
    return tuple(row for row in table.steps_from(state) if row.name == name)


def test_a_table_keeps_its_name_version_and_subject(small: Lifecycle) -> None:
    assert (small.name, small.version, small.kind, small.initial) == ("small", 1, "proposal", "idea")


def test_labels_speak_both_languages(small: Lifecycle) -> None:
    assert small.states["appealed"].label == Text("W trakcie odwołania", "Under appeal")
    assert small.label.say("pl") == "Mała tabela"
    assert small.label.say("en") == "A small table"


def test_creating_steps_leave_no_state(small: Lifecycle) -> None:
    assert [step.name for step in small.steps_from(None)] == ["record_idea"]
    assert rows_of(small, None, "record_idea") == small.steps_from(None)


def test_rows_of_one_name_are_told_apart_by_the_remembered_state(small: Lifecycle) -> None:
    rows = rows_of(small, "appealed", "dismiss_appeal")

    assert [(row.id, row.came_from, row.target) for row in rows] == [
        ("S4a", ("idea",), "idea"),
        ("S4b", ("rejected",), "rejected"),
    ]


def test_a_name_unknown_in_the_state_has_no_rows(small: Lifecycle) -> None:
    assert rows_of(small, "settled", "reject") == ()
    assert rows_of(small, "nowhere", "reject") == ()


def test_steps_come_before_records_in_the_order_of_the_table(small: Lifecycle) -> None:
    names = [step.name for step in small.steps_from("idea")]

    assert names == ["reject", "expire", "appeal", "settle", "check_formally"]


def test_a_star_means_every_state_but_the_one_entered(small: Lifecycle) -> None:
    settle = rows_of(small, "idea", "settle")[0]

    assert settle.sources == ("idea", "rejected", "appealed")


def test_the_previous_state_may_be_any_that_was_left_for_a_remembering_one(small: Lifecycle) -> None:
    withdraw = rows_of(small, "appealed", "withdraw_appeal")[0]

    assert small.targets(withdraw, "appealed") == ("idea", "rejected")


def test_a_question_mark_makes_an_input_optional(small: Lifecycle) -> None:
    assert rows_of(small, "idea", "reject")[0].asks == (
        Ask("reasons", required=True),
        Ask("slot", required=False),
    )


def test_a_timer_counts_in_days_unless_told_otherwise(small: Lifecycle) -> None:
    assert rows_of(small, "idea", "expire")[0].timer == TimerRule("due", (3, 1), "days")


def test_a_record_stays_where_it_is(small: Lifecycle) -> None:
    record = rows_of(small, "settled", "check_formally")[0]

    assert record.is_record
    assert record.target is None
    assert record.tells is None
    assert small.targets(record, "settled") == ("settled",)


def test_each_row_knows_its_line(small: Lifecycle) -> None:
    lines = SMALL.read_text("utf-8").splitlines()

    assert all(lines[step.line - 1] == "[[step]]" for step in small.steps)
    assert all(lines[step.line - 1] == "[[record]]" for step in small.records)


def test_reminders_are_read(small: Lifecycle) -> None:
    (reminder,) = small.reminders

    assert (reminder.states, reminder.at) == (("idea",), "due")
    assert (reminder.before, reminder.after) == ("proposal.deadline_neared", None)


def test_the_digest_follows_the_content_not_the_layout(tmp_path: Path) -> None:
    text = SMALL.read_text("utf-8")
    spaced, changed = tmp_path / "a" / "small.toml", tmp_path / "b" / "small.toml"
    for path, content in ((spaced, f"# A comment.\n\n{text}"), (changed, text.replace("Pomysł", "Zamysł"))):
        path.parent.mkdir()
        path.write_text(content, "utf-8")

    assert load(spaced).digest == load(SMALL).digest
    assert load(changed).digest != load(SMALL).digest


def test_the_registry_holds_every_version(tmp_path: Path) -> None:
    text = SMALL.read_text("utf-8")
    (tmp_path / "small.v1.toml").write_text(text, "utf-8")
    (tmp_path / "small.toml").write_text(text.replace("version = 1", "version = 2"), "utf-8")

    assert sorted(registry(NAMES, folder=tmp_path)) == [("small", 1), ("small", 2)]


def test_the_registry_tells_the_mistakes_of_all_files(tmp_path: Path) -> None:
    text = SMALL.read_text("utf-8")
    (tmp_path / "small.v3.toml").write_text(text, "utf-8")
    (tmp_path / "other.toml").write_text(text, "utf-8")

    with pytest.raises(LifecycleError) as caught:
        registry(NAMES, folder=tmp_path)

    assert [mistake.file for mistake in caught.value.mistakes] == ["other.toml", "small.v3.toml"]


def test_the_same_version_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("small.toml", "small.v1.toml"):
        (tmp_path / name).write_text(SMALL.read_text("utf-8"), "utf-8")

    with pytest.raises(LifecycleError, match="two files"):
        registry(NAMES, folder=tmp_path)


def test_the_published_proposal_states_are_never_renamed() -> None:
    table = load(Path(__file__).parents[3] / "workflow/lifecycles/local_partnership.toml")
    published = json.loads((Path(__file__).parent / "published_states.json").read_text("utf-8"))

    assert list(table.states) == published["local_partnership"]
