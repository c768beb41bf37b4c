"""The pages of letters: editing a text, trying it out, approving what waits, writing to a list."""

import re
from html import unescape
from typing import Any

import pytest

from tests.web.stage import Browser, Stage, hidden, send
from tests.workflow.letters.test_texts import TEXT
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref

TEXTS = "/edycje/{key}/powiadomienia"
BATCHES = "/edycje/{key}/wysylki"


@pytest.fixture
def project(stage: Stage) -> Ref:
    return stage.world.proposal_in("group_work")


def address(stage: Stage, project: Ref, path: str) -> str:
    return path.format(key=stage.world.facts(stage.world.edition_of(project))["key"])


def press(browser: Browser, page: str, button: str, **typed: str) -> Any:
    """Press a button of a page whose form goes to an address below it."""
    return browser.post(f"{page}/{button}", {**hidden(browser.get(page).text), **typed})


def test_the_list_names_topics_readers_and_channels(stage: Stage, project: Ref) -> None:
    parts = stage.page("staff", address(stage, project, TEXTS)).count("?czesc=")
    pages = [
        unescape(stage.page("staff", f"{address(stage, project, TEXTS)}?czesc={part}")) for part in range(1, parts + 1)
    ]
    for words in ("Projekt dopuszczono do prezentacji", "lider grupy, osoby z grupy", "e-mailem i w serwisie",
                  "tylko w serwisie", "Zmiana terminu konferencji"):  # fmt: skip
        assert any(words in page for page in pages), words
    assert not any("Link do logowania" in page for page in pages)


def test_a_text_is_edited_previewed_saved_approved_and_reset(stage: Stage, project: Ref) -> None:
    one = address(stage, project, f"{TEXTS}/proposal.admitted/pl")
    typed = {"letter_subject": "Zapraszamy: {title}", "letter_happened": "Nowe słowa o „{title}”.",
             "asked-leader": "Prosimy zadzwonić do biura."}  # fmt: skip
    office = stage.as_("staff")
    page = unescape(stage.page("staff", one))
    assert "{day}" in page
    assert "Prosimy przygotować prezentację" in page
    shown = unescape(press(office, one, "podglad", **typed).text)
    assert "Zapraszamy: Świetlica „Razem”" in shown
    assert "Nowe słowa o „Świetlica »Razem«”." in shown
    answer = send(office, one, **typed)
    assert (answer.status_code, answer.location) == (303, one)
    page = unescape(stage.page("staff", one))
    assert "Ten tekst czeka na zatwierdzenie" in page
    history = unescape(stage.page("staff", one.partition("/powiadomienia")[0]))
    assert "Projekt dopuszczono do prezentacji (po polsku): Zapraszamy: {title}" in history
    assert re.search(r"Staff: <strong>Zapraszamy: {title}</strong>", page)
    assert "Żadne powiadomienie z tym tekstem teraz nie czeka." in stage.page("staff", f"{one}/zatwierdz")
    assert send(office, f"{one}/zatwierdz").location == one
    page = unescape(stage.page("staff", one))
    assert "Ten tekst czeka na zatwierdzenie" not in page
    assert "zatwierdzenie: Staff" in page
    assert "Od teraz znowu obowiązuje tekst: „Biuro programu" in unescape(stage.page("staff", f"{one}/przywroc"))
    assert send(office, f"{one}/przywroc").location == one
    assert "znowu tekst domyślny" in stage.page("staff", one)


def test_an_unknown_placeholder_is_named_and_nothing_typed_is_lost(stage: Stage, project: Ref) -> None:
    one = address(stage, project, f"{TEXTS}/proposal.admitted/pl")
    answer = send(stage.as_("staff"), one, letter_subject="Zapraszamy", letter_happened="Pan {imie} ma głos",
                  **{"asked-group": "Prosimy o {receipt}", "note": "Na prośbę wójta"})  # fmt: skip
    page = unescape(answer.text)
    assert answer.status_code == 422
    for words in ("„{imie}”", "„{receipt}”", "{title}, {number}, {edition}", 'value="Zapraszamy"', "Pan {imie} ma głos",
                  "Prosimy o {receipt}", "Na prośbę wójta", 'href="#f-letter_happened"'):  # fmt: skip
        assert words in page


