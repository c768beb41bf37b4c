"""The project sheet: its sections, what an edition settles about them, its versions, and two people at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.world import SHEET, World
from workflow.base.errors import BadInput, NotReady
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.rules.facts import Facts, Ref
from workflow.rules.sheet_sections import CATALOGUE, progress, section_digest, sections_of, values_of
from workflow.sheet.versions import VersionLine, texts_of, versions_of

PARTNERS = [{"partner": "Gmina Gąbin", "promise": "lokal"}, {"partner": "OSP", "promise": "transport"}]
BUDGET = [
    {"what": "Remont", "amount": "10 000,00", "source": "Gmina Gąbin", "own": True},
    {"what": "Meble", "amount": "2 500,50"},
]


def versions(world: World, ref: Ref) -> tuple[VersionLine, ...]:
    with world.database.reading() as tx:
        return versions_of(tx, ref.id, names_minors=True)


def digest(facts: Facts, name: str) -> str:
    return section_digest(name, values_of(facts.own))


def settle(world: World, ref: Ref, *rows: dict[str, Any]) -> None:
    world.take(world.edition_of(ref), "set_sections", "staff", sections=list(rows))


# --- what an edition settles ---------------------------------------------------------------------------------


def test_an_edition_that_says_nothing_has_the_catalogue(world: World) -> None:
    assert sections_of(world.facts(world.proposal_in("group_work")).edition) == CATALOGUE


def test_an_edition_settles_name_help_limit_and_need_of_a_section(world: World) -> None:
    ref = world.proposal_in("group_work")
    settle(
        world,
        ref,
        {"section": "risks", "label": "Zagrożenia {na}", "help": "Co dalej?", "required": False, "limit": 50},
    )
    risks = next(one for one in sections_of(world.facts(ref).edition) if one.name == "risks")
    assert (risks.label.say("pl"), risks.help and risks.help.say("pl")) == ("Zagrożenia {na}", "Co dalej?")
    assert (risks.required, risks.on, risks.limit) == (False, True, 50)
    assert progress(world.facts(ref)).all == 8
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "edit_sheet", "leader", risks="x" * 51)
    assert refusal.value.missing[0].code == "section_too_long"
    assert refusal.value.missing[0].field == "risks"


def test_a_section_that_is_off_is_not_needed_and_the_title_stays(world: World) -> None:
    ref = world.proposal_in("group_work")
    settle(world, ref, {"section": "goals", "on": False}, {"section": "title", "on": False, "required": False})
    found = {one.name: one for one in sections_of(world.facts(ref).edition)}
    assert not found["goals"].on
    assert found["title"].on
    assert "goals" not in {one.name for one in progress(world.facts(ref)).missing}


@pytest.mark.parametrize("harm", [{"on": False}, {"limit": 100}, {"section": "summary", "required": True}])
def test_what_was_handed_in_is_not_harmed_by_later_settings(world: World, harm: dict[str, Any]) -> None:
    ref = world.proposal_in("submitted")
    with pytest.raises(NotReady) as refusal:
        settle(world, ref, {"section": "goals", **harm})
    assert refusal.value.missing[0].code == "harms_handed_in"
    settle(world, ref, {"section": "goals", "help": "Napisz krótko.", "required": False})


# --- rows -------------------------------------------------------------------------------------------------------


def test_the_cost_is_the_sum_of_the_budget_lines(world: World) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", budget_lines=BUDGET, partners=PARTNERS)
    facts = world.facts(ref)
    assert facts["cost"] == 1_250_050
    assert facts["sheet"]["budget_lines"][0] == {
        "what": "Remont",
        "amount": 1_000_000,
        "source": "Gmina Gąbin",
        "own": True,
    }
    with pytest.raises(NotReady):
        world.take(ref, "edit_sheet", "leader", cost="5")
    world.take(ref, "edit_sheet", "leader", budget_lines=[])
    world.take(ref, "edit_sheet", "leader", budget_lines="")
    assert world.facts(ref)["cost"] is None


@pytest.mark.parametrize(
    "bad",
    [
        {"budget_lines": [{"what": "Remont"}]},
        {"budget_lines": [{"what": "Remont", "amount": "dużo"}]},
        {"budget_lines": [{"what": "Remont", "amount": "1", "color": "red"}]},
        {"budget_lines": "12 000"},
        {"partners": [["Gmina"]]},
        {"partners": [{"partner": "x" * 201}]},
        {"partners": [{"partner": f"Firma {n}"} for n in range(101)]},
        {"timetable": [{"from": "jutro", "what": "remont"}]},
        {"base": {"nothing": "0" * 16}},
        {"base": {"goals": "short"}},
    ],
)
def test_rows_that_make_no_sense_are_refused(world: World, bad: dict[str, Any]) -> None:
    ref = world.proposal_in("group_work")
    with pytest.raises(BadInput) as refusal:
        world.take(ref, "edit_sheet", "leader", **bad)
    assert set(refusal.value.fields) == set(bad)


def test_a_row_of_the_timetable_does_not_end_before_it_begins(world: World) -> None:
    ref = world.proposal_in("group_work")
    with pytest.raises(NotReady):
        world.take(
            ref, "edit_sheet", "leader", timetable=[{"from": "2026-05-02", "to": "2026-05-01", "what": "remont"}]
        )


# --- versions ---------------------------------------------------------------------------------------------------


def test_each_hand_in_keeps_a_numbered_version_with_the_receipt(world: World) -> None:
    ref = world.proposal_in("submitted")
    facts = world.facts(ref)
    world.send_back(ref)
    world.take(ref, "edit_sheet", "leader", risks="Inne ryzyko.")
    world.take(ref, "resubmit", "leader", explanation="Poprawione.")
    second, first = versions(world, ref)
    assert [(one.number, one.reason) for one in (first, second)] == [(1, "submitted"), (2, "resubmitted")]
    assert first.receipt == facts.entry("submission")["receipt"]
    assert (first.digest, first.by_name) == (facts.entry("submission")["digest"], "Leader")
    with world.database.reading() as tx:
        texts = texts_of(tx, ref.id, [1, 2, 7])
    assert texts.keys() == {1, 2}
    assert texts[1].content["sheet"]["risks"] == SHEET["risks"]
    assert texts[2].content["sheet"]["risks"] == "Inne ryzyko."


def test_a_hand_in_taken_back_keeps_its_version_and_the_next_has_the_next_number(world: World) -> None:
    ref = world.proposal_in("submitted")
    with world.writing() as tx:
        machine.undo(tx, ref, actor=world["staff"], at=world.at, version=None, reason="Pomyłka.")
    world.take(ref, "keep_version", "member", label="Po cofnięciu")
    world.take(ref, "submit", "leader")
    assert [(one.number, one.reason, one.label) for one in versions(world, ref)] == [
        (3, "submitted", ""), (2, "kept", "Po cofnięciu"), (1, "submitted", ""),
    ]  # fmt: skip


def test_what_goes_into_another_project_keeps_its_text(world: World) -> None:
    (kept,) = versions(world, world.proposal_in("merged"))
    assert kept.reason == "merged"


# --- two at once --------------------------------------------------------------------------------------------------


def test_different_sections_saved_by_two_people_do_not_conflict(world: World) -> None:
    ref = world.proposal_in("group_work")
    read = world.facts(ref)
    for who, name, text in (("leader", "goals", "Cel."), ("member", "risks", "Deszcz.")):
        world.take(ref, "edit_sheet", who, **{name: text}, base={name: digest(read, name)})
    assert (world.facts(ref)["sheet"]["goals"], world.facts(ref)["sheet"]["risks"]) == ("Cel.", "Deszcz.")


def test_a_section_written_over_a_text_that_is_gone_is_refused(world: World) -> None:
    ref = world.proposal_in("group_work")
    read = world.facts(ref)
    world.take(ref, "edit_sheet", "leader", goals="Cel lidera.", base={"goals": digest(read, "goals")})
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "edit_sheet", "member", goals="Cel członka.", base={"goals": digest(read, "goals")})
    assert (refusal.value.missing[0].code, refusal.value.missing[0].field) == ("section_changed", "goals")
    assert world.facts(ref)["sheet"]["goals"] == "Cel lidera."


def test_a_whole_form_writes_only_the_sections_that_were_changed_in_it(world: World) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", goals="Dawny cel.", partners="Gmina: lokal", budget_lines=BUDGET)
    read = world.facts(ref)
    world.take(ref, "edit_sheet", "leader", goals="Nowy cel.")
    form = {
        "goals": "Dawny cel.", "risks": "Deszcz.", "partners": [{"promise": "Gmina: lokal"}],
        "budget_lines": BUDGET, "cost": "",
    }  # fmt: skip
    base = {name: digest(read, name) for name in ("goals", "risks", "partners", "budget")}
    world.take(ref, "edit_sheet", "member", **form, base=base)
    sheet = world.facts(ref)["sheet"]
    assert (sheet["goals"], sheet["risks"], sheet["partners"]) == ("Nowy cel.", "Deszcz.", "Gmina: lokal")
    assert world.facts(ref)["cost"] == 1_250_050


def test_of_many_who_save_one_section_at_once_one_is_written_and_the_others_are_told(world: World) -> None:
    ref = world.proposal_in("group_work")
    base = {"goals": digest(world.facts(ref), "goals")}

    def save(number: int) -> str:
        try:
            with world.database.transaction() as tx:
                data = {"goals": f"Cel {number}.", "base": base}
                machine.take(tx, StepCommand(ref, "edit_sheet", actor=world["leader"], at=world.at, answers=data))
        except NotReady as refusal:
            return refusal.missing[0].code
        return f"Cel {number}."

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(save, range(6)))
    assert told.count("section_changed") == 5
    assert world.facts(ref)["sheet"]["goals"] in told


def test_many_who_save_different_sections_at_once_all_get_through(world: World) -> None:
    ref = world.proposal_in("group_work")
    read = world.facts(ref)
    names = ("goals", "risks", "problem", "activities", "beneficiaries", "sustainability")

    def save(name: str) -> None:
        data = {name: f"Tekst {name}.", "base": {name: digest(read, name)}}
        world.database.in_transaction(
            lambda tx: machine.take(
                tx, StepCommand(ref, "edit_sheet", actor=world["member"], at=world.at, answers=data)
            )
        )

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(save, names))
    assert {name: world.facts(ref)["sheet"][name] for name in names} == {name: f"Tekst {name}." for name in names}
