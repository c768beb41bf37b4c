"""The machine of `transitions` moves every subject: its transitions are the table's rows, and without it nothing moves."""

import tomllib
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
import transitions

from tests.workflow.lifecycle.small_world import NOW, small_world
from tests.world import World
from workflow.base.errors import NoSuchStep
from workflow.db.database import Database
from workflow.engine import machine, state_machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.lifecycle.definition import FOLDER
from workflow.rules.registry import newest, tables

KINDS = ("proposal", "edition", "conference", "agreement")


class Broken(Exception):
    """What a broken `transitions` raises here."""


@pytest.fixture
def without_machines() -> Iterator[None]:
    """Machines are built anew in the test and after it."""
    for kept in (state_machine.machine_of, state_machine.possible_steps):
        kept.cache_clear()
    yield
    for kept in (state_machine.machine_of, state_machine.possible_steps):
        kept.cache_clear()


def raw_targets(name: str) -> dict[tuple[str, str], set[str]]:
    """State and step -> the states it may lead to, by the raw file alone."""
    raw = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    states = [state["key"] for state in raw["state"]]
    left_for: dict[str, set[str]] = {state["key"]: set() for state in raw["state"] if state.get("remembers")}
    for row in raw["step"]:
        if row["to"] in left_for:
            left_for[row["to"]] |= set(states) - {row["to"]} if row["from"] == ["*"] else set(row["from"])
    found: dict[tuple[str, str], set[str]] = {}
    for row in (*raw["step"], *raw["record"]):
        sources = row.get("from", row.get("in"))
        for state in [one for one in states if one != row.get("to")] if sources == ["*"] else sources:
            previous = left_for.get(state, set()) & set(row.get("came_from", left_for.get(state, set())))
            to = {None: {state}, "@previous": previous}.get(row.get("to"), {row.get("to")})
            found.setdefault((state, row["name"]), set()).update(to)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_machine_leads_where_the_raw_table_says_and_nowhere_else(kind: str) -> None:
    table = newest(kind)
    raw = raw_targets(table.name)
    names = {row.name for row in table.rows}
    for state, name in product(table.states, names):
        reached = set()
        for previous in (None, *table.states):
            try:
                reached.add(state_machine.state_after(table, name, state, previous))
            except NoSuchStep:
                continue
        assert reached == raw.get((state, name), set()), (state, name)
        assert (name in state_machine.possible_steps(table, state)) == ((state, name) in raw)


def test_rows_that_share_name_and_state_are_told_apart_by_the_state_that_was_left() -> None:
    table = newest("proposal")
    for left, target in (("not_admitted", "not_admitted"), ("not_selected", "not_selected"), ("reserve", "reserve")):
        row = state_machine.row_for(table, "dismiss_appeal", "appealed", left)
        assert row is not None
        assert left in row.came_from
        assert state_machine.state_after(table, "dismiss_appeal", "appealed", left) == target


def raising(*_arguments: Any, **_named: Any) -> Any:
    raise Broken


def elsewhere(self: Any, _state: Any, model: Any = None) -> None:
    """Whatever the transition says, the subject ends in the last state of all."""
    model.state = list(self.states)[-1]


def take_everywhere(world: World) -> list[Callable[[], Any]]:
    """A step of a proposal, of an edition, and the first step of an idea."""
    ref = world.proposal_in("submitted")
    edition = world.edition_of(ref)
    answers = {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}
    commands = (
        StepCommand(ref, "return_for_completion", world["staff"], world.at, answers=answers),
        StepCommand(ref, "merit_opinion", world["staff"], world.at, answers={
            "unit": "Wydział", "opinion": "positive", "justification": "Zasadny.",
        }),
        StepCommand(edition, "suspend", world["staff"], world.at, answers={"reason": "Powódź."}),
    )  # fmt: skip
    idea = CreateCommand("proposal", "record_idea", world["participant"], world.at, edition.id, {"title": "Pomysł"})
    return [
        *(lambda one=one: world.database.in_transaction(lambda tx: machine.take(tx, one)) for one in commands),
        lambda: world.database.in_transaction(lambda tx: machine.create(tx, idea)),
    ]


@pytest.mark.usefixtures("without_machines")
def test_no_step_is_taken_where_machines_cannot_be_built(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = take_everywhere(World(database))
    state_machine.machine_of.cache_clear()
    monkeypatch.setattr(transitions.Machine, "__init__", raising)
    for step in steps:
        with pytest.raises(Broken):
            step()


def test_no_step_is_taken_where_events_cannot_be_triggered(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = take_everywhere(World(database))
    monkeypatch.setattr(transitions.core.Event, "trigger", raising)
    for step in steps:
        with pytest.raises(Broken):
            step()


def test_a_subject_ends_where_the_machine_puts_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    monkeypatch.setattr(transitions.Machine, "set_state", elsewhere)
    last = list(newest("proposal").states)[-1]
    moved = world.take(ref, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    assert moved.target == last == world.state(ref)


@pytest.mark.usefixtures("without_machines")
def test_which_steps_are_open_is_asked_of_the_machine(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction() as tx:
        small = small_world(tx)
        facts = machine.facts_of(tx, [small.edition], actor=small.staff)[small.edition]
    assert machine.open_steps(facts, at=NOW)
    state_machine.possible_steps.cache_clear()
    monkeypatch.setattr(transitions.Machine, "get_triggers", lambda *_states: [])
    assert machine.open_steps(facts, at=NOW) == ()


def test_each_version_of_a_table_has_one_machine_without_a_model() -> None:
    for table in tables().values():
        built = state_machine.machine_of(table)
        assert built is state_machine.machine_of(table)
        assert built.models == []
