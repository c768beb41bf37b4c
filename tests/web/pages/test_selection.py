"""The committee's table: one resolution for many projects, and one announcement of them all."""

from typing import Any

import pytest

from tests.web.stage import Stage, hidden
from workflow.rules.facts import Ref

TABLE = "/edycje/wybor/ogloszenie"


@pytest.fixture
def presented(stage: Stage) -> list[Ref]:
    """Three presented projects in an edition whose selection is open."""
    world = stage.world
    with world.writing():
        edition = world.edition("conferences", key="wybor")
        world.at = world.now
        refs = [world.idea(edition, title=f"Projekt {number}") for number in (1, 2, 3)]
        world.wait(-40)
        for ref in refs:
            for one in (world.form_group, world.submit, world.admit):
                one(ref)
        world.wait(40)
        for ref in refs:
            world.present(ref)
        world.to_phase(edition, "selection")
    return refs


def decide(stage: Stage, refs: list[Ref], *chosen: str) -> None:
    """The committee adopts a list about the first of the projects; the third has the first place of the reserve."""
    stage.world.adopt(dict(zip(refs, chosen, strict=False)), positions={refs[2]: 1})


def states(stage: Stage, refs: list[Ref]) -> list[str]:
    return [stage.world.state(ref) for ref in refs]


def announce(stage: Stage, who: str) -> Any:
    browser = stage.as_(who)
    page = browser.get(TABLE).text
    shown = [line.split('"')[0] for line in page.split('name="proposal" value="')[1:]]
    return browser.post(f"{TABLE}/oglos", {**hidden(page), "proposal": shown})


def test_the_announcement_moves_everything_decided_at_once(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "reject", "select", "place_on_reserve")
    assert announce(stage, "chair").status_code == 303
    assert states(stage, presented) == ["not_selected", "selected", "reserve"]


def test_one_refused_project_holds_the_whole_announcement(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select", "select")
    stage.world.declare_conflict(presented[1], "committee1", "Sąsiad lidera.")
    answer = announce(stage, "chair")
    assert answer.status_code == 422
    assert "Nie zapisano z powodu projektu: Projekt 2" in answer.text
    assert states(stage, presented) == ["presented"] * 3


def test_only_the_chair_announces(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select")
    assert announce(stage, "secretary").status_code == 403
    assert announce(stage, "committee1").status_code == 403
    assert states(stage, presented) == ["presented"] * 3


@pytest.mark.usefixtures("presented")
@pytest.mark.parametrize(("who", "status"), [("committee1", 200), ("staff", 200), ("leader", 403), ("visitor", 403)])
def test_the_table_is_for_the_committee_and_the_office(stage: Stage, who: str, status: int) -> None:
    assert stage.as_(who).get(TABLE).status_code == status


def test_the_table_takes_a_fixed_number_of_statements(stage: Stage, presented: list[Ref]) -> None:
    assert stage.count("chair", TABLE) <= 10
    decide(stage, presented, "select", "select")
    first = stage.count("chair", TABLE)
    stage.world.adopt({presented[2]: "reject"})
    assert stage.count("chair", TABLE) == first
    # With what would happen, and whom a letter would reach.
    assert first <= 25


def test_the_chair_sees_what_an_announcement_will_do(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select", "select", "reject")
    page = stage.page("chair", TABLE)
    assert "Stan zmieni się na: Wybrany do realizacji. Liczba projektów: 2." in page
    assert "Powiadomienia e-mailem i w skrzynce:" in page
    assert 'name="digest"' in page
    assert 'name="digest"' not in stage.page("secretary", TABLE)


def test_an_announcement_on_an_older_preview_is_refused_with_what_has_changed(
    stage: Stage, presented: list[Ref]
) -> None:
    decide(stage, presented, "select", "select")
    chair = stage.as_("chair")
    page = chair.get(TABLE).text
    fields = {**hidden(page), "proposal": [line.split('"')[0] for line in page.split('name="proposal" value="')[1:]]}
    stage.world.take(presented[1], "assign_animator", "staff", person=stage.world["animator"].id)
    answer = chair.post(f"{TABLE}/oglos", fields)
    assert answer.status_code == 409
    assert "Coś się zmieniło, odkąd otwarto tę stronę" in answer.text
    assert "<li>Projekt 2</li>" in answer.text
    assert "<li>Projekt 1</li>" not in answer.text
    assert states(stage, presented) == ["presented"] * 3


def test_an_announcement_that_confirms_no_preview_is_refused(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select")
    chair = stage.as_("chair")
    fields = {name: value for name, value in hidden(chair.get(TABLE).text).items() if not name.startswith("seen-")}
    assert chair.post(f"{TABLE}/oglos", {**fields, "proposal": str(presented[0].id)}).status_code == 409
    assert states(stage, presented) == ["presented"] * 3
