"""Several people at one sheet, and one person who comes back to it: nothing that was typed is lost."""

import re
from typing import Any

from tests.conftest import database_url as database_url
from tests.web.pages.test_sheet import sheet
from tests.web.stage import Stage, hidden, send
from workflow.rules.facts import Ref


def draft(stage: Stage, who: str, ref: Ref, name: str, **typed: Any) -> Any:
    browser = stage.as_(who)
    fields = hidden(browser.get(sheet(ref, name)).text, sheet(ref, name))
    return browser.post(f"{sheet(ref, name)}/szkic", {**fields, **typed, "typed": "1"})


def test_the_pages_take_a_fixed_number_of_statements(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    paths = (sheet(ref), sheet(ref, "goals"), sheet(ref, "calosc"))
    first = [stage.count("leader", path) for path in paths]
    for name in ("goals", "risks", "problem", "activities"):
        draft(stage, "member", ref, name, **{name: "Szkic."})
        draft(stage, "leader", ref, name, **{name: "Mój szkic."})
    assert [stage.count("leader", path) for path in paths] == first
    assert max(first) <= 10


# --- two people -------------------------------------------------------------------------------------------------


def test_two_people_on_one_section_lose_nothing(stage: Stage) -> None:
    ref, leader, member = stage.world.proposal_in("group_work"), stage.as_("leader"), stage.as_("member")
    fields = hidden(member.get(sheet(ref, "goals")).text, sheet(ref, "goals"))
    send(leader, sheet(ref, "goals"), goals="Cel lidera.")
    answer = member.post(sheet(ref, "goals"), {**fields, "goals": "Cel członka."})
    assert answer.status_code == 409
    assert all(
        text in answer.text
        for text in ("W tym czasie ktoś to zmienił", "Cel lidera.", "Cel członka.", "<del>", "<ins>")
    )
    again = member.post(sheet(ref, "goals"), {**hidden(answer.text, sheet(ref, "goals")), "goals": "Wspólny cel."})
    assert again.status_code == 303
    assert stage.world.facts(ref)["sheet"]["goals"] == "Wspólny cel."


def test_two_people_on_different_sections_do_not_meet(stage: Stage) -> None:
    ref, leader, member = stage.world.proposal_in("group_work"), stage.as_("leader"), stage.as_("member")
    fields = hidden(member.get(sheet(ref, "calosc")).text, sheet(ref, "calosc"))
    send(leader, sheet(ref, "goals"), goals="Cel lidera.")
    whole = {**fields, "title": "Świetlica „Razem”", "risks": "Deszcz.", "goals": "", "sector": "gospodarka"}
    assert member.post(sheet(ref, "calosc"), whole).status_code == 303
    assert stage.world.facts(ref)["sheet"]["goals"] == "Cel lidera."
    assert stage.world.facts(ref)["sheet"]["risks"] == "Deszcz."


def test_a_whole_sheet_that_clashes_in_one_section_takes_over_the_others(stage: Stage) -> None:
    ref, leader, member = stage.world.proposal_in("group_work"), stage.as_("leader"), stage.as_("member")
    fields = hidden(member.get(sheet(ref, "calosc")).text, sheet(ref, "calosc"))
    for name in ("goals", "problem"):
        send(leader, sheet(ref, name), **{name: f"Lider: {name}."})
    whole = {**fields, "title": "Świetlica „Razem”", "sector": "gospodarka", "goals": "Członek: goals.", "problem": ""}
    answer = member.post(sheet(ref, "calosc"), whole)
    assert answer.status_code == 409
    assert re.findall(r'id="theirs-(\w+)"', answer.text) == ["goals"]
    assert "Lider: problem." in answer.text
    again = {**hidden(answer.text, sheet(ref, "calosc")), "title": "Świetlica „Razem”", "sector": "gospodarka",
             "goals": "Wspólny.", "problem": "Lider: problem."}  # fmt: skip
    assert member.post(sheet(ref, "calosc"), again).status_code == 303
    assert stage.world.facts(ref)["sheet"]["goals"] == "Wspólny."
    assert stage.world.facts(ref)["sheet"]["problem"] == "Lider: problem."


def test_the_second_sees_the_first_before_typing(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    stage.page("leader", sheet(ref, "goals"))
    assert "Tę część ma otwartą Leader od godz." in stage.page("member", sheet(ref, "goals"))
    assert "Tę część ma otwartą Leader od godz." in stage.page("member", sheet(ref))
    assert "ma otwartą" not in stage.page("member", sheet(ref, "risks"))
    assert "Tę część ma otwartą Member od godz." in draft(stage, "leader", ref, "goals", goals="Cel.").text
    assert "ma otwartą" not in stage.page("staff", sheet(ref))


def test_whoever_has_saved_is_no_longer_at_work(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    send(leader, sheet(ref, "goals"), goals="Cel.")
    assert "ma otwartą Leader" not in stage.page("member", sheet(ref, "goals"))


def test_whoever_goes_away_is_no_longer_at_work_and_keeps_the_draft(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    draft(stage, "leader", ref, "goals", goals="Szkic.")
    assert "ma otwartą Leader" in stage.page("member", sheet(ref, "goals"))
    fields = hidden(leader.get(sheet(ref, "goals")).text, sheet(ref, "goals"))
    leader.post(sheet(ref, "goals/szkic"), {**fields, "goals": "Szkic.", "away": "1"})
    assert "ma otwartą Leader" not in stage.page("member", sheet(ref, "goals"))
    assert "Masz szkic" in leader.get(sheet(ref, "goals")).text


# --- drafts -----------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_for_its_writer_offered_again_and_gone_when_saved(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    assert draft(stage, "leader", ref, "partners", **{"partners-0-partner": "Gmina Łąck"}).status_code == 200
    assert "partners" not in stage.world.facts(ref)["sheet"]
    assert "Masz szkic" in stage.page("leader", sheet(ref, "partners"))
    assert "Masz szkic, którego nie zapisano w karcie" in stage.page("leader", sheet(ref))
    assert "Gmina Łąck" not in stage.page("member", sheet(ref, "partners"))
    leader = stage.as_("leader")
    page = leader.get(f"{sheet(ref, 'partners')}?szkic=1").text
    assert 'value="Gmina Łąck"' in page
    leader.post(sheet(ref, "partners"), {**hidden(page, sheet(ref, "partners")), "partners-0-partner": "Gmina Łąck"})
    assert stage.world.facts(ref)["sheet"]["partners"] == [{"partner": "Gmina Łąck"}]
    assert "Masz szkic" not in stage.page("leader", sheet(ref, "partners"))


def test_a_draft_over_a_text_that_changed_meets_it_when_saved(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    draft(stage, "leader", ref, "goals", goals="Mój szkic.")
    send(stage.as_("member"), sheet(ref, "goals"), goals="Cel członka.")
    leader = stage.as_("leader")
    assert "Od tego czasu ktoś zapisał tę część." in leader.get(sheet(ref, "goals")).text
    page = leader.get(f"{sheet(ref, 'goals')}?szkic=1").text
    answer = leader.post(sheet(ref, "goals"), {**hidden(page, sheet(ref, "goals")), "goals": "Mój szkic."})
    assert answer.status_code == 409
    assert all(text in answer.text for text in ("Mój szkic.", "Cel członka."))


def test_a_draft_that_says_nothing_new_or_is_discarded_is_not_offered(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    fields = hidden(leader.get(sheet(ref, "goals")).text, sheet(ref, "goals"))
    for text in ("Szkic.", ""):
        leader.post(f"{sheet(ref, 'goals')}/szkic", {**fields, "goals": text, "typed": "1"})
    assert "Masz szkic" not in leader.get(sheet(ref, "goals")).text
    draft(stage, "leader", ref, "goals", goals="Szkic.")
    door = sheet(ref, "goals/odrzuc-szkic")
    assert leader.post(door, hidden(leader.get(sheet(ref, "goals")).text, door)).status_code == 303
    assert "Masz szkic" not in leader.get(sheet(ref, "goals")).text


def test_drafts_of_the_whole_sheet_are_kept_by_section(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    draft(stage, "leader", ref, "calosc", title="Świetlica „Razem”", sector="gospodarka", goals="Szkic celu.", risks="")
    assert "ma otwartą" not in stage.page("member", sheet(ref, "risks"))
    assert "Masz szkic" in stage.page("leader", sheet(ref, "goals"))
    assert "Masz szkic" not in stage.page("leader", sheet(ref, "risks"))


def test_a_draft_that_is_too_long_is_left_to_the_browser(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    assert draft(stage, "leader", ref, "goals", goals="x" * 300_000).status_code == 422


# --- one person in two windows ------------------------------------------------------------------------------------


def typed_in(browser: Any, fields: dict[str, str], ref: Ref, name: str, text: str) -> str:
    answer = browser.post(f"{sheet(ref, name)}/szkic", {**fields, name: text, "typed": "1"})
    assert answer.status_code == 200
    return str(answer.text)


def test_two_windows_of_one_person_keep_a_draft_each_and_say_so(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    path = sheet(ref, "goals")
    phone, laptop = (hidden(leader.get(path).text, path) for _window in range(2))
    assert phone["windows"] != laptop["windows"]
    assert "w innym oknie" not in typed_in(leader, phone, ref, "goals", "Z telefonu.")
    assert "w innym oknie lub na innym urządzeniu" in typed_in(leader, laptop, ref, "goals", "Z laptopa.")
    assert "w innym oknie lub na innym urządzeniu" in typed_in(leader, phone, ref, "goals", "Z telefonu, dalej.")
    page = leader.get(path).text
    assert page.count("Masz szkic") + page.count("odrzuc-szkic") >= 2
    for window, text in ((phone, "Z telefonu, dalej."), (laptop, "Z laptopa.")):
        assert text in leader.get(f"{path}?szkic={window['windows']}").text

    assert leader.post(path, {**laptop, "goals": "Z laptopa."}).status_code == 303
    again = leader.post(path, {**phone, "goals": "Z telefonu, dalej."})
    assert again.status_code == 409
    assert all(text in again.text for text in ("Z telefonu, dalej.", "Z laptopa."))
    assert stage.world.facts(ref)["sheet"]["goals"] == "Z laptopa."
    # The other window may have been closed: what was typed there is still offered.
    assert "Z telefonu, dalej." in leader.get(f"{path}?szkic={phone['windows']}").text


def test_a_draft_that_was_brought_back_and_saved_is_gone_in_both_windows(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    path = sheet(ref, "goals")
    first = hidden(leader.get(path).text, path)
    typed_in(leader, first, ref, "goals", "Szkic.")
    later = hidden(leader.get(f"{path}?szkic={first['windows']}").text, path)
    assert first["windows"] in later["windows"].split()
    typed_in(leader, later, ref, "goals", "Szkic, dalej.")
    assert leader.post(path, {**later, "goals": "Szkic, dalej."}).status_code == 303
    assert "odrzuc-szkic" not in leader.get(path).text


def test_one_draft_is_discarded_and_the_other_stays(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    path = sheet(ref, "goals")
    one, other = (hidden(leader.get(path).text, path) for _window in range(2))
    typed_in(leader, one, ref, "goals", "Jeden.")
    typed_in(leader, other, ref, "goals", "Drugi.")
    token = {"csrf_token": one["csrf_token"], "window": one["windows"]}
    assert leader.post(f"{path}/odrzuc-szkic", token).status_code == 303
    page = leader.get(f"{path}?szkic=1").text
    assert "Drugi." in page
    assert leader.get(path).text.count("odrzuc-szkic") == 1


def test_somebody_in_two_windows_is_one_person_at_work_for_others(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    path = sheet(ref, "goals")
    for text in ("Jeden.", "Drugi."):
        typed_in(leader, hidden(leader.get(path).text, path), ref, "goals", text)
    assert stage.page("member", path).count("Tę część ma otwartą Leader") == 1
