"""The agreement on its pages: the office invites and reminds, partners read and sign, outsiders see who concluded it."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from tests.agreement import TEXT, drafted, invited, mandated, opened, organisation, seen, signed
from tests.web.stage import Stage, hidden, send
from tests.workflow.lifecycle import documents
from workflow.base.calendar import warsaw_date
from workflow.models import AgreementPartnerFile, Document, LetterBatch
from workflow.rules.documents import DocumentKind
from workflow.rules.facts import Ref

PDF = documents.PDF


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition("conferences", minimum_signatures=1)


def test_the_office_writes_reads_and_opens_the_text(stage: Stage, edition: Ref) -> None:
    agreement = drafted(stage.world, edition)
    page = f"/umowy/{agreement.id}/tekst"
    browser = stage.as_("staff")
    shown = browser.get(page).text
    for words in ("Umowa wchodzi w życie", "Załącznik 1: Wykaz projektów", "Otwórz umowę do podpisu"):
        assert words in shown
    assert TEXT.split("\n")[0] in stage.page("staff", f"/umowy/{agreement.id}/krok/write_text")
    assert stage.as_("leader").get(page).status_code == 404
    step = f"/umowy/{agreement.id}/krok/open_for_signature"
    assert browser.post(step, hidden(shown, step)).status_code == 303
    assert stage.world.state(agreement) == "open"
    with stage.db.reading() as tx:
        number = tx.execute(select(Document.id).where(Document.kind == DocumentKind.AGREEMENT)).scalar_one()
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!doctype")):
        assert browser.client.get(f"{page}/{number}.{form}").data.startswith(begins)
    assert stage.as_("leader").get(f"{page}/{number}.pdf").status_code == 404


def test_organisations_are_invited_in_bulk_and_their_letters_wait(stage: Stage, edition: Ref) -> None:
    agreement = opened(stage.world, edition)
    school = organisation(stage.world, "Szkoła", member="leader")
    page = f"/umowy/{agreement.id}/partnerzy"
    assert "Szkoła" in stage.page("staff", page)
    assert stage.as_("leader").get(page).status_code == 404
    assert send(stage.as_("staff"), page).status_code == 422
    assert send(stage.as_("staff"), page, chosen=str(school), answer_day="2020-01-01").status_code == 422
    assert send(stage.as_("staff"), page, chosen=str(school)).status_code == 303
    with stage.db.reading() as tx:
        assert tx.execute(select(LetterBatch.state)).scalars().all() == ["held"]
    chase = f"/umowy/{agreement.id}/przypomnienia"
    assert "Szkoła" in stage.page("chair", chase)
    assert send(stage.as_("staff"), chase, chosen="1").status_code == 303
    assert send(stage.as_("staff"), chase, chosen="999").status_code == 422
    sheet = stage.as_("staff").client.get(f"/umowy/{agreement.id}/lista-podpisow.pdf")
    assert sheet.data.startswith(b"%PDF")
    assert sheet.headers["Cache-Control"] == "no-store"


def test_a_batch_names_the_partners_whom_no_letter_reaches(stage: Stage, edition: Ref) -> None:
    agreement = opened(stage.world, edition)
    chosen = [
        str(organisation(stage.world, "Szkoła", member="leader")),
        str(organisation(stage.world, "Koło Gospodyń")),
    ]
    assert send(stage.as_("staff"), f"/umowy/{agreement.id}/partnerzy", chosen=chosen).status_code == 303
    with stage.db.reading() as tx:
        number = tx.execute(select(LetterBatch.id)).scalar_one()
    page = stage.page("staff", f"/edycje/{stage.world.facts(edition)['key']}/wysylki/{number}")
    assert "1 powiadomienia nikt nie dostanie" in page
    assert "<li><bdi>Koło Gospodyń</bdi></li>" in page
    assert "2 powiadomienia do zatwierdzenia" in stage.page("staff", "/poczta")


def test_a_signatory_reads_and_signs_with_an_own_account(stage: Stage, edition: Ref) -> None:
    agreement = opened(stage.world, edition)
    (partner,) = invited(stage.world, agreement, ("Szkoła",))
    mandated(stage.world, partner, person="leader")
    page = f"/partnerzy-umowy/{partner.id}"
    assert "Przeczytaj treść umowy" in stage.page("leader", page)
    assert stage.as_("member").get(page).status_code == 404
    assert f"/partnerzy-umowy/{partner.id}" in stage.page("leader", f"/umowy/{agreement.id}")
    browser = stage.as_("leader")
    text = browser.get(f"{page}/tekst").text
    assert browser.post(f"{page}/krok/sign", hidden(text, f"{page}/krok/sign")).status_code == 303
    assert stage.world.state(partner) == "signed"


def test_outsiders_see_who_concluded_the_agreement_and_nobody_else(stage: Stage, edition: Ref) -> None:
    agreement = opened(stage.world, edition)
    first, second, _third = invited(stage.world, agreement, ("Gmina Gąbin", "Szkoła", "Bank"))
    signed(stage.world, first)
    stage.world.take(second, "refuse", "staff", reason="Rada się nie zgodziła.")
    page = f"/umowy/{agreement.id}"
    before = stage.page(None, page)
    assert not any(name in before for name in ("Gmina Gąbin", "Szkoła", "Bank"))
    assert stage.as_(None).get(f"{page}/tekst").status_code == 404
    stage.world.take(agreement, "conclude", "staff")
    after = stage.page(None, page)
    assert "Gmina Gąbin" in after
    assert not any(name in after for name in ("Szkoła", "Bank", "Anna Nowak"))
    assert "Strony współpracują" in stage.page(None, f"{page}/tekst")
    with stage.db.reading() as tx:
        number = tx.execute(select(Document.id).where(Document.kind == DocumentKind.CERTIFICATE)).scalar_one()
    assert stage.as_(None).get(f"{page}/tekst/{number}.pdf").status_code == 404
    certificate = stage.as_("staff").client.get(f"{page}/tekst/{number}.html").get_data(as_text=True)
    for words in ("Gmina Gąbin", "Anna Nowak, prezes", "na papierze"):
        assert words in certificate


def test_a_scan_is_attached_and_read_by_those_who_may(stage: Stage, edition: Ref) -> None:
    agreement = opened(stage.world, edition)
    (partner,) = invited(stage.world, agreement, ("Szkoła",))
    signed(stage.world, partner)
    page = f"/partnerzy-umowy/{partner.id}"
    assert "brak skanu" in stage.page("staff", f"/umowy/{agreement.id}/partnerzy")
    browser = stage.as_("staff")
    fields = {**hidden(browser.get(page).text, f"{page}/pisma"), "partner_paper": "scan"}
    assert browser.post(f"{page}/pisma", fields).status_code == 422
    file = {"file": (BytesIO(PDF), "podpis.pdf")}
    assert browser.post(f"{page}/pisma", {**fields, **file}, content_type="multipart/form-data").status_code == 303
    assert "brak skanu" not in stage.page("staff", f"/umowy/{agreement.id}/partnerzy")
    with stage.db.reading() as tx:
        number = tx.execute(select(AgreementPartnerFile.id)).scalar_one()
    with stage.as_("staff").client.get(f"{page}/pisma/{number}") as answer:
        assert answer.data == PDF
    assert stage.as_("member").get(f"{page}/pisma/{number}").status_code == 404


def test_amendments_have_numbers_and_the_address_of_the_edition_leads_here(stage: Stage, edition: Ref) -> None:
    agreement = opened(stage.world, edition)
    first, second = invited(stage.world, agreement, ("Gmina Gąbin", "Szkoła"))
    signed(stage.world, first)
    stage.world.take(agreement, "conclude", "staff")
    signed(stage.world, second)
    stage.world.take(agreement, "write_text", "staff", agreement_text="Nowa treść.")
    browser = stage.as_("staff")
    text = browser.get(f"/umowy/{agreement.id}/tekst").text
    assert "Nowa treść." in text
    assert "Nowa treść." not in stage.page(None, f"/umowy/{agreement.id}/tekst")
    until = warsaw_date(stage.world.at) + timedelta(days=700)
    answer = browser.post(f"/umowy/{agreement.id}/krok/amend", {
        **hidden(text, f"/umowy/{agreement.id}/krok/amend"), "reason": "Nowy cel.", "valid_until_day": until.isoformat()})  # fmt: skip
    assert answer.status_code == 303
    page = stage.page(None, f"/umowy/{agreement.id}")
    assert "Aneks nr\u00a01" in page
    assert "Aneks nr\u00a02" in page
    assert stage.as_(None).get("/edycje/test-0/umowa").headers["Location"].endswith(f"/umowy/{agreement.id}")
    assert seen(stage.world, agreement, "staff")
