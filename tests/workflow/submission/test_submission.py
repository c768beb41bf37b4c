"""Handing in: one receipt, one frozen text, a clean table for those who check it, and two people for a refusal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select

from tests.world import World
from workflow.base.errors import BadInput, NotReady
from workflow.db.database import Database
from workflow.engine import machine
from workflow.models import Receipt, SheetVersion
from workflow.proposals.next_step import awaited
from workflow.rules.facts import EMPTY, ActorRights, Facts, Ref
from workflow.rules.sheet_sections import CATALOGUE, COLUMNS
from workflow.submission.queries import handed_in_at, submissions_of

TEXTS = st.text(max_size=40)


@pytest.fixture
def world(database: Database) -> World:
    return World(database, now=datetime(2026, 9, 14, 8, 0, tzinfo=UTC))


def sheet_of(values: dict[str, Any]) -> Facts:
    own = {name: values.get(name) for name in COLUMNS}
    own["sheet"] = {name: value for name, value in values.items() if name not in COLUMNS}
    return Facts(
        Ref("proposal", 1), "local_partnership", 1, "group_work", 1, None, None, "", {}, own, EMPTY, ActorRights()
    )


FIELDS = [field for section in CATALOGUE for field in section.fields]
SHEETS = st.fixed_dictionaries(
    {name: TEXTS for name in FIELDS if name not in ("cost", "budget_lines", "places")}
    | {"cost": st.none() | st.integers(0, 10**9), "places": st.lists(TEXTS, max_size=3)}
)


@given(SHEETS, st.randoms(use_true_random=False))
def test_the_digest_is_the_same_whatever_the_order_in_which_the_text_is_kept(
    values: dict[str, Any], chance: Any
) -> None:
    names = list(values)
    chance.shuffle(names)
    shuffled = {name: values[name] for name in names}
    assert sheet_of(values).sheet_digest() == sheet_of(shuffled).sheet_digest()


@given(SHEETS, st.sampled_from(FIELDS), TEXTS)
def test_a_change_of_any_section_changes_the_digest(values: dict[str, Any], field: str, text: str) -> None:
    before, after = sheet_of(values), sheet_of({**values, field: text})
    assert (before.sheet_digest() == after.sheet_digest()) is (values.get(field) == text)


def test_a_receipt_names_edition_project_and_entry_of_the_history(world: World) -> None:
    ref = world.proposal_in("submitted")
    facts = world.facts(ref)
    number = facts.entry("submission")["receipt"]
    assert number == f"{facts.edition['key']}/{facts['number']}/{facts.version}"
    with world.database.reading() as tx:
        row = tx.execute(select(Receipt.digest, Receipt.at, SheetVersion.digest, SheetVersion.at).join(
            SheetVersion, SheetVersion.receipt == Receipt.number).where(Receipt.number == number)).one()  # fmt: skip
    assert row[0] == row[2] == facts.sheet_digest() == facts.entry("submission")["digest"]
    assert row[1] == row[3] == world.at


def test_a_receipt_is_never_given_twice_also_after_the_step_was_taken_back(world: World) -> None:
    ref = world.proposal_in("submitted")
    with world.database.transaction() as tx:
        machine.undo(tx, ref, actor=world["staff"], at=world.at, reason="Pomyłka.", version=world.facts(ref).version)
    world.take(ref, "submit", "leader")
    world.send_back(ref)
    world.take(ref, "resubmit", "leader", explanation="Bez zmian.")
    with world.database.reading() as tx:
        found = submissions_of(tx, ref.id, names_minors=True)
    assert [one.reason for one in found] == ["resubmitted", "submitted", "submitted"]
    assert len({one.receipt for one in found}) == 3


def test_a_receipt_can_be_checked_by_number_and_digest_together(world: World) -> None:
    ref = world.proposal_in("submitted")
    kept = world.facts(ref).entry("submission")
    with world.database.reading() as tx:
        assert handed_in_at(tx, kept["receipt"], kept["digest"]) == world.at
        assert handed_in_at(tx, kept["receipt"], "0" * 64) is None
        assert handed_in_at(tx, "inna/1/1", kept["digest"]) is None


# --- point by point --------------------------------------------------------------------------------------


def note(world: World, ref: Ref, who: str = "staff", **answers: str) -> None:
    rows = [{"point": point, "answer": answer} | ({"remark": "Brak."} if answer == "no" else {})
            for point, answer in answers.items()]  # fmt: skip
    world.take(ref, "checklist", who, points=rows)


def lacks(world: World, ref: Ref, step: str, who: str = "staff") -> set[str]:
    found = machine.open_steps(world.facts(ref, who), at=world.at)
    return {lack.code for one in found if one.step.name == step for lack in one.missing}


def test_points_are_kept_piece_by_piece_with_who_found_them(world: World) -> None:
    ref = world.proposal_in("submitted")
    note(world, ref, complete="yes", on_time="yes")
    assert "formal_check_failed" in lacks(world, ref, "admit")
    note(world, ref, "staff2", complete="yes", leader="yes", partners="not_applicable", area="yes")
    points = world.facts(ref).entry("checklist")["points"]
    assert points["complete"]["by"] == world["staff"].id
    assert points["leader"]["by"] == world["staff2"].id
    assert lacks(world, ref, "admit") == {"no_merit_opinion"}


def test_a_point_that_is_not_in_order_stands_in_the_way(world: World) -> None:
    ref = world.proposal_in("submitted")
    world.verify(ref)
    assert lacks(world, ref, "admit") == set()
    note(world, ref, on_time="no")
    assert lacks(world, ref, "admit") == {"formal_check_failed"}
    note(world, ref, on_time="yes", feasible="no")
    assert lacks(world, ref, "admit") == {"merit_point_wanting"}
    note(world, ref, feasible="not_applicable")
    world.take(ref, "admit", "staff")


def test_a_no_says_what_is_wanting(world: World) -> None:
    ref = world.proposal_in("submitted")
    with pytest.raises(BadInput):
        world.take(ref, "checklist", "staff", points=[{"point": "area", "answer": "no"}])
    world.take(ref, "checklist", "staff", points=[{"point": "area", "answer": "no", "remark": "Inny powiat."}])


def test_the_check_is_expected_until_each_formal_point_has_an_answer(world: World) -> None:
    ref = world.proposal_in("submitted")
    for answers in ({}, {"partners": "yes"}):
        if answers:
            note(world, ref, **answers)
        assert awaited(world.facts(ref, "staff"))[0] == "checklist"
    # The system knows that the sheet is complete, in time, and has a leader.
    note(world, ref, area="yes")
    assert awaited(world.facts(ref, "staff"))[0] == "merit_opinion"
    assert lacks(world, ref, "admit") == {"no_merit_opinion"}


def test_points_that_nobody_asks_about_are_refused(world: World) -> None:
    ref = world.proposal_in("submitted")
    with pytest.raises(BadInput):
        note(world, ref, colour="yes")
    with pytest.raises(BadInput):
        note(world, ref, complete="maybe")


def test_handing_in_again_begins_a_new_check_beside_what_was_found_before(world: World) -> None:
    ref = world.proposal_in("submitted")
    note(world, ref, complete="yes", partners="no")
    world.send_back(ref)
    world.take(ref, "resubmit", "leader", explanation="Dopisaliśmy.")
    kept = world.facts(ref).entry("checklist")
    assert "points" not in kept
    assert {point: said["answer"] for point, said in kept["before"].items()} == {"complete": "yes", "partners": "no"}
    assert "no_formal_check" in lacks(world, ref, "admit")


def test_what_the_office_notes_at_a_point_is_its_own(world: World) -> None:
    ref = world.proposal_in("submitted")
    note(world, ref, complete="no")
    for who, sees in (("staff", True), ("leader", False), ("member", False)):
        shown = machine.open_steps(world.facts(ref, who), at=world.at)
        codes = {lack.code for one in shown if one.step.name == "admit" for lack in one.missing}
        assert ("formal_check_failed" in codes) is sees
        assert ("checklist" in world.facts(ref, who).recorded) or sees


# --- back for completion ---------------------------------------------------------------------------------


def test_a_project_goes_back_with_reasons_by_section_or_with_plain_ones(world: World) -> None:
    ref = world.proposal_in("submitted")
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "return_for_completion", "staff", explanation="Proszę uzupełnić.")
    assert [one.code for one in refusal.value.missing] == ["no_reason"]
    reasons = [{"section": "partners", "reason": "partners", "words": "Brak zgody gminy."},
               {"section": "budget", "reason": "budget"}]  # fmt: skip
    world.take(ref, "return_for_completion", "staff", section_reasons=reasons, explanation="Proszę uzupełnić.")
    assert world.facts(ref).entry("completion_call")["section_reasons"] == reasons
    other = world.proposal_in("submitted")
    world.take(other, "return_for_completion", "staff", reasons=["unclear"], explanation="Proszę uzupełnić.")
    assert world.state(other) == "returned"


def test_a_reason_for_a_section_that_does_not_exist_is_refused(world: World) -> None:
    ref = world.proposal_in("submitted")
    with pytest.raises(BadInput) as refusal:
        world.take(ref, "return_for_completion", "staff", explanation="Proszę.",
                   section_reasons=[{"section": "colour", "reason": "unclear"}])  # fmt: skip
    assert "section_reasons" in refusal.value.fields


# --- four eyes -------------------------------------------------------------------------------------------


def draft(world: World, ref: Ref, who: str) -> None:
    world.take(ref, "draft_refusal", who, ground="merit_powers", justification="Poza zadaniami powiatu.")


def test_whoever_wrote_the_draft_that_stands_does_not_confirm_it(world: World) -> None:
    ref = world.proposal_in("submitted")
    assert lacks(world, ref, "refuse_admission") == {"no_refusal_draft"}
    draft(world, ref, "staff")
    assert lacks(world, ref, "refuse_admission") == {"same_person"}
    assert lacks(world, ref, "refuse_admission", "staff2") == set()
    draft(world, ref, "staff2")
    assert lacks(world, ref, "refuse_admission", "staff2") == {"same_person"}
    assert lacks(world, ref, "refuse_admission") == set()
    draft(world, ref, "staff")
    with pytest.raises(NotReady):
        world.take(ref, "refuse_admission", "staff")
    world.take(ref, "refuse_admission", "staff2")
    assert world.facts(ref).entry("deciders")["ids"] == sorted([world["staff"].id or 0, world["staff2"].id or 0])


@pytest.mark.parametrize("left_out", ["ground", "justification"])
def test_a_refusal_needs_a_ground_from_the_list_and_words(world: World, left_out: str) -> None:
    ref = world.proposal_in("submitted")
    data = {"ground": "merit_cost", "justification": "Za drogo."}
    with pytest.raises(BadInput) as refusal:
        world.take(ref, "draft_refusal", "staff", **{name: value for name, value in data.items() if name != left_out})
    assert left_out in refusal.value.fields


def test_somebody_of_the_group_neither_drafts_nor_confirms(world: World) -> None:
    ref = world.proposal_in("submitted")
    facts = world.facts(ref)
    inside = replace(facts, rights=replace(facts.rights, group_role="member"))
    for step in ("draft_refusal", "refuse_admission", "admit", "checklist"):
        one = next(one for one in machine.open_steps(inside, at=world.at) if one.step.name == step)
        assert "in_the_group" in {lack.code for lack in one.missing}
