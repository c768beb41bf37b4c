"""Pages of money and reports of a project: what is typed is kept, sums are shown, others than its people see nothing."""

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.web.stage import Stage, hidden
from workflow.base.calendar import warsaw_date
from workflow.models import Affiliation, Organisation, Promise, ProposalFile

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e366"
    "0000000049454e44ae426082"
)


class Pages:
    """A project that has just started, with the budget of its sheet, 12 500 zł."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        self.ref = self.world.proposal_in("in_implementation")
        self.money, self.reports = (f"/projekty/{self.ref.id}/{part}" for part in ("pieniadze", "sprawozdania"))

    @property
    def today(self) -> date:
        return warsaw_date(self.world.now)

    def form(self, **typed: Any) -> tuple[Any, dict[str, Any]]:
        """The coordinator's browser with the page open, and the form as it is sent."""
        browser = self.stage.as_("coordinator")
        fields = hidden(browser.get(self.money).text, self.money)
        known = {"line_number": "1", "expense_kind": "spent", "day": self.today.isoformat(), "amount": "250,00",
                 "paid_for": "Farba do ścian"}  # fmt: skip
        return browser, {**fields, **known, **typed}

    def note(self, **typed: Any) -> Any:
        browser, fields = self.form(**typed)
        return browser.post(self.money, fields)


@pytest.fixture
def pages(stage: Stage) -> Pages:
    return Pages(stage)


def test_a_payment_is_noted_on_the_page_and_shown_with_its_sums(pages: Pages) -> None:
    assert pages.note().status_code == 303
    shown = pages.stage.as_("staff").get(pages.money).text
    assert "Farba do ścian" in shown
    assert "250,00" in shown


def test_an_amount_above_the_line_is_refused_with_what_is_too_much_and_loses_nothing(pages: Pages) -> None:
    answer = pages.note(amount="9 999 999,00")
    assert answer.status_code == 422
    assert "Najpierw poproś o zmianę budżetu" in answer.text
    assert "Farba do ścian" in answer.text


def test_a_document_comes_with_the_expense_once_and_with_a_refused_one_not_at_all(pages: Pages) -> None:
    bill = lambda: (io.BytesIO(PNG), "faktura.png")  # noqa: E731
    assert pages.note(amount="9 999 999,00", document=bill()).status_code == 422
    assert files(pages) == []
    browser, fields = pages.form()
    # The same form sent twice keeps one file and one expense.
    for _time in range(2):
        assert browser.post(pages.money, {**fields, "document": bill()}).status_code == 303
    assert files(pages) == ["faktura.png"]
    shown = pages.stage.as_("staff").get(pages.money).text
    assert shown.count("Farba do ścian") == 1
    assert "faktura.png" in shown


def test_a_document_that_cannot_be_kept_refuses_the_expense_with_it(pages: Pages) -> None:
    answer = pages.note(document=(io.BytesIO(b"MZ program"), "program.exe"))
    assert answer.status_code == 422
    assert "Farba do ścian" in answer.text
    assert files(pages) == []
    assert "Nie ma jeszcze zobowiązań ani wydatków." in pages.stage.as_("staff").get(pages.money).text


def files(pages: Pages) -> list[str]:
    with pages.world.writing() as tx:
        return list(tx.execute(select(ProposalFile.name)).scalars())


def test_outsiders_find_neither_money_nor_reports(pages: Pages) -> None:
    for who in ("participant", "leader2"):
        for path in (pages.money, pages.reports, f"{pages.reports}/1"):
            assert pages.stage.as_(who).get(path).status_code == 404


def test_the_report_form_begins_with_the_period_and_a_report_is_read_beside_the_sums(pages: Pages) -> None:
    browser, action = pages.stage.as_("coordinator"), f"/projekty/{pages.ref.id}/krok/report_progress"
    form = browser.get(action).text
    assert "Okres od" in form
    typed = {"period_to": pages.today.isoformat(), "light": "amber", "report": "Tynki schną."}
    answer = browser.post(action, {**hidden(form, action), **typed})
    assert answer.status_code == 422
    assert "Podaj, dlaczego światło nie jest zielone." in answer.text
    answer = browser.post(action, {**hidden(form, action), **typed, "light_reason": "Deszcz."})
    assert answer.status_code == 303
    shown = pages.stage.as_("staff").get(f"{pages.reports}/1").text
    for words in ("Tynki schną.", "Deszcz.", "Przyjmij sprawozdanie", "Zwróć sprawozdanie do poprawy"):
        assert words in shown


def test_a_partner_who_promised_something_sees_the_own_part_alone(pages: Pages) -> None:
    world = pages.world
    with pages.stage.db.transaction() as tx:
        known = {"name": "Gmina Gąbin", "search": "gmina gabin", "created_at": world.at}
        own = tx.execute(insert(Organisation).values(known).returning(Organisation.id)).scalar_one()
        tx.execute(insert(Affiliation).values(person_id=world["partner"].id, organisation_id=own))
        promise = {"proposal_id": pages.ref.id, "organisation_id": own, "partner": "Gmina", "text": "Lokal."}
        tx.execute(insert(Promise).values(**promise, state="open", created_at=world.at))
    browser, action = pages.stage.as_("partner"), f"/projekty/{pages.ref.id}/krok/add_report_part"
    page = browser.get(pages.reports).text
    assert "Wszystkie sprawozdania" not in page
    typed = {"for_organisation": str(own), "report_part": "Lokal gotowy."}
    assert browser.post(action, {**hidden(page, action), **typed}).status_code == 303
    assert "Lokal gotowy." in browser.get(pages.reports).text
    assert browser.get(f"{pages.reports}/1").status_code == 404


def test_the_office_reads_the_report_on_the_form_that_accepts_it(pages: Pages) -> None:
    report = {"period_to": pages.today, "light": "red", "light_reason": "Brak ekipy.", "report": "Tynki schną."}
    pages.world.at = pages.world.now
    pages.world.take(pages.ref, "report_progress", "coordinator", **report)
    form = pages.stage.as_("staff").get(f"/projekty/{pages.ref.id}/krok/accept_report").text
    for words in ("Tynki schną.", "Brak ekipy.", "Plan i pieniądze dziś", "Zwróć sprawozdanie do poprawy"):
        assert words in form
