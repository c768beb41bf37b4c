"""What is expected next never foretells a verdict: the choices stand beside each other, whoever looks."""

import pytest

from tests.world import PEOPLE, SHEET, STATES, World
from workflow.db.database import Database
from workflow.engine import machine
from workflow.proposals.next_step import PROPOSAL, Expectation, awaited, expectation
from workflow.rules.facts import Ref
from workflow.rules.registry import newest, tables
from workflow.rules.verdicts import WORDS, Verdict


def expected(world: World, ref: Ref, name: str) -> Expectation | None:
    with world.database.reading() as tx:
        facts = machine.facts_of(tx, [ref], actor=world[name])[ref]
    return expectation(facts, machine.open_steps(facts, at=world.now))


@pytest.fixture(scope="module")
def shared_world(shared_sqlite: Database) -> World:
    return World(shared_sqlite)


@pytest.mark.parametrize("state", STATES)
def test_no_verdict_is_expected_of_anybody_before_its_alternatives(shared_world: World, state: str) -> None:
    world = shared_world
    ref, judged = world.proposal_in(state), 0
    for name in PEOPLE:
        found, previous = expected(world, ref, name), world.facts(ref).previous_state
        if found is None or not found.step.verdict:
            continue
        judged += 1
        alternatives = [
            row.id for row in newest("proposal").steps_from(state)
            if row.verdict == found.step.verdict and (not row.came_from or previous in row.came_from)
        ]  # fmt: skip
        assert [choice.step.id for choice in found.choices] == alternatives, name
    assert judged or state != "appealed"


def test_no_list_of_what_is_expected_names_a_row_that_decides() -> None:
    verdicts = {row.name for row in newest("proposal").rows if row.verdict}
    assert {"select", "admit", "uphold_selection_appeal", "accept_report"} <= verdicts
    assert not verdicts & {name for names in PROPOSAL.values() for name in names}


def test_rows_that_decide_have_no_tone_and_every_verdict_has_words() -> None:
    rows = [row for row in newest("proposal").rows if row.verdict]
    every = [row for table in tables().values() for row in table.rows]
    assert {row.tone for row in rows} == {"neutral"}
    assert {row.verdict for row in every} - {""} == set(Verdict) == set(WORDS)


@pytest.mark.parametrize(
    ("against", "steps"),
    [
        ("not_admitted", ["uphold_admission_appeal", "dismiss_appeal"]),
        ("not_selected", ["uphold_selection_appeal", "dismiss_appeal"]),
        ("reserve", ["uphold_selection_appeal", "dismiss_appeal"]),
    ],
)
def test_an_appeal_waits_for_one_of_the_decisions_that_fit_what_it_is_against(
    database: Database, against: str, steps: list[str]
) -> None:
    world = World(database)
    found = expected(world, world.proposal_in("appealed", came_from=against), "appeal_body")
    assert found is not None
    assert found.allowed
    assert [choice.step.name for choice in found.choices] == steps


def test_whoever_drafted_a_refusal_is_not_asked_to_judge_it(world: World) -> None:
    ref = world.proposal_in("submitted")
    world.verify(ref)
    world.take(ref, "draft_refusal", "staff", ground="merit_powers", justification="Poza zadaniami powiatu.")
    drafter, other = expected(world, ref, "staff"), expected(world, ref, "staff2")
    assert drafter is not None
    assert other is not None
    assert (drafter.mine, other.allowed) == (False, True)
    assert {choice.step.name for choice in other.choices if choice.allowed} >= {"refuse_admission"}


def test_a_final_report_waits_for_the_choice_of_the_office_and_when_returned_for_the_coordinator(world: World) -> None:
    ref = world.proposal_in("in_implementation")
    for milestone in world.milestones(ref):
        world.take(milestone, "finish", "coordinator", outcome_text="Gotowe.")
    world.take(ref, "final_report", "coordinator", report="Świetlica działa.")
    assert awaited(world.facts(ref)) == ["accept_final_report", "return_final_report"]
    world.take(ref, "return_final_report", "staff", reason="Brak zestawienia.")
    assert awaited(world.facts(ref))[0] == "final_report"


def test_what_only_comes_in_on_paper_is_expected_of_those_who_hand_it_in(world: World) -> None:
    ref = world.proposal_in("group_work")
    for name, is_mine in (("leader", True), ("staff", False)):
        next_ = expected(world, ref, name)
        assert next_ is not None
        assert next_.mine is is_mine, name
    world.take(ref, "edit_sheet", "leader", **SHEET)
    of_leader, of_staff = (expected(world, ref, name) for name in ("leader", "staff"))
    assert of_leader is not None
    assert of_staff is not None
    assert (of_leader.step.name, of_leader.mine) == ("submit", True)
    assert (of_staff.step.name, of_staff.mine) == ("submit", False)