def test_an_emptied_subject_is_refused_wherever_it_is_sent(stage: Stage, project: Ref) -> None:
    one = address(stage, project, f"{TEXTS}/proposal.admitted/pl")
    office = stage.as_("staff")
    typed = {**hidden(office.get(one).text), "letter_subject": " ", "letter_happened": "Słowa."}
    for page in ("", "/podglad", "/probny"):
        answer = office.post(f"{one}{page}", typed)
        assert answer.status_code == 422
        assert 'href="#f-letter_subject"' in answer.text, page
        assert "Słowa." in answer.text


def test_settings_that_a_text_needs_and_that_are_empty_are_named(stage: Stage, project: Ref) -> None:
    one = address(stage, project, f"{TEXTS}/proposal.admitted/pl")
    office, typed = stage.as_("staff"), {"letter_subject": "A", "letter_happened": "Pisze {office}."}
    assert "W ustawieniach brakuje nazwy albo kontaktu biura" in stage.page("staff", address(stage, project, TEXTS))
    assert "tego brakuje: {office}" in press(office, one, "podglad", **typed).text
    assert "tego brakuje" not in press(office, one, "podglad", **{**typed, "letter_happened": "Pisze biuro."}).text


def test_a_test_letter_comes_to_oneself_alone(stage: Stage, project: Ref) -> None:
    one = address(stage, project, f"{TEXTS}/proposal.admitted/pl")
    typed = {"letter_subject": "Zapraszamy: {title}", "letter_happened": "Nowe słowa."}
    assert press(stage.as_("staff"), one, "probny", **typed).status_code == 200
    assert len(relay_all(stage.db, base_url="http://127.0.0.1", at=stage.world.at)) >= 1
    assert "Próba: Zapraszamy: Świetlica" in unescape(stage.page("staff", "/skrzynka"))
    assert "Próba" not in stage.page("leader", "/skrzynka")


@pytest.mark.parametrize("page", ["podglad", "probny"])
def test_a_preview_read_again_leads_to_the_editor(stage: Stage, project: Ref, page: str) -> None:
    one = address(stage, project, f"{TEXTS}/proposal.admitted/pl")
    answer = stage.as_("staff").get(f"{one}/{page}")
    assert (answer.status_code, answer.location) == (303, one)
    assert stage.as_("leader").get(f"{one}/{page}").status_code == 403


def test_a_letter_to_a_list_is_seen_held_and_approved(stage: Stage, project: Ref) -> None:
    new, office = address(stage, project, f"{BATCHES}/nowa"), stage.as_("staff")
    typed = {"recipients": "leaders", "subject": "Dyżur biura", "text": "W środę do 18."}
    seen = unescape(press(office, new, "odbiorcy", **typed).text)
    assert "Osoby na liście: 1" in seen
    assert "W środę do 18." in seen
    answer = send(office, new, **typed)
    assert answer.status_code == 303
    assert "Powiadomienia czekają na zatwierdzenie" in stage.page("staff", "/praca")
    page = unescape(stage.page("staff", answer.location))
    for words in ("Do: Leader", "Dyżur biura", "W środę do 18.", "Zatwierdź powiadomienia", "Szanowni Państwo"):
        assert words in page
    listed = stage.page("staff", address(stage, project, BATCHES))
    for words in ("Powiadomienie do listy osób: wszyscy liderzy edycji", "Dyżur biura"):
        assert words in listed
    assert press(office, answer.location, "zatwierdz").status_code == 303
    page = stage.page("staff", answer.location)
    assert "Zatwierdź powiadomienia" not in page
    assert "czekają na zatwierdzenie" not in stage.page("staff", "/praca")
    relay_all(stage.db, base_url="http://127.0.0.1", at=stage.world.at)
    asked = unescape(stage.page("staff", f"{answer.location}/wycofaj"))
    for words in ("Osoby, które nie dostaną powiadomienia: 1.", "kto zatwierdził powiadomienia: Staff."):
        assert words in asked
    assert press(office, answer.location, "wycofaj").status_code == 303
    page = unescape(stage.page("staff", answer.location))
    assert "/wycofaj" in page
    assert send(office, f"{answer.location}/wycofaj").status_code == 303
    page = unescape(stage.page("staff", answer.location))
    assert "/wycofaj" not in page
    for words in ("Zatwierdzenie", "Wycofanie"):
        assert words in page
    # Nothing is left to withdraw, to change or to approve.
    for address_again in ("wycofaj", "zmien", "zatwierdz"):
        assert office.get(f"{answer.location}/{address_again}").location == answer.location


