"""Somebody named for many proposals of a list at once: a result for each, one effect however often it is pressed."""

import re
from typing import Any

import pytest

from tests.web.stage import Stage, hidden
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

ADDRESS = "/edycje/lista/lista"
ASSIGN = f"{ADDRESS}/przydziel"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition("conferences", key="lista")


@pytest.fixture
def refs(stage: Stage, edition: Ref) -> list[Ref]:
    """Three ideas of one edition."""
    return [stage.world.idea(edition, title=f"Pomysł {number}") for number in range(3)]


def form(stage: Stage, refs: list[Ref], who: str = "animator", task: str = "animator", **more: Any) -> dict[str, Any]:
    """What the browser of the office sends after ticking these rows."""
    page = stage.page("staff", ADDRESS)
    ticked = {ref.id: f"{ref.id}:{stage.world.facts(ref).version}" for ref in refs}
    assert all(f'value="{one}"' in page for one in ticked.values())
    return {**hidden(page, ASSIGN), "proposal": list(ticked.values()), "who": f"{task}:{stage.world[who].id}", **more}


def send(stage: Stage, data: dict[str, Any], who: str = "staff") -> Any:
    browser = stage.as_(who)
    browser.get(ADDRESS)
    return browser.post(ASSIGN, {**data, "csrf_token": browser.token})


def results(page: str) -> list[str]:
    """The word that stands for each line of the answer."""
    return re.findall(r'data-label="Wynik"><div[^>]*>\s*<span class="badge[^>]*>(?:<svg.*?</svg>)?([^<]+)</span>', page)


def test_each_ticked_proposal_gets_the_person(stage: Stage, refs: list[Ref]) -> None:
    answer = send(stage, form(stage, refs[:2]))
    assert answer.status_code == 200
    assert results(answer.text) == ["Gotowe", "Gotowe"]
    animators = [stage.world.facts(ref)["animator_id"] for ref in refs]
    assert animators == [stage.world["animator"].id, stage.world["animator"].id, None]
    assert send(stage, form(stage, refs, who="staff2", task="reviewer")).status_code == 200
    assert {stage.world.facts(ref)["reviewer_id"] for ref in refs} == {stage.world["staff2"].id}


def test_pressing_twice_is_one_effect(stage: Stage, refs: list[Ref]) -> None:
    data = form(stage, refs)
    send(stage, data)
    before = [stage.entries(ref) for ref in refs]
    assert results(send(stage, data).text) == ["Już przydzielono"] * 3
    assert [stage.entries(ref) for ref in refs] == before


def test_one_that_somebody_changed_is_refused_alone_and_can_be_tried_again(stage: Stage, refs: list[Ref]) -> None:
    data = form(stage, refs)
    stage.world.take(refs[1], "edit_sheet", "leader", goals="Inny cel.")
    answer = send(stage, data)
    assert results(answer.text) == ["Gotowe", "Nie przydzielono", "Gotowe"]
    assert "W tym czasie ktoś zmienił te dane" in answer.text
    assert stage.world.facts(refs[1])["animator_id"] is None

    again = {**hidden(answer.text, ASSIGN)}
    assert again["proposal"] == f"{refs[1].id}:{stage.world.facts(refs[1]).version}"
    assert results(send(stage, again).text) == ["Gotowe"]
    assert stage.world.facts(refs[1])["animator_id"] == stage.world["animator"].id


def test_each_refusal_says_why(stage: Stage, refs: list[Ref]) -> None:
    stage.world.take(refs[0], "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    page = send(stage, form(stage, refs)).text
    assert sorted(results(page)) == ["Gotowe", "Gotowe", "Nie przydzielono"]
    assert "Tego kroku nie można teraz wykonać." in page


def test_nothing_moves_in_an_edition_that_rests(stage: Stage, edition: Ref, refs: list[Ref]) -> None:
    data = form(stage, refs)
    stage.world.take(edition, "suspend", "staff", reason="Brak środków.")
    page = send(stage, data).text
    assert results(page) == ["Nie przydzielono"] * 3
    assert "wstrzymana" in page


def test_everything_found_is_more_than_the_page(stage: Stage, edition: Ref, refs: list[Ref]) -> None:
    more = [stage.world.idea(edition, title=f"Ławka {number:02}") for number in range(30)]
    data = form(stage, refs[:0], query="q=lawki&sort=title", everything="1")
    assert results(send(stage, data).text) == ["Gotowe"] * 30
    assert all(stage.world.facts(ref)["animator_id"] for ref in more)
    assert not any(stage.world.facts(ref)["animator_id"] for ref in refs)


def test_what_is_more_than_one_request_takes_on_follows_at_the_next_press(
    stage: Stage, refs: list[Ref], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.bulk_assign.AT_ONCE", 2)
    answer = send(stage, form(stage, [], everything="1"))
    assert results(answer.text) == ["Gotowe", "Gotowe"]
    last = send(stage, hidden(answer.text, ASSIGN)).text
    assert results(last) == ["Gotowe"]
    assert "Dalej: następne" not in last
    assert all(stage.world.facts(ref)["animator_id"] for ref in refs)


def test_a_form_without_a_person_or_a_proposal_keeps_what_was_ticked(stage: Stage, refs: list[Ref]) -> None:
    data = form(stage, refs[:1])
    answer = send(stage, {**data, "who": ""})
    assert answer.status_code == 422
    assert "Wybierz osobę." in answer.text
    assert f'value="{data["proposal"][0]}" aria-labelledby="t{refs[0].id}" checked' in answer.text
    answer = send(stage, {**data, "proposal": []})
    assert answer.status_code == 422
    assert "Zaznacz co najmniej jeden projekt" in answer.text


@pytest.mark.parametrize("bad", ["", "x", "1", "1:x", "x:1", "9" * 30 + ":1", "1:1:1", "-1:2", "١:١"])
def test_a_form_that_was_tampered_with_touches_nothing(stage: Stage, refs: list[Ref], bad: str) -> None:
    assert send(stage, form(stage, refs, proposal=[bad])).status_code in (200, 422)
    assert send(stage, form(stage, refs, who="leader")).status_code == 422
    assert send(stage, form(stage, refs, task="coordinator")).status_code == 422
    assert {stage.entries(ref) for ref in refs} == {1}


def test_proposals_of_another_edition_are_left_alone(stage: Stage, refs: list[Ref]) -> None:
    other = stage.world.idea(stage.world.edition("conferences", key="inna"))
    send(stage, form(stage, refs[:1], proposal=[f"{other.id}:1"]))
    assert stage.world.facts(other)["animator_id"] is None


@pytest.mark.parametrize("who", ["animator", "leader", "chair", "secretary", "participant", "visitor", "admin"])
def test_only_the_office_is_offered_this_and_may_do_it(stage: Stage, refs: list[Ref], who: str) -> None:
    data = form(stage, refs)
    assert "przydziel" not in stage.page(who, ADDRESS)
    assert send(stage, data, who).status_code in (403, 404)
    assert not any(stage.world.facts(ref)["animator_id"] for ref in refs)


def test_visitors_are_sent_to_sign_in(stage: Stage, refs: list[Ref]) -> None:
    data = form(stage, refs)
    assert send(stage, data, "visitor").status_code in (403, 404)
    answer = stage.as_(None).post(ASSIGN, data)
    assert answer.status_code in (302, 303, 400, 403)
    assert not any(stage.world.facts(ref)["animator_id"] for ref in refs)
