"""The page of handing in, the office's check, receipts and PDFs, seen by everybody who may and by those who may not."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import update

from tests.web.stage import Stage, hidden, send
from tests.world import SHEET
from workflow.base.calendar import term_end, warsaw_date
from workflow.base.i18n import format_date
from workflow.models import Edition, Person
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)


def path(ref: Ref, rest: str = "") -> str:
    return f"/projekty/{ref.id}/zgloszenie{rest}"


def fetch(stage: Stage, who: str, path: str) -> Any:
    """A file, as it comes."""
    return stage.as_(who).client.get(path)


def ready(stage: Stage) -> Ref:
    """A project that only has to be handed in."""
    ref = stage.world.proposal_in("group_work")
    stage.world.take(ref, "edit_sheet", "leader", **SHEET)
    return ref


def receipt(stage: Stage, ref: Ref) -> Mapping[str, Any]:
    return stage.world.facts(ref).entry("submission")


def submit(stage: Stage, ref: Ref) -> Any:
    browser = stage.as_("leader")
    fields = hidden(browser.get(path(ref)).text, f"/projekty/{ref.id}/krok/submit")
    return browser.post(f"/projekty/{ref.id}/krok/submit", fields)


def test_the_leader_sees_what_is_missing_with_a_link_to_each_section(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    page = stage.page("leader", path(ref))
    for name in ("goals", "places", "partners", "budget"):
        assert f'href="/projekty/{ref.id}/karta/{name}"' in page
    assert "Brakuje jeszcze 7 części karty" in page
    assert "Projekt można zgłosić do" in page
    assert "krok/submit" not in page


def test_the_leader_reads_what_handing_in_brings_about_and_hands_in(stage: Stage) -> None:
    ref = ready(stage)
    page = stage.page("leader", path(ref))
    assert "Zapiszemy treść karty jako osobną wersję" in page
    assert stage.page("leader", f"/projekty/{ref.id}").count(f'href="{path(ref)}"') >= 2
    answer = submit(stage, ref)
    assert answer.status_code == 303
    assert answer.location == path(ref)
    page = stage.page("leader", path(ref))
    kept = receipt(stage, ref)
    assert "Projekt zgłoszono" in page
    assert kept["receipt"] in page
    assert kept["digest"] in page


def test_others_of_the_group_see_the_page_without_the_form(stage: Stage) -> None:
    ref = ready(stage)
    page = stage.page("member", path(ref))
    assert "krok/submit" not in page
    assert path(ref, "/robocza.pdf") in page


@pytest.mark.parametrize("who", [None, "visitor"])
def test_outsiders_find_nothing(stage: Stage, who: str | None) -> None:
    ref = stage.world.proposal_in("submitted")
    for rest in ("", "/1.pdf", "/robocza.pdf", "/weryfikacja"):
        assert stage.as_(who).get(path(ref, rest)).status_code in (302, 303, 401, 404)


@pytest.mark.parametrize(
    "state", ["idea", "group_work", "submitted", "returned", "admitted", "not_admitted", "withdrawn"]
)
def test_the_page_opens_in_every_state_for_everybody_who_works_here(stage: Stage, state: str) -> None:
    ref = stage.world.proposal_in(state)
    for who in ("leader", "member", "staff", "animator", "participant", "admin"):
        assert stage.as_(who).get(path(ref)).status_code == 200


def test_the_page_asks_the_same_however_often_was_handed_in(stage: Stage) -> None:
    once, often = stage.world.proposal_in("submitted"), stage.world.proposal_in("returned")
    for number in range(4):
        stage.world.take(often, "resubmit", "leader", explanation=f"Raz {number}")
        if number < 3:
            stage.world.send_back(often)
    assert stage.count("staff", path(often)) == stage.count("staff", path(once))


# --- the deadline, through the door -----------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-11-11", "2026-12-24", "2026-10-25", "2027-03-28", "2026-10-24"])
def test_a_minute_before_the_end_passes_and_a_second_after_it_is_refused(stage: Stage, day: str) -> None:
    until = term_end(datetime.fromisoformat(day).date())
    early, late = ready(stage), ready(stage)
    with stage.db.transaction() as tx:
        tx.execute(update(Edition).values(submission_deadline=until))
    with time_machine.travel(until - timedelta(minutes=1), tick=False):
        assert submit(stage, early).status_code == 303
        browser = stage.as_("leader")
        fields = hidden(browser.get(path(late)).text, f"/projekty/{late.id}/krok/submit")
        with time_machine.travel(until + SECOND, tick=False):
            answer = browser.post(f"/projekty/{late.id}/krok/submit", {**fields, "note": "Zażółć"})
    assert answer.status_code == 422
    assert "Termin zgłaszania projektów minął" in answer.text
    assert "Zażółć" in answer.text
    assert stage.world.state(early) == "submitted"
    assert stage.world.state(late) == "group_work"


def test_a_longer_term_is_seen_by_the_group_and_counts_at_the_door(stage: Stage) -> None:
    ref = ready(stage)
    until = stage.world.facts(ref).submission_until
    assert until is not None
    day = warsaw_date(until) + timedelta(days=2)
    answer = send(
        stage.as_("staff"), f"/projekty/{ref.id}/krok/extend_submission", due_on=day.isoformat(), reason="Powódź."
    )
    assert answer.status_code == 303
    page = stage.page("member", path(ref))
    assert "Przedłużony termin dla tej grupy" in page
    assert "Powódź." in page
    with time_machine.travel(term_end(day) - timedelta(minutes=1), tick=False):
        assert submit(stage, ref).status_code == 303


# --- receipts and PDFs ------------------------------------------------------------------------------------


def test_each_version_is_a_pdf_of_its_own_and_always_the_same(stage: Stage) -> None:
    ref = stage.world.proposal_in("returned")
    stage.world.take(ref, "edit_sheet", "leader", title="Inny tytuł")
    stage.world.take(ref, "resubmit", "leader")
    answers = {n: [fetch(stage, who, path(ref, f"/{n}.pdf")) for who in ("leader", "staff")] for n in (1, 2)}
    for one, other in answers.values():
        assert one.mimetype == "application/pdf"
        assert one.data == other.data
    first, second = (PdfReader(BytesIO(answers[n][0].data)).pages[0].extract_text() for n in (1, 2))
    assert "Świetlica „Razem”" in first
    assert "Inny tytuł" in second
    assert answers[2][0].headers["Content-Disposition"].endswith('-inny-tytul.pdf"')
    assert stage.as_("leader").get(path(ref, "/3.pdf")).status_code == 404


def test_the_draft_says_that_it_is_one(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    answer = fetch(stage, "member", path(ref, "/robocza.pdf"))
    assert "wersja robocza" in PdfReader(BytesIO(answer.data)).pages[0].extract_text()


def test_a_pupil_who_leads_is_not_named_to_others_of_the_edition(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == stage.world["leader"].id).values(is_minor=True))
    for who, named in (("staff", True), ("member", True), ("participant", False), ("committee1", False)):
        for rest in ("/1.pdf", "/robocza.pdf"):
            pages = PdfReader(BytesIO(fetch(stage, who, path(ref, rest)).data)).pages
            assert ("Leader" in " ".join(page.extract_text() for page in pages)) is named


def test_anybody_can_check_a_receipt_without_learning_what_it_is_for(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    kept = receipt(stage, ref)
    browser = stage.as_(None)
    spaced = " ".join(kept["digest"][n : n + 8] for n in range(0, 64, 8)).upper()
    answer = browser.get("/potwierdzenie", query_string={"numer": kept["receipt"], "skrot": spaced})
    assert answer.status_code == 200
    assert "Potwierdzenie jest prawdziwe" in answer.text
    assert "Świetlica" not in answer.text
    for wrong in ({"numer": kept["receipt"], "skrot": "0" * 64}, {"numer": "nie/1/1", "skrot": kept["digest"]},
                  {"numer": kept["receipt"]}, {"skrot": kept["digest"]}):  # fmt: skip
        answer = browser.get("/potwierdzenie", query_string=wrong)
        assert answer.status_code == 404
        assert "Nie ma takiego potwierdzenia" in answer.text
    assert browser.get("/potwierdzenie").status_code == 200


# --- back for completion, and again -----------------------------------------------------------------------


def test_reasons_stand_beside_their_sections_and_the_office_sees_only_what_changed(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    rows = {"section_reasons-0-section": "goals", "section_reasons-0-reason": "unclear",
            "section_reasons-0-words": "Proszę napisać dla kogo.", "section_reasons-1-section": "partners",
            "section_reasons-1-reason": "partners", "explanation": "Prosimy o uzupełnienie."}  # fmt: skip
    answer = send(stage.as_("staff"), f"/projekty/{ref.id}/krok/return_for_completion", **rows)
    assert answer.status_code == 303
    page = stage.page("leader", path(ref))
    assert "Proszę napisać dla kogo." in page
    assert f'href="/projekty/{ref.id}/karta/goals"' in page
    assert "Proszę napisać dla kogo." in stage.page("leader", f"/projekty/{ref.id}/karta")
    # Before handing in again the leader is told what is still as it was.
    assert "2 części, o które prosi biuro, są bez zmian" in page
    stage.world.take(ref, "edit_sheet", "leader", goals="Otworzyć świetlicę dla wszystkich.")
    browser = stage.as_("leader")
    assert "1 część, o którą prosi biuro, jest bez zmian" in browser.get(path(ref)).text
    fields = hidden(browser.get(path(ref)).text, f"/projekty/{ref.id}/krok/resubmit")
    said = {"reason_answers-0-section": "goals", "reason_answers-0-words": "Dopisaliśmy.",
            "reason_answers-1-section": "partners", "reason_answers-1-words": "Zgoda jest w załączniku."}  # fmt: skip
    assert browser.post(f"/projekty/{ref.id}/krok/resubmit", {**fields, **said}).status_code == 303
    page = stage.page("staff", path(ref))
    changes = page.partition('id="differs"')[2].partition("</section>")[0]
    assert "<h3>Cele</h3>" in changes
    assert changes.count("<h3>") == 1
    assert "<ins>" in changes
    call = page.partition('id="call"')[2].partition("</section>")[0]
    assert "O co prosiło biuro" in call
    assert "Co trzeba uzupełnić" not in call, "nothing is to be mended once it was handed in again"
    assert call.count("zmieniono") == 2
    assert "nie zmieniono" in call
    assert "Zgoda jest w załączniku." in call


# --- the check ---------------------------------------------------------------------------------------------


def test_the_office_saves_points_piece_by_piece(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    browser = stage.as_("staff")
    answer = send(browser, path(ref, "/weryfikacja"), **{"points-3-answer": "yes", "points-6-answer": "no",
                                                         "points-6-remark": "Droga jest gminna."})  # fmt: skip
    # Saving leads back to the points and says how many have an answer, those of the system among them.
    assert answer.location == path(ref, "/weryfikacja")
    assert "Zapisano punkty: 5 z 11." in browser.get(answer.location).text
    page = stage.page("staff2", path(ref))
    assert "Droga jest gminna." in page
    assert "Staff" in page.partition('id="checks"')[2]
    points = stage.world.facts(ref).entry("checklist")["points"]
    assert {name: said["answer"] for name, said in points.items()} == {"partners": "yes", "powers": "no"}
    for who in ("leader", "member", "participant"):
        assert "Droga jest gminna." not in stage.page(who, path(ref))


def test_a_check_typed_over_another_one_is_not_lost(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    browser = stage.as_("staff")
    fields = hidden(browser.get(path(ref, "/weryfikacja")).text)
    stage.world.take(ref, "checklist", "staff2", points=[{"point": "area", "answer": "yes"}])
    answer = browser.post(
        path(ref, "/weryfikacja"), {**fields, "points-0-answer": "no", "points-0-remark": "Brak podpisu."}
    )
    assert answer.status_code == 409
    assert "Brak podpisu." in answer.text
    again = browser.post(path(ref, "/weryfikacja"), {**fields, **hidden(answer.text), "points-0-answer": "no",
                                                      "points-0-remark": "Brak podpisu."})  # fmt: skip
    assert again.status_code == 303
    assert stage.world.facts(ref).entry("checklist")["points"].keys() == {"complete", "area"}


def test_a_remark_without_an_answer_comes_back_with_what_is_needed(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    answer = send(stage.as_("staff"), path(ref, "/weryfikacja"), **{"points-2-remark": "Kto prowadzi?"})
    assert answer.status_code == 422
    assert "Kto prowadzi?" in answer.text


def test_a_no_without_a_remark_comes_back_beside_its_point(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    answer = send(stage.as_("staff"), path(ref, "/weryfikacja"), **{"points-4-answer": "no", "points-6-answer": "yes"})
    assert answer.status_code == 422
    assert 'href="#f-points-4-remark"' in answer.text
    assert re.search(r'name="points-6-answer" value="yes"[^>]* checked', answer.text)
    assert not stage.world.facts(ref).entry("checklist")


def test_what_the_system_answered_is_signed_by_nobody_of_the_office(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    known = {f"points-{number}-answer": "yes" for number in range(3)}
    assert send(stage.as_("staff"), path(ref, "/weryfikacja"), **known, **{"points-3-answer": "yes"}).status_code == 303
    assert stage.world.facts(ref).entry("checklist")["points"].keys() == {"partners"}
    shown = stage.page("staff2", path(ref)).partition('id="checks"')[2]
    assert "Wszystkie wymagane części" in shown
    assert shown.count("Staff") == 1


def test_the_sheet_stands_beside_the_points_and_each_point_names_its_parts(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    page = stage.page("staff", path(ref, "/weryfikacja"))
    sheet, points = page.split('class="check-points"')
    assert 'id="s-goals"' in sheet
    assert 'id="s-budget"' in sheet
    assert 'href="#s-budget">Budżet</a>' in points


def test_what_the_system_knows_is_answered_already_and_can_be_changed(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    points = stage.page("staff", path(ref, "/weryfikacja")).split('class="check-points"')[1]
    assert points.count("data-known") == 3
    assert "Termin upływał: " in points
    assert re.search(r'name="points-1-answer" value="yes"[^>]* checked', points)
    assert not re.search(r'name="points-3-answer" value="yes"[^>]* checked', points)
    # What was found otherwise stays so.
    stage.world.take(
        ref, "checklist", "staff", points=[{"point": "complete", "answer": "no", "remark": "Brak podpisu"}]
    )
    points = stage.page("staff", path(ref, "/weryfikacja")).split('class="check-points"')[1]
    assert points.count("data-known") == 2
    assert re.search(r'name="points-0-answer" value="no"[^>]* checked', points)


def test_the_decisions_stand_below_the_points_side_by_side(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    decide = stage.page("staff", path(ref, "/weryfikacja")).partition('id="decide"')[2]
    for label in ("Dopuść do prezentacji", "Zwróć do uzupełnienia", "Odmów dopuszczenia"):
        assert label in decide
    assert 'class="button primary"' not in decide


def test_only_the_office_opens_the_check(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    for who in ("leader", "animator", "participant", "admin"):
        assert stage.as_(who).get(path(ref, "/weryfikacja")).status_code == 403


def test_a_refusal_shows_who_drafted_it_and_waits_for_somebody_else(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    stage.world.take(ref, "draft_refusal", "staff", ground="merit_powers", justification="Poza zadaniami powiatu.")
    mine, theirs = stage.page("staff", path(ref)), stage.page("staff2", path(ref))
    assert "Odmowę przygotowano z Twojego konta" in mine
    assert "Odmowę musi potwierdzić druga osoba." in theirs
    assert "Poza zadaniami powiatu." in theirs
    assert "Poza zadaniami powiatu." not in stage.page("leader", path(ref))
    assert send(stage.as_("staff"), f"/projekty/{ref.id}/krok/refuse_admission").status_code == 422
    assert send(stage.as_("staff2"), f"/projekty/{ref.id}/krok/refuse_admission").status_code == 303


def test_the_list_of_the_office_says_until_when_a_group_may_hand_in(stage: Stage) -> None:
    ref = ready(stage)
    until = stage.world.facts(ref).submission_until
    assert until is not None
    day = warsaw_date(until) + timedelta(days=2)
    stage.world.take(ref, "extend_submission", "staff", due_on=day, reason="Powódź.")
    key = stage.world.facts(ref).edition["key"]
    assert format_date(term_end(day), "pl") in stage.page("staff", f"/edycje/{key}/lista")


# --- offers that fit -----------------------------------------------------------------------------------------


def returned(stage: Stage) -> Ref:
    """A project that came back for its goals, as a call of the office says it."""
    ref = stage.world.proposal_in("submitted")
    rows = {"section_reasons-0-section": "goals", "section_reasons-0-reason": "unclear",
            "section_reasons-0-words": "Dla kogo?", "explanation": "Prosimy o uzupełnienie."}  # fmt: skip
    assert send(stage.as_("staff"), f"/projekty/{ref.id}/krok/return_for_completion", **rows).status_code == 303
    return ref


def test_a_returned_project_says_what_to_mend_wherever_it_is_shown(stage: Stage) -> None:
    ref = returned(stage)
    for page in (path(ref), f"/projekty/{ref.id}", "/praca"):
        text = stage.page("leader", page)
        assert "Popraw to, o co prosi biuro (Cele), a potem zgłoś ponownie." in text, page
    assert "Popraw i zgłoś ponownie" in text
    assert "Popraw to, o co prosi biuro" not in stage.page("staff", path(ref))


def test_the_sheet_of_a_returned_project_says_what_to_mend_and_leaves_it_open_on_a_phone(stage: Stage) -> None:
    ref = returned(stage)
    sheet = f"/projekty/{ref.id}/karta"
    page = stage.page("leader", sheet)
    assert "Biuro prosi o uzupełnienie: Cele." in page
    assert "Wszystkie wymagane części są gotowe" not in page, "a sheet that came back is not ready"
    assert f'href="{sheet}/goals">' in page.partition('<div class="actions">')[2].partition("</div>")[0], (
        "the way on leads there"
    )
    asked, other = (
        page.partition(f'aria-labelledby="s-{name}"')[2].partition("</section>")[0] for name in ("goals", "title")
    )
    assert "do uzupełnienia" in asked
    assert "Dla kogo?" in asked
    assert "data-phone-closed" not in asked
    assert "data-phone-closed" in other
    assert "Biuro prosi o uzupełnienie: Cele." in stage.page("leader", f"{sheet}/goals")
    stage.world.take(ref, "edit_sheet", "leader", goals="Otworzyć świetlicę dla wszystkich.")
    page = stage.page("leader", sheet)
    assert "Zmieniono wszystko, o co prosi biuro. Lider może zgłosić projekt ponownie." in page
    asked = page.partition('aria-labelledby="s-goals"')[2].partition("</section>")[0]
    assert "do uzupełnienia" not in asked
    assert "zmieniono" in asked


def test_answers_of_the_round_before_stand_in_the_form_again(stage: Stage) -> None:
    ref = returned(stage)
    browser = stage.as_("leader")
    page = browser.get(path(ref)).text
    assert "reason_answers-0-words" in page
    assert "reason_answers-1-words" not in page, "a blank row for every section that was asked back, and no more"
    said = {"reason_answers-0-section": "goals", "reason_answers-0-words": "Dla seniorów.", "explanation": "Tak."}
    fields = hidden(page, f"/projekty/{ref.id}/krok/resubmit")
    assert browser.post(f"/projekty/{ref.id}/krok/resubmit", {**fields, **said}).status_code == 303
    rows = {"section_reasons-0-section": "goals", "section_reasons-0-reason": "unclear", "explanation": "Jeszcze raz."}
    assert send(stage.as_("staff"), f"/projekty/{ref.id}/krok/return_for_completion", **rows).status_code == 303
    assert "Dla seniorów." in stage.page("leader", path(ref))


def test_handing_in_says_which_talks_are_open(stage: Stage) -> None:
    ref = ready(stage)
    assert "Pokaż otwarte rozmowy" not in stage.page("leader", path(ref))
    send(stage.as_("staff"), f"/projekty/{ref.id}/rozmowa", text="Proszę dołączyć zgodę.", circle="office")
    page = stage.page("leader", path(ref))
    assert "1 rozmowa jest jeszcze otwarta" in page
    assert f'href="/projekty/{ref.id}/rozmowa?stan=otwarte"' in page
    browser = stage.as_("leader")
    browser.get(f"/projekty/{ref.id}/rozmowa")
    assert browser.post(f"/projekty/{ref.id}/rozmowa/1/zalatwione").status_code == 303
    assert "Pokaż otwarte rozmowy" not in stage.page("leader", path(ref))


def test_the_office_has_one_form_for_its_check_and_finds_in_it_what_it_found(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    page = stage.page("staff", f"/projekty/{ref.id}")
    assert "krok/formal_check" not in page
    assert f"/projekty/{ref.id}/zgloszenie/weryfikacja" in page
    opinion = {"unit": "Wydział Inwestycji", "opinion": "positive", "justification": "Zasadny i wykonalny."}
    stage.world.take(ref, "merit_opinion", "staff", **opinion)
    again = stage.page("staff", f"/projekty/{ref.id}/krok/merit_opinion")
    assert "Zasadny i wykonalny." in again
    assert "Wydział Inwestycji" in again
