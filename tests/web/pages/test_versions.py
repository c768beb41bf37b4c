"""The versions of a sheet on their page: kept, held against each other, brought back."""

import pytest

from tests.web.stage import Stage, hidden, send
from workflow.rules.facts import Ref

EVIL = "<script>alert(1)</script>"


def versions(ref: Ref, query: str = "") -> str:
    return f"/projekty/{ref.id}/wersje{query}"


def test_a_version_is_kept_on_demand_with_its_name(stage: Stage) -> None:
    ref, member = stage.world.proposal_in("group_work"), stage.as_("member")
    assert "Nie ma jeszcze zachowanych wersji" in member.get(versions(ref)).text
    assert send(member, versions(ref), label=f"Przed rozmową {EVIL}").status_code == 303
    page = member.get(versions(ref)).text
    assert "Wersja 1, zachowana ręcznie: Przed rozmową &lt;script&gt;" in page
    assert "Obecny tekst jest taki sam" in page
    assert EVIL not in page


def test_any_two_texts_are_compared_in_marks_and_words(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    stage.world.send_back(ref)
    lines = [{"what": "Remont", "amount": "10000"}]
    stage.world.take(ref, "edit_sheet", "leader", goals="Otworzyć klub dla dzieci i seniorów.", budget_lines=lines,
                     partners=[{"partner": "Gmina Gąbin", "promise": "lokal"}], summary=EVIL)  # fmt: skip
    stage.world.take(ref, "resubmit", "leader")
    page = stage.page("staff", versions(ref, "?od=1&do=2"))
    assert 'Otworzyć <del><span class="visually-hidden">[usunięto: </span>świetlicę' in page
    assert '<ins><span class="visually-hidden">[dodano: </span>klub' in page
    assert "Wiersz 1: dodany" in page
    assert "Bez zmian: " in page
    assert EVIL not in page
    back = stage.page("staff", versions(ref, "?od=2&do=1"))
    assert "Od: Wersja 1, zgłoszenie. Do: Wersja 2, ponowne zgłoszenie." in back
    assert "Te dwa teksty się nie różnią." in stage.page("staff", versions(ref, "?od=2&do=0"))
    assert stage.as_("staff").get(versions(ref, "?od=1&do=9")).status_code == 404


def test_a_text_of_an_old_version_comes_back_as_an_edit(stage: Stage) -> None:
    ref, leader = stage.world.proposal_in("submitted"), stage.as_("leader")
    old = stage.world.facts(ref)["sheet"]["goals"]
    stage.world.send_back(ref)
    stage.world.take(ref, "edit_sheet", "leader", goals="Coś innego.")
    address = f"/projekty/{ref.id}/karta/goals?wersja=1"
    assert address in leader.get(versions(ref, "?od=1&do=0")).text
    page = leader.get(address).text
    assert old in page
    assert stage.world.facts(ref)["sheet"]["goals"] == "Coś innego."
    door = f"/projekty/{ref.id}/karta/goals"
    assert leader.post(door, {**hidden(page, door), "goals": old}).status_code == 303
    assert stage.world.facts(ref)["sheet"]["goals"] == old


def test_versions_are_for_people_of_the_edition(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    assert stage.as_("visitor").get(versions(ref)).status_code == 403
    page = stage.page("participant", versions(ref))
    assert "Wersja 1, zgłoszenie" in page
    assert "Zachowaj tę wersję" not in page
    assert "Wróć do tekstu" not in stage.page("participant", versions(ref, "?od=1&do=0"))
    denied = stage.as_("participant").post(versions(ref), hidden(stage.page("participant", "/praca")))
    assert denied.status_code in (400, 403)


def test_the_page_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    for number in range(2):
        stage.world.take(ref, "keep_version", "leader", label=str(number))
    first = [stage.count("leader", versions(ref, query)) for query in ("", "?od=1&do=2")]
    for number in range(5):
        stage.world.take(ref, "edit_sheet", "leader", goals=f"Cel {number}.")
        stage.world.take(ref, "keep_version", "leader")
    assert [stage.count("leader", versions(ref, query)) for query in ("", "?od=1&do=2")] == first
    assert max(first) <= 10


# --- what an edition settles ------------------------------------------------------------------------------------


@pytest.fixture
def door(stage: Stage) -> str:
    stage.world.edition("conferences", key="czesci")
    return "/edycje/czesci/czesci-karty"


def test_staff_settle_the_sections_on_one_page(stage: Stage, door: str) -> None:
    staff = stage.as_("staff")
    fields = hidden(staff.get(door).text, door)
    shown = {f"sections-{n}-{name}": "1" for n in range(15) for name in ("on", "required")}
    assert staff.post(door, {**fields, **shown, "sections-0-on": "1", "sections-7-label": "Po co?", "sections-7-limit": "500",
                             "sections-13-on": ""}).status_code == 303  # fmt: skip
    ref = stage.world.idea(stage.world.edition("conferences", key="inna"))
    assert "Po co?" not in stage.page("leader", f"/projekty/{ref.id}/karta")
    page = staff.get(door).text
    assert 'value="Po co?"' in page
    assert 'value="500"' in page


def test_settled_sections_reach_the_sheet(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    key = stage.world.facts(ref).edition["key"]
    staff, door = stage.as_("staff"), f"/edycje/{key}/czesci-karty"
    fields = hidden(staff.get(door).text, door)
    on = {f"sections-{n}-on": "1" for n in range(15) if n != 13}
    assert (
        staff.post(door, {**fields, **on, "sections-7-label": "Co robi LGD?", "sections-7-required": "1"}).status_code
        == 303
    )
    page = stage.page("leader", f"/projekty/{ref.id}/karta")
    assert "Gotowe wymagane części karty: 1 z 2. Brakuje: Co robi LGD?." in page
    assert "Ryzyka" not in page
    assert stage.as_("leader").get(f"/projekty/{ref.id}/karta/risks").status_code == 404


def test_a_wrong_limit_keeps_what_was_typed_and_others_do_not_settle(stage: Stage, door: str) -> None:
    staff = stage.as_("staff")
    fields = hidden(staff.get(door).text, door)
    answer = staff.post(door, {**fields, "sections-7-limit": "dużo", "sections-7-label": "Po co?"})
    assert answer.status_code == 422
    assert "Wiersz 8, Limit znaków" in answer.text
    assert 'value="Po co?"' in answer.text
    for other in ("leader", "chair", "visitor"):
        assert stage.as_(other).get(door).status_code == 403
