"""The tables hold every state and row of the programme's description, neither lost nor renamed."""

import json
from pathlib import Path
from typing import Any

import pytest

from workflow.lifecycle.definition import FOLDER, Lifecycle, load

HERE = Path(__file__).parent
DESCRIBED = json.loads((HERE / "described_rows.json").read_text("utf-8"))
PUBLISHED = HERE.parents[3] / "shared" / "domain"
FILES = {"local_partnership": "proposal-lifecycle.json", "edition": "edition-lifecycle.json"}
# Added to the description: past editions are kept readable.
ADDED_STATES = {"edition": {"archived"}}
ADDED_ROWS = {"edition": {"E13"}, "local_partnership": {"T01b", "T20d", "T20x"}}
# An offer of a place is accepted by the leader, declined by the leader, or lapses; the committee resolves to make it.
# Wider than described: an administrator may found an edition before anybody is of its staff; and what a resolution
# decided may be announced by the office, so that there is a second person for it.
# Decisions are announced by the office as well, and by the deputy who stood in for the chair.
ANNOUNCE = {"committee_chair", "announcing_deputy", "staff"}
WHO = {"E00": {"staff_anywhere", "admin"}, **dict.fromkeys(("T12", "T13", "T14", "E05"), ANNOUNCE)} | {
    "T20": {"group_leader"}, "T22": {"committee_chair", "staff"},
}  # fmt: skip


def table(name: str) -> Lifecycle:
    return load(FOLDER / f"{name}.toml")


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_described_state_is_in_the_table(name: str) -> None:
    assert set(table(name).states) == set(DESCRIBED[name]["states"]) | ADDED_STATES.get(name, set())


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_described_row_is_in_the_table_and_no_other(name: str) -> None:
    steps = {step.id: step for step in table(name).steps}
    described = {row[0]: row for row in DESCRIBED[name]["rows"]}

    assert steps.keys() == described.keys() | ADDED_ROWS.get(name, set())
    for number, (_, trigger, sources, target, who) in described.items():
        step = steps[number]
        assert (step.name, set(step.sources), step.target) == (trigger, set(sources), target), number
        assert set(step.who) == WHO.get(number, set(who)), number


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_frozen_rows_are_those_of_the_description(name: str) -> None:
    path = PUBLISHED / FILES[name]
    if not path.exists():
        return
    published = json.loads(path.read_text("utf-8"))

    assert DESCRIBED[name]["states"] == [state["key"] for state in published["states"]]
    assert DESCRIBED[name]["rows"] == [frozen(row) for row in published["transitions"]]


def frozen(row: dict[str, Any]) -> list[Any]:
    sources = [source for source in row["source"] if source != "[*]"]
    target = "@previous" if row["target"] == "(previous)" else row["target"]
    return [row["id"], row["trigger"], sources, target, row["who"]]