def test_a_letter_to_a_list_has_no_hole_where_the_settings_are_empty(stage: Stage, project: Ref) -> None:
    new, office = address(stage, project, f"{BATCHES}/nowa"), stage.as_("staff")
    typed = {"recipients": "leaders", "subject": "Dyżur biura", "text": "Prosimy przyjść do: {office}."}
    refused = send(office, new, **typed)
    assert refused.status_code == 422
    assert "w ustawieniach edycji jest puste" in unescape(refused.text)
    assert "Prosimy przyjść do: {office}." in unescape(refused.text)
    assert send(office, new, **{**typed, "text": "Prosimy przyjść do biura."}).status_code == 303


def test_a_letter_that_waits_is_changed(stage: Stage, project: Ref) -> None:
    new, office = address(stage, project, f"{BATCHES}/nowa"), stage.as_("staff")
    typed = {"recipients": "leaders", "subject": "Dyżur biura", "text": "W środę do 18."}
    one = send(office, new, **typed).location
    assert "W środę do 18." in stage.page("staff", f"{one}/zmien")
    refused = send(office, f"{one}/zmien", **{**typed, "text": "W {dzien}"})
    assert refused.status_code == 422
    assert "W {dzien}" in refused.text
    assert send(office, f"{one}/zmien", **{**typed, "text": "W czwartek."}).status_code == 303
    page = unescape(stage.page("staff", one))
    assert "W czwartek." in page
    assert "Zmiana" in page


def test_letters_held_for_approval_are_seen_wherever_the_office_looks(stage: Stage) -> None:
    submitted = stage.world.proposal_in("submitted")
    stage.world.verify(submitted)
    one, step = address(stage, submitted, f"{TEXTS}/proposal.admitted/pl"), f"/projekty/{submitted.id}/krok/admit"
    waits = "Te powiadomienia poczekają, aż zatwierdzi je biuro"
    assert waits not in stage.page("staff", step)
    stage.world.take(stage.world.edition_of(submitted), "change_letter_text", "staff", **TEXT)
    assert waits in stage.page("staff", step)
    assert "Powiadomienia czekają na zatwierdzenie" not in stage.page("staff", "/praca")
    office = stage.as_("staff")
    done = send(office, step)
    assert done.status_code == 303
    assert waits in office.get(done.location).text
    relay_all(stage.db, base_url="http://127.0.0.1", at=stage.world.at)
    batches = address(stage, submitted, BATCHES)
    for path in ("/poczta", "/praca", f"/projekty/{submitted.id}"):
        page = stage.page("staff", path)
        assert "Powiadomienia czekają na zatwierdzenie" in page, path
        assert f'href="{batches}' in page, path
    post = stage.page("staff", "/poczta")
    assert "każde wyszło" not in post
    # The number above and the list of editions count the same.
    assert re.search(r"<dt>powiadomienie do zatwierdzenia</dt>\s*<dd>1</dd>", post)
    assert ": 1 powiadomienie do zatwierdzenia</a>" in post
    about = f"/poczta/projekt/{submitted.id}"
    assert "czekają na zatwierdzenie: 1." in stage.page("staff", about)
    assert batches not in stage.page("admin", "/poczta")
    for path in ("/praca", f"/projekty/{submitted.id}"):
        assert "Powiadomienia czekają" not in stage.page("leader", path)
    assert "wyjdą od razu: 1." in stage.page("staff", f"{one}/zatwierdz")
    send(stage.as_("staff"), f"{one}/zatwierdz")
    for path in ("/poczta", "/praca", about):
        assert "Powiadomienia czekają na zatwierdzenie" not in stage.page("staff", path), path


@pytest.mark.parametrize("who", ["leader", "chair", "participant", None])
def test_nobody_else_opens_these_pages(stage: Stage, project: Ref, who: str | None) -> None:
    for path in (TEXTS, f"{TEXTS}/proposal.admitted/pl", BATCHES, f"{BATCHES}/nowa", f"{BATCHES}/1"):
        answer = stage.as_(who).get(address(stage, project, path))
        assert answer.status_code == (303 if who is None else 403), path


@pytest.mark.parametrize("path", ["proposal.nothing/pl", "proposal.admitted/de", "account.sign_in_link/pl"])
def test_a_text_that_is_not_there_is_not_found(stage: Stage, project: Ref, path: str) -> None:
    assert stage.as_("staff").get(address(stage, project, f"{TEXTS}/{path}")).status_code == 404
