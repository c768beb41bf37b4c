"""What an office sets up and looks through: its contact and mark, the log of an edition, a copy of an edition."""

import csv
import re
from io import BytesIO, StringIO

import pytest
from PIL import Image
from sqlalchemy import insert, select

from tests.web.stage import Stage, hidden
from workflow.models import Criterion, LetterTextVersion

CONTACT = {"body": "Starostwo Powiatowe w Łęgowie", "office": "Biuro partnerstwa", "address": "ul. Rynek 4, 00-000 Łęgów",
           "email": "biuro@legow.example.org", "telephone": "00 000 00 00", "officer_email": "iod@legow.example.org"}  # fmt: skip


def save_contact(stage: Stage, who: str = "staff", **more: object) -> int:
    browser = stage.as_(who)
    fields = hidden(browser.get("/biuro/dane").text)
    answer = browser.post("/biuro/dane", {**fields, **CONTACT, **more}, content_type="multipart/form-data")
    return int(answer.status_code)


def picture(size: tuple[int, int] = (900, 600)) -> BytesIO:
    drawn = BytesIO()
    Image.new("RGB", size, "navy").save(drawn, "PNG")
    drawn.seek(0)
    return drawn


# --- the contact ----------------------------------------------------------------------------------------------


def test_the_office_is_warned_until_the_statements_can_name_it(stage: Stage) -> None:
    stage.world.edition("conferences")
    for who in ("staff", "admin"):
        assert "Brakuje danych kontaktowych biura" in stage.page(who, "/praca")
    assert "Brakuje danych" not in stage.page("leader", "/praca")
    assert "Brakuje danych" not in stage.page(None, "/dostepnosc")
    assert save_contact(stage) == 303
    assert "Brakuje danych" not in stage.page("staff", "/praca")


