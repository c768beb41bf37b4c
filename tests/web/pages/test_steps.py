"""One door for every step: what it asks, what it takes, and what it says when it refuses."""

import re

import pytest

from tests.web.stage import Stage, hidden, send
from workflow.rules.facts import Ref

RETURN = {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}


def path(ref: Ref, step: str) -> str:
    return f"/projekty/{ref.id}/krok/{step}"


def test_a_step_that_asks_for_something_is_taken_by_its_form(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    answer = send(stage.as_("staff"), path(ref, "return_for_completion"), **RETURN)
    assert answer.status_code == 303
    assert answer.location == f"/projekty/{ref.id}"
    assert stage.world.state(ref) == "returned"


def test_the_next_page_says_what_happened(stage: Stage) -> None:
    ref, browser = stage.world.proposal_in("submitted"), stage.as_("staff")
    send(browser, path(ref, "return_for_completion"), **RETURN)
    assert (
        "Zwrócono projekt do uzupełnienia. Obecny stan: Zwrócony do uzupełnienia."
        in browser.get(f"/projekty/{ref.id}").text
    )


def test_a_step_that_asks_for_nothing_is_one_press_on_the_page_of_the_proposal(stage: Stage) -> None:
    ref = stage.world.proposal_in("idea")
    stage.world.add_members(ref)
    browser = stage.as_("animator")
    fields = hidden(browser.get(f"/projekty/{ref.id}").text, path(ref, "form_group"))
    assert browser.post(path(ref, "form_group"), fields).status_code == 303
    assert stage.world.state(ref) == "group_work"


def test_pressing_twice_does_it_once(stage: Stage) -> None:
    ref, browser = stage.world.proposal_in("submitted"), stage.as_("staff")
    fields = {**hidden(browser.get(path(ref, "return_for_completion")).text), **RETURN}
    before = stage.entries(ref)
    assert browser.post(path(ref, "return_for_completion"), fields).status_code == 303
    assert browser.post(path(ref, "return_for_completion"), fields).status_code == 303
    assert stage.entries(ref) == before + 1


def test_a_refused_form_keeps_everything_typed_and_names_the_fields(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    typed = {"explanation": "Zażółć gęślą jaźń", "due_on": "kiedyś", "note": "proszę pilnie"}
    answer = send(stage.as_("staff"), path(ref, "return_for_completion"), **typed)
    assert answer.status_code == 422
    assert all(text in answer.text for text in ("Zażółć gęślą jaźń", 'value="kiedyś"', "proszę pilnie"))
    assert 'href="#f-due_on"' in answer.text
    assert 'data-outcome="refused"' in answer.text
    assert stage.world.state(ref) == "submitted"


def test_what_stands_in_the_way_is_listed_with_who_can_mend_it(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    answer = send(stage.as_("staff"), path(ref, "admit"))
    assert answer.status_code == 422
    assert "Nie zapisano jeszcze weryfikacji formalnej." in answer.text
    assert "To należy do Ciebie." in answer.text


def test_a_stale_page_keeps_the_text_says_who_was_faster_and_lets_try_again(stage: Stage) -> None:
    ref, browser = stage.world.proposal_in("submitted"), stage.as_("staff")
    fields = {**hidden(browser.get(path(ref, "return_for_completion")).text), **RETURN}
    stage.world.verify(ref)
    answer = browser.post(path(ref, "return_for_completion"), fields)
    assert answer.status_code == 409
    assert "Proszę dopisać partnerów." in answer.text
    meanwhile = re.sub(r"<[^<>]+>", "", answer.text.partition("W tym czasie ktoś to zmienił")[2])
    assert "Zapisano wynik weryfikacji formalnej" in meanwhile
    assert "Staff · " in meanwhile
    again = browser.post(path(ref, "return_for_completion"), {**hidden(answer.text), **RETURN})
    assert again.status_code == 303
    assert stage.world.state(ref) == "returned"


def test_a_stale_page_whose_step_is_gone_keeps_the_text_too(stage: Stage) -> None:
    ref, browser = stage.world.proposal_in("submitted"), stage.as_("staff")
    fields = {**hidden(browser.get(path(ref, "return_for_completion")).text), **RETURN}
    stage.world.admit(ref)
    answer = browser.post(path(ref, "return_for_completion"), fields)
    assert answer.status_code == 409
    assert "Proszę dopisać partnerów." in answer.text
    assert f'href="/projekty/{ref.id}"' in answer.text
    assert stage.world.state(ref) == "admitted"


def test_an_old_link_to_a_step_leads_back_to_the_proposal(stage: Stage) -> None:
    ref = stage.world.proposal_in("admitted")
    assert stage.as_("staff").get(path(ref, "admit")).location == f"/projekty/{ref.id}"


@pytest.mark.parametrize("who", ["leader", "participant", "committee1"])
def test_a_step_of_others_is_refused_with_whose_it_is(stage: Stage, who: str) -> None:
    ref = stage.world.proposal_in("submitted")
    browser = stage.as_(who)
    assert browser.get(path(ref, "admit")).status_code == 403
    browser.get(f"/projekty/{ref.id}")
    answer = browser.post(path(ref, "admit"), {"version": str(stage.world.facts(ref).version)})
    assert answer.status_code == 403
    assert "biuro programu" in answer.text


def test_whom_the_proposal_does_not_exist_for_gets_404(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    assert stage.as_("visitor").get(path(ref, "admit")).status_code == 404
    assert stage.as_("visitor").get(f"/projekty/{ref.id}").status_code == 404
    assert stage.as_(None).get(f"/projekty/{ref.id}").status_code == 404


def test_unknown_steps_and_subjects_are_404(stage: Stage) -> None:
    ref = stage.world.proposal_in("idea")
    staff = stage.as_("staff")
    unknown = ("/projekty/999999", "/projekty/999999/krok/admit", f"/projekty/{ref.id}/krok/nothing", "/konferencje/9999",
               "/umowy/9999", "/edycje/nie-ma/krok/announce")  # fmt: skip
    assert {staff.get(one).status_code for one in unknown} == {404}


def test_the_office_enters_a_paper_with_the_day_of_its_arrival(stage: Stage) -> None:
    ref = stage.world.proposal_in("not_selected")
    staff = stage.as_("staff")
    typed = {"grounds": "Komitet pominął załącznik."}
    answer = send(staff, path(ref, "appeal"), **typed)
    assert answer.status_code == 422
    assert 'href="#f-paper_on"' in answer.text
    assert "Komitet pominął załącznik." in answer.text
    sent = send(staff, path(ref, "appeal"), **typed, paper_on=stage.world.at.date().isoformat())
    assert sent.status_code == 303
    assert stage.world.state(ref) == "appealed"


def test_the_same_door_serves_editions_and_conferences(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="drzwi")
    staff = stage.as_("staff")
    begun = send(staff, "/edycje/drzwi/konferencje/nowa", number="9", purpose="Dodatkowa", day="2026-12-01")
    assert begun.status_code == 303
    sent = send(staff, f"{begun.location}/krok/postpone", reason="Śnieg.", day="2026-12-08")
    assert (sent.status_code, sent.location) == (303, begun.location)
    sent = send(staff, "/edycje/drzwi/krok/suspend", reason="Powódź w powiecie.")
    assert (sent.status_code, sent.location) == (303, "/edycje/drzwi")
    assert stage.world.state(edition) == "suspended"


def test_a_person_is_picked_from_those_of_the_edition(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    page = stage.page("staff", path(ref, "name_coordinator"))
    assert ">Coordinator</option>" in page
    assert ">Visitor</option>" not in page


def test_undoing_asks_for_a_reason_and_puts_back_what_was(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    staff, undo = stage.as_("staff"), f"/projekty/{ref.id}/cofnij"
    assert send(staff, undo, reason="").status_code == 422
    assert send(staff, undo, reason="Pomyłka w biurze.").status_code == 303
    assert stage.world.state(ref) == "idea"
    assert "Pomyłka w biurze." in staff.get(f"/projekty/{ref.id}").text


def test_the_page_of_an_undoing_says_what_it_will_do(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    page = stage.page("staff", f"/projekty/{ref.id}/cofnij")
    assert "Stan zmieni się na: Pomysł" in page
    assert "Te osoby go nie dostaną" in page


def test_undoing_is_only_for_those_whom_the_table_names(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    assert stage.as_("leader").get(f"/projekty/{ref.id}/cofnij").status_code == 403


def test_what_cannot_be_undone_lists_its_consequences_first(stage: Stage) -> None:
    page = stage.page("leader", path(stage.world.proposal_in("idea"), "withdraw"))
    assert "Stan zmieni się na: Wycofany." in page
    assert "Tego nie można cofnąć." in page


def test_what_can_be_resumed_is_not_said_to_be_final(stage: Stage) -> None:
    stage.world.edition("conferences", key="przerwa")
    assert "Tego nie można cofnąć." not in stage.page("staff", "/edycje/przerwa/krok/suspend")
    assert "Tego nie można cofnąć." in stage.page("staff", "/edycje/przerwa/krok/cancel")


def test_a_form_says_which_letters_go_out_and_which_terms_begin(stage: Stage) -> None:
    page = stage.page("staff", path(stage.world.proposal_in("submitted"), "return_for_completion"))
    assert "Stan zmieni się na: Zwrócony do uzupełnienia." in page
    assert "Powiadomienia e-mailem i w serwisie: 3, każde do innej osoby." in page
    assert "Przypomnienie (" in page
    assert "system sam wykona krok" in page
    # It can be taken back.
    assert "Tego nie można cofnąć." not in page


def test_a_form_leads_nowhere_outside(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    browser = stage.as_("staff")
    fields = {**hidden(browser.get(path(ref, "return_for_completion")).text), **RETURN, "next": "https://example.com/"}
    assert browser.post(path(ref, "return_for_completion"), fields).location == f"/projekty/{ref.id}"
