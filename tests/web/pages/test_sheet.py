"""The sheet of a proposal on its pages: read, written by sections or as a whole, by two people, with drafts."""

import re

import pytest
from markupsafe import escape

from tests.web.stage import Stage, hidden, send
from workflow.rules.facts import Ref
from workflow.rules.sheet_guidance import GUIDANCE
from workflow.rules.sheet_sections import CATALOGUE

pytestmark = pytest.mark.slow

EVIL = "<script>alert(1)</script> **grubo** [x](javascript:alert(1)) <img src=x onerror=alert(2)>"
SAFE = "&lt;script&gt;alert(1)&lt;/script&gt; **grubo** [x](javascript:alert(1)) &lt;img src=x onerror=alert(2)&gt;"


def sheet(ref: Ref, name: str = "") -> str:
    return f"/projekty/{ref.id}/karta{f'/{name}' if name else ''}"


# --- reading ----------------------------------------------------------------------------------------------------


def test_everybody_of_the_edition_reads_the_sheet_and_its_writers_are_led_to_what_is_missing(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    line = "Gotowe wymagane części karty: 2 z 9. Brakuje: Gdzie, Cele, "
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


# --- writing ----------------------------------------------------------------------------------------------------


def test_one_section_is_saved_and_the_next_one_follows(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    answer = send(leader, sheet(ref, "goals"), goals="Cel.", next="1")
    assert (answer.status_code, answer.location) == (303, sheet(ref, "beneficiaries"))
    answer = send(leader, sheet(ref, "sustainability"), sustainability="Klub.", next="1")
    assert answer.location == sheet(ref)
    assert "Gotowe wymagane części karty: 3 z 9" in leader.get(sheet(ref)).text


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
    assert "sumą pozycji budżetu" in leader.get(sheet(ref)).text


@pytest.mark.parametrize("typed", ["20 000", "20000,00", "0", "12499,99"])
def test_a_cost_typed_beside_lines_is_never_dropped_in_silence(stage: Stage, typed: str) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    lines = {"budget_lines-0-what": "Farba", "budget_lines-0-amount": "12500"}
    before = stage.world.facts(ref)["cost"]
    for name in ("budget", "calosc"):
        answer = send(leader, sheet(ref, name), **lines, cost=typed)
        assert answer.status_code == 422
        assert "Pozycje budżetu dają razem" in answer.text
        assert f'value="{typed}"' in answer.text
        assert 'value="12500"' in answer.text
    assert stage.world.facts(ref)["cost"] == before
    assert send(leader, sheet(ref, "budget"), **lines, cost="12500,00").status_code == 303
    assert stage.world.facts(ref)["cost"] == 1_250_000


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
    assert "Liczba znaków: 1000000, limit: 20000." in answer.text
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


def test_a_project_names_more_than_one_sector_and_principle(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("group_work"), stage.as_("leader")
    more = {"sector": "gospodarka", "more_sectors": ["edukacja", "kultura"]}
    assert send(leader, sheet(ref, "sector"), **more).status_code == 303
    assert send(leader, sheet(ref, "principle"), principle="attract", more_principles=["plug_leaks"]).status_code == 303
    kept = stage.world.facts(ref)["sheet"]
    assert (kept["more_sectors"], kept["more_principles"]) == (["edukacja", "kultura"], ["plug_leaks"])
    page = leader.get(sheet(ref)).text
    assert "edukacja; kultura" in page
    assert "Inne zasady, które realizuje projekt" in page
    assert send(leader, sheet(ref, "principle"), principle="attract").status_code == 303
    assert "more_principles" not in stage.world.facts(ref)["sheet"]


def test_a_section_shows_how_it_is_filled_in_with_an_example(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    for name in ("budget", "partners"):
        page = stage.page("leader", f"/projekty/{ref.id}/karta/{name}")
        assert GUIDANCE[name].advice.say("pl") in page
        assert escape(GUIDANCE[name].example.say("pl")) in page