def test_the_statements_name_the_office_by_its_contact(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert save_contact(stage) == 303
    page = stage.page(None, "/dostepnosc")
    assert '<span id="a11y-podmiot">Starostwo Powiatowe w Łęgowie</span>' in page
    assert '<span id="a11y-telefon">00 000 00 00</span>' in page
    assert "mailto:iod@legow.example.org" in stage.page(None, "/prywatnosc")


def test_a_contact_that_lacks_something_comes_back_as_it_was_typed(stage: Stage) -> None:
    stage.world.edition("conferences")
    browser = stage.as_("staff")
    fields = hidden(browser.get("/biuro/dane").text)
    answer = browser.post("/biuro/dane", {**fields, **CONTACT, "telephone": "", "email": "nie adres"})
    assert answer.status_code == 422
    assert CONTACT["body"] in answer.text
    assert "nie adres" in answer.text


@pytest.mark.parametrize("who", ["leader", "chair", "participant", None])
def test_only_office_and_administrators_write_the_contact(stage: Stage, who: str | None) -> None:
    stage.world.edition("conferences")
    assert stage.as_(who).get("/biuro/dane").status_code == (303 if who is None else 403)


def test_the_mark_is_drawn_anew_small_and_stays_until_it_is_removed(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert stage.as_(None).client.get("/logo").mimetype == "image/svg+xml"
    assert save_contact(stage, file=(picture(), "logo.png")) == 303
    answer = stage.as_(None).client.get("/logo")
    assert answer.mimetype == "image/png"
    with Image.open(BytesIO(answer.data)) as shown:
        assert shown.width <= 480
        assert shown.height <= 160
    assert save_contact(stage) == 303
    assert stage.as_(None).client.get("/logo").data == answer.data
    assert save_contact(stage, without_logo="1") == 303
    assert stage.as_(None).client.get("/logo").mimetype == "image/svg+xml"


def test_a_refused_contact_keeps_the_mark_that_was_chosen(stage: Stage) -> None:
    stage.world.edition("conferences")
    browser = stage.as_("staff")
    sent = {**hidden(browser.get("/biuro/dane").text), **CONTACT, "email": "nie adres", "file": (picture(), "logo.png")}
    refused = browser.post("/biuro/dane", sent, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "logo.png" in refused.text
    again = {**hidden(refused.text, "/biuro/dane"), **CONTACT}
    assert browser.post("/biuro/dane", again, content_type="multipart/form-data").status_code == 303
    assert stage.as_(None).client.get("/logo").mimetype == "image/png"


def test_what_is_no_picture_is_refused_with_a_sentence(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert save_contact(stage, file=(BytesIO(b"<svg onload=alert(1)>"), "logo.png")) == 422
    assert stage.as_(None).client.get("/logo").mimetype == "image/svg+xml"


# --- the log --------------------------------------------------------------------------------------------------


def test_the_log_says_who_did_what_and_when_in_the_past(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    key = stage.world.facts(ref).edition["key"]
    page = stage.page("staff", f"/edycje/{key}/dziennik")
    assert "Zgłoszono projekt" in page
    assert f'href="/projekty/{ref.id}"' in page
    assert stage.world["leader"].name in page


def test_the_log_is_searched_by_person_project_act_kind_and_day(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    facts = stage.world.facts(ref)
    log = f"/edycje/{facts.edition['key']}/dziennik"

    def found(query: str) -> int:
        return stage.page("staff", f"{log}?{query}").count("<time datetime=")

    everything = found("")
    assert 0 < found(f"q={stage.world['leader'].name.upper()}") < everything
    assert found(f"q={facts['title']}") == stage.entries(ref)
    assert found("q=zgłoszono projekt") == 1
    assert 0 < found("rodzaj=edition") < everything
    assert found("od=1.1.2099") == 0
    assert found("do=1.1.1999") == 0
    assert found("q=takiego-nie-ma") == 0
    assert "na dwa sposoby" in stage.page("staff", f"{log}?od=7/10/2026")


def test_the_whole_log_found_is_a_file(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    key = stage.world.facts(ref).edition["key"]
    answer = stage.as_("staff").get(f"/edycje/{key}/dziennik.csv?rodzaj=proposal")
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Kiedy", "Kto", "Co zrobiono"]
    assert len(rows) == 1 + stage.entries(ref)
    assert stage.as_("staff").client.get(f"/edycje/{key}/dziennik.xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("who", ["leader", "member", "chair", "participant"])
def test_only_office_and_administrators_read_the_log(stage: Stage, who: str) -> None:
    ref = stage.world.proposal_in("submitted")
    key = stage.world.facts(ref).edition["key"]
    for path in ("dziennik", "dziennik.csv", "dziennik.xlsx"):
        assert stage.as_(who).get(f"/edycje/{key}/{path}").status_code == 403


def test_an_administrator_is_told_nothing_of_private_papers(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    stage.world.take(ref, "draft_refusal", "staff", ground="merit_powers", justification="Poza zadaniami powiatu.")
    log = f"/edycje/{stage.world.facts(ref).edition['key']}/dziennik?rodzaj=proposal"
    office, admin = stage.page("staff", log), stage.page("admin", log)
    assert office.count("<time datetime=") > admin.count("<time datetime=")
    assert "odmow" not in admin.partition("<main")[2].lower()


# --- the copy -------------------------------------------------------------------------------------------------


def test_a_copy_takes_over_rules_and_settings_and_none_of_the_projects(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    source = stage.world.edition_of(ref)
    stage.world.take(source, "change_settings", "staff", appeal_days="21")
    stage.world.take(source, "change_letter_text", "staff", letter_topic="proposal.submitted", letter_language="pl",
                     letter_subject="Mamy projekt: {title}", letter_happened="Dziękujemy za „{title}”.")  # fmt: skip
    with stage.db.transaction() as tx:
        named = {"name": {"pl": "Trwałość efektu"}, "weight": 3, "scale_max": 4}
        tx.execute(insert(Criterion).values(edition_id=source.id, number=1, changed_at=stage.world.now, **named))
    key = stage.world.facts(source)["key"]
    browser = stage.as_("staff")
    fields = hidden(browser.get(f"/edycje/{key}/kopia").text)
    new = {"key": "kopia-2027", "title": "Druga edycja", "county": "płocki", "year": "2027"}
    assert browser.post(f"/edycje/{key}/kopia", {**fields, **new}).location == "/edycje/kopia-2027"
    # Sent twice, it is one edition.
    assert browser.post(f"/edycje/{key}/kopia", {**fields, **new}).location == "/edycje/kopia-2027"
    assert "Druga edycja" in browser.get("/edycje/kopia-2027").text
    assert re.search(r'id="f-appeal_days"[^>]*value="21"', browser.get("/edycje/kopia-2027/ustawienia").text)
    assert "Świetlica" not in browser.get("/edycje/kopia-2027/lista").text
    c, t = Criterion, LetterTextVersion
    with stage.db.reading() as tx:
        copied = tx.execute(select(c.name, c.weight, c.scale_max).where(c.edition_id != source.id)).one()
        letter = tx.execute(select(t.topic, t.subject, t.approved_at).where(t.edition_id != source.id)).one()
    assert tuple(copied) == ({"pl": "Trwałość efektu"}, 3, 4)
    assert tuple(letter) == ("proposal.submitted", "Mamy projekt: {title}", None)


def test_a_copy_of_the_newest_edition_needs_no_setting_that_differs(stage: Stage) -> None:
    stage.world.edition("conferences", key="pierwsza")
    browser = stage.as_("staff")
    fields = hidden(browser.get("/edycje/pierwsza/kopia").text)
    new = {"key": "druga", "title": "Druga edycja", "county": "płocki", "year": "2027"}
    assert browser.post("/edycje/pierwsza/kopia", {**fields, **new}).location == "/edycje/druga"


def test_a_copy_with_a_key_that_is_taken_comes_back_with_what_was_typed(stage: Stage) -> None:
    source = stage.world.edition("conferences", key="pierwsza")
    browser = stage.as_("staff")
    fields = hidden(browser.get("/edycje/pierwsza/kopia").text)
    answer = browser.post(
        "/edycje/pierwsza/kopia", {**fields, "key": "pierwsza", "title": "Druga", "county": "płocki", "year": "2027"}
    )
    assert answer.status_code in (409, 422)
    assert "Druga" in answer.text
    assert stage.entries(source)


def test_only_the_office_of_an_edition_copies_it(stage: Stage) -> None:
    stage.world.edition("conferences", key="cudza")
    for who in ("leader", "chair", "participant"):
        assert stage.as_(who).get("/edycje/cudza/kopia").status_code == 403
