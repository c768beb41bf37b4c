"""The page of the minutes: opening a version is kept, what is signed is what stands there, nothing for outsiders."""

import re
from io import BytesIO
from typing import Any

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from tests.web.stage import Stage, hidden
from tests.workflow.documents.sessions import document_of, ended
from tests.workflow.selection.test_meetings import Session
from workflow.models import DocumentReading


class Desk:
    """A meeting that is over, and the browsers of those who make its minutes."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.session: Session = ended(stage.db, world=stage.world)
        self.path = f"/posiedzenia/{self.session.meeting.id}"
        self.page = f"{self.path}/protokol"

    def press(self, who: str, step: str) -> Any:
        action = f"{self.path}/krok/{step}"
        browser = self.stage.as_(who)
        fields = hidden(browser.get(self.page).text, action)
        assert fields, f"{step} is not on the page for {who}"
        return browser.post(action, fields)

    def readers(self) -> int:
        with self.stage.db.reading() as tx:
            return int(tx.execute(select(func.count()).select_from(DocumentReading)).scalar_one())


@pytest.fixture
def desk(stage: Stage) -> Desk:
    return Desk(stage)


def test_minutes_are_generated_read_signed_and_approved_on_their_page(desk: Desk) -> None:
    assert "Sporządź protokół." in desk.stage.as_("committee1").get(desk.page).text
    assert desk.press("secretary", "generate_minutes").status_code == 303
    assert desk.readers() == 0
    assert desk.press("secretary", "sign_minutes").status_code == 303
    assert desk.press("chair", "approve_minutes").status_code == 303
    text = desk.stage.as_("committee1").get(desk.page).text
    for line in ("Protokół jest zatwierdzony", "SHA-256: ", "Podpis: Secretary", "Zatwierdzenie: Chair"):
        assert line in text, line
    assert desk.readers() == 3


def test_what_was_not_opened_is_not_signed_by_any_door(desk: Desk) -> None:
    desk.press("secretary", "generate_minutes")
    digest = document_of(desk.session).data_digest
    action = f"{desk.path}/krok/sign_minutes"
    browser = desk.stage.as_("secretary")
    fields = hidden(browser.get(action).text, action)
    assert desk.readers() == 0
    answer = browser.post(action, {**fields, "digest": digest})
    assert answer.status_code == 422
    assert "Najpierw otwórz i przeczytaj" in answer.text


def test_downloads_hold_the_minutes_and_count_as_reading(desk: Desk) -> None:
    desk.press("secretary", "generate_minutes")
    number = document_of(desk.session).id
    browser = desk.stage.as_("committee1").client
    pdf = browser.get(f"{desk.page}/{number}.pdf")
    assert pdf.mimetype == "application/pdf"
    assert "wersja robocza" in PdfReader(BytesIO(pdf.data)).pages[0].extract_text()
    assert desk.readers() == 1
    word = docx.Document(BytesIO(browser.get(f"{desk.page}/{number}.docx").data))
    assert any(one.text == "Kworum" for one in word.paragraphs)
    assert "Kworum" in browser.get(f"{desk.page}/{number}.html").text
    assert browser.get(f"{desk.page}/{number}.exe").status_code == 404
    assert browser.get(f"{desk.page}/{number + 1}.pdf").status_code == 404


def test_an_approved_file_is_the_same_every_time(desk: Desk) -> None:
    for who, step in (("secretary", "generate_minutes"), ("secretary", "sign_minutes"), ("chair", "approve_minutes")):
        desk.press(who, step)
    address = f"{desk.page}/{document_of(desk.session).id}"
    for form in ("pdf", "docx", "html"):
        first = desk.stage.as_("chair").client.get(f"{address}.{form}").data
        assert desk.stage.as_("staff").client.get(f"{address}.{form}").data == first


def answer_of(browser: Any, path: str) -> tuple[int, str]:
    """Status and page, but for its random token and the address that was asked for."""
    answer = browser.get(path)
    return answer.status_code, re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(path, "")


@pytest.mark.parametrize("who", ["leader", "participant", "appeal_body", "visitor"])
def test_outsiders_get_the_answer_of_a_meeting_that_does_not_exist(desk: Desk, who: str) -> None:
    desk.press("secretary", "generate_minutes")
    browser = desk.stage.as_(who).client
    number = document_of(desk.session).id
    for rest in ("", f"/{number}", f"/{number}.pdf"):
        private, unknown = desk.page + rest, f"/posiedzenia/999999/protokol{rest}"
        assert answer_of(browser, private) == answer_of(browser, unknown)
        assert answer_of(browser, private)[0] == 404
