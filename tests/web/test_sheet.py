"""The sheet of a proposal on its pages: read, written by sections or as a whole, by two people, with drafts."""

import re
from typing import Any

import pytest

from tests.web.stage import Stage, hidden, send
from workflow.facts import Ref
from workflow.sections import CATALOGUE

EVIL = "<script>alert(1)</script> **grubo** [x](javascript:alert(1)) <img src=x onerror=alert(2)>"
SAFE = "&lt;script&gt;alert(1)&lt;/script&gt; **grubo** [x](javascript:alert(1)) &lt;img src=x onerror=alert(2)&gt;"


def sheet(ref: Ref, name: str = "") -> str:
    return f"/projekty/{ref.id}/karta{f'/{name}' if name else ''}"


def draft(stage: Stage, who: str, ref: Ref, name: str, **typed: Any) -> Any:
    browser = stage.as_(who)
    fields = hidden(browser.get(sheet(ref, name)).text, sheet(ref, name))
    return browser.post(f"{sheet(ref, name)}/szkic", {**fields, **typed, "typed": "1"})


# --- reading ----------------------------------------------------------------------------------------------------


def test_everybody_of_the_edition_reads_the_sheet_and_its_writers_are_led_to_what_is_missing(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    line = "2 z 9 części gotowych, brakuje: gdzie, cele, "
    assert line in stage.page("leader", sheet(ref))
    assert line in stage.page("leader", f"/projekty/{ref.id}")
    assert f'href="{sheet(ref, "places")}"' in stage.page("leader", sheet(ref))
    for reader in ("staff", "participant", "committee1"):
        page = stage.page(reader, sheet(ref))
        assert "Wypełniaj część po części" not in page
        assert line in page
    assert stage.as_("visitor").get(sheet(ref)).status_code == 404


def test_outsiders_do_not_read_the_whole_sheet_of_a_chosen_project(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    assert stage.as_("visitor").get(sheet(ref)).status_code == 403


def test_sections_in_rows_are_read_as_tables_with_their_sum(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    lines = [{"what": "Remont", "amount": "10000", "own": True}, {"what": "Meble", "amount": "2500,50"}]
    stage.world.take(ref, "edit_sheet", "leader", budget_lines=lines, partners="Gmina: lokal.")
    page = stage.page("staff", sheet(ref))
    assert "Razem: 12\xa0500,50\xa0zł, w tym wkład własny: 10\xa0000,00\xa0zł" in page
    assert "Gmina: lokal." in page


def test_the_pages_take_a_fixed_number_of_statements(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    paths = (sheet(ref), sheet(ref, "goals"), sheet(ref, "calosc"))
    first = [stage.count("leader", path) for path in paths]
    for name in ("goals", "risks", "problem", "activities"):
        draft(stage, "member", ref, name, **{name: "Szkic."})
        draft(stage, "leader", ref, name, **{name: "Mój szkic."})
    assert [stage.count("leader", path) for path in paths] == first
    assert max(first) <= 10


# --- writing ----------------------------------------------------------------------------------------------------


def test_one_section_is_saved_and_the_next_one_follows(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    answer = send(leader, sheet(ref, "goals"), goals="Cel.", next="1")
    assert (answer.status_code, answer.location) == (303, sheet(ref, "beneficiaries"))
    answer = send(leader, sheet(ref, "sustainability"), sustainability="Klub.", next="1")
    assert answer.location == sheet(ref)
    assert "3 z 9 części gotowych" in leader.get(sheet(ref)).text


def test_the_whole_sheet_is_saved_on_one_page(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    typed = {
        "title": "Nowy tytuł", "goals": "Cel.", "places": "Gąbin\nŁąck", "principle": "plug_leaks",
        "partners-0-partner": "Gmina Gąbin", "partners-0-promise": "lokal", "partners-2-partner": "OSP",
        "budget_lines-0-what": "Remont", "budget_lines-0-amount": "1 200", "budget_lines-0-own": "1", "cost": "",
        "timetable-0-from": "2026-01-01", "timetable-0-what": "Remont",
    }  # fmt: skip
    assert send(leader, sheet(ref, "calosc"), **typed).status_code == 303
    facts = stage.world.facts(ref)
    assert facts["sheet"]["partners"] == [{"partner": "Gmina Gąbin", "promise": "lokal"}, {"partner": "OSP"}]
    assert facts["sheet"]["budget_lines"] == [{"what": "Remont", "amount": 120_000, "own": True}]
    assert facts["sheet"]["timetable"] == [{"from": "2026-01-01", "what": "Remont"}]
    assert (facts["title"], facts["cost"], facts["sheet"]["principle"]) == ("Nowy tytuł", 120_000, "plug_leaks")
    page = leader.get(sheet(ref, "calosc")).text
    assert 'name="cost"' not in page
    fields = hidden(page, sheet(ref, "calosc"))
    assert (
        leader.post(sheet(ref, "calosc"), {**fields, "title": "Nowy tytuł", "principle": "", "goals": ""}).status_code
        == 303
    )
    assert {"principle", "goals"}.isdisjoint(stage.world.facts(ref)["sheet"])


def test_lines_of_a_budget_take_the_place_of_a_sum(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    assert send(leader, sheet(ref, "budget"), cost="500").status_code == 303
    line = {"budget_lines-0-what": "Farba", "budget_lines-0-amount": "450,00", "cost": "500"}
    assert send(leader, sheet(ref, "budget"), **line).status_code == 303
    assert stage.world.facts(ref)["cost"] == 45_000


def test_communes_of_the_edition_are_ticked_and_other_places_written(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    stage.world.take(stage.world.edition_of(ref), "set_rules", "staff", communes=["Gąbin", "Łąck"])
    assert send(leader, sheet(ref, "places"), commune=["Łąck", "cały powiat"], places="Dobrzyków").status_code == 303
    assert stage.world.facts(ref)["sheet"]["places"] == ["Łąck", "cały powiat", "Dobrzyków"]
    page = leader.get(sheet(ref, "places")).text
    assert re.search(r'value="Łąck" checked', page)
    assert not re.search(r'value="Gąbin" checked', page)


def test_a_text_from_before_there_were_rows_is_shown_and_stays(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    stage.world.take(ref, "edit_sheet", "leader", partners="Gmina: lokal.", timetable="Styczeń: remont.")
    page = leader.get(sheet(ref, "partners")).text
    assert "Gmina: lokal." in page
    fields = hidden(page, sheet(ref, "partners"))
    leader.post(sheet(ref, "partners"), {**fields, "partners-0-promise": "Gmina: lokal."})
    assert stage.world.facts(ref)["sheet"]["partners"] == "Gmina: lokal."


def test_wrong_rows_keep_all_that_was_typed_and_name_the_row(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    line = {"budget_lines-0-what": "Farba", "budget_lines-0-amount": "dużo", "budget_lines-1-amount": "7"}
    answer = send(leader, sheet(ref, "budget"), **line)
    assert answer.status_code == 422
    assert 'value="dużo"' in answer.text
    assert "Wiersz 1, Kwota w złotych: Podaj kwotę" in answer.text
    assert 'href="#f-budget_lines"' in answer.text


def test_a_sheet_with_a_wrong_amount_keeps_all_that_was_typed(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    answer = send(stage.as_("leader"), sheet(ref, "calosc"), title="Tytuł", cost="dużo", goals="Długi tekst o celach.")
    assert answer.status_code == 422
    assert 'href="#f-cost"' in answer.text
    assert "Długi tekst o celach." in answer.text
    assert 'value="dużo"' in answer.text


@pytest.mark.parametrize("letter", ["a", "ż"])
def test_a_pasted_megabyte_is_refused_by_its_limit_and_kept_in_the_form(stage: Stage, letter: str) -> None:
    ref, text = stage.world.proposal_in("group_work"), letter * 1_000_000
    answer = send(stage.as_("leader"), sheet(ref, "goals"), goals=text)
    assert answer.status_code == 422
    assert "Liczba znaków: 1000000, mieści się najwyżej 20000." in answer.text
    assert text in answer.text


def test_an_edition_with_a_lower_limit_says_so_and_keeps_the_text(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    limits = [{"section": name, "limit": 50} for name in ("goals", "partners")]
    stage.world.take(stage.world.edition_of(ref), "set_sections", "staff", sections=limits)
    leader = stage.as_("leader")
    answer = send(leader, sheet(ref, "goals"), goals="x" * 51)
    assert (answer.status_code, "x" * 51 in answer.text) == (422, True)
    answer = send(leader, sheet(ref, "partners"), **{"partners-0-promise": "y" * 51})
    assert (answer.status_code, "y" * 51 in answer.text) == (422, True)
    assert 'href="#f-partners"' in answer.text


@pytest.mark.parametrize("name", [section.name for section in CATALOGUE])
def test_markup_in_any_section_is_shown_as_it_was_typed(stage: Stage, name: str) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    typed = {
        "partners": {"partners-0-partner": EVIL, "partners-0-promise": EVIL},
        "timetable": {"timetable-0-what": EVIL},
        "budget": {"budget_lines-0-what": EVIL, "budget_lines-0-amount": "1", "budget_lines-0-source": EVIL, "funding": EVIL},
    }.get(name, {name: EVIL})  # fmt: skip
    answer = send(leader, sheet(ref, name), **typed)
    if name == "principle":
        assert answer.status_code == 422
    else:
        assert answer.status_code == 303
        pages = [
            leader.get(one).text for one in (sheet(ref), sheet(ref, name), sheet(ref, "calosc"), f"/projekty/{ref.id}")
        ]
        assert SAFE in pages[0]
        assert not any(piece in page for page in pages for piece in ("<script>alert", "<img src=x", "<strong>grubo"))


def test_the_sheet_is_closed_to_those_who_do_not_write_it(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    for name in ("goals", "calosc"):
        assert stage.as_("participant").get(sheet(ref, name)).status_code == 403
        assert stage.as_("staff").get(sheet(ref, name)).status_code == 403
        assert stage.as_("visitor").get(sheet(ref, name)).status_code == 404
    fields = hidden(stage.page("participant", "/praca"))
    for address in (sheet(ref, "goals"), sheet(ref, "goals/szkic"), sheet(ref, "goals/odrzuc-szkic")):
        assert stage.as_("participant").post(address, {**fields, "goals": "x", "typed": "1"}).status_code in (400, 403)
    assert stage.as_("leader").get(sheet(ref, "nic")).status_code == 404


# --- two people -------------------------------------------------------------------------------------------------


def test_two_people_on_one_section_lose_nothing(stage: Stage) -> None:
    ref, leader, member = stage.world.proposal_in("group_work"), stage.as_("leader"), stage.as_("member")
    fields = hidden(member.get(sheet(ref, "goals")).text, sheet(ref, "goals"))
    send(leader, sheet(ref, "goals"), goals="Cel lidera.")
    answer = member.post(sheet(ref, "goals"), {**fields, "goals": "Cel członka."})
    assert answer.status_code == 409
    assert all(text in answer.text for text in ("Ktoś był szybszy", "Cel lidera.", "Cel członka.", "<del>", "<ins>"))
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
    assert "Leader ma otwartą tę część od godz." in stage.page("member", sheet(ref, "goals"))
    assert "Leader ma otwartą tę część od godz." in stage.page("member", sheet(ref))
    assert "ma otwartą" not in stage.page("member", sheet(ref, "risks"))
    assert "Member ma otwartą tę część od godz." in draft(stage, "leader", ref, "goals", goals="Cel.").text
    assert "ma otwartą" not in stage.page("staff", sheet(ref))


def test_whoever_has_saved_is_no_longer_at_work(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    send(leader, sheet(ref, "goals"), goals="Cel.")
    assert "Leader ma otwartą" not in stage.page("member", sheet(ref, "goals"))


def test_whoever_goes_away_is_no_longer_at_work_and_keeps_the_draft(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    draft(stage, "leader", ref, "goals", goals="Szkic.")
    assert "Leader ma otwartą" in stage.page("member", sheet(ref, "goals"))
    fields = hidden(leader.get(sheet(ref, "goals")).text, sheet(ref, "goals"))
    leader.post(sheet(ref, "goals/szkic"), {**fields, "goals": "Szkic.", "away": "1"})
    assert "Leader ma otwartą" not in stage.page("member", sheet(ref, "goals"))
    assert "Masz szkic" in leader.get(sheet(ref, "goals")).text


# --- drafts -----------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_for_its_writer_offered_again_and_gone_when_saved(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    assert draft(stage, "leader", ref, "partners", **{"partners-0-partner": "Gmina Łąck"}).status_code == 200
    assert "partners" not in stage.world.facts(ref)["sheet"]
    assert "Masz szkic" in stage.page("leader", sheet(ref, "partners"))
    assert "Szkic z dnia" in stage.page("leader", sheet(ref))
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
    draft(stage, "leader", ref, "goals", goals="Szkic.")
    draft(stage, "leader", ref, "goals", goals="")
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
