"""The page of the minutes: opening a version is kept, what is signed is what stands there, nothing for outsiders."""

from io import BytesIO
from typing import Any

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import func, insert, select, update

from tests.web.stage import Stage, answer_of, hidden
from tests.workflow.documents.sessions import document_of, ended
from tests.workflow.selection.test_meetings import Session
from workflow.models import Document, DocumentReading, Score, ScoreCard, ScoreOpening, Seat, SeatHolder
from workflow.selection.criteria import add_criterion


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
            query = select(func.count()).select_from(DocumentReading).join(Document)
            return int(tx.execute(query.where(Document.kind == "minutes")).scalar_one())


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


def test_everybody_reads_the_same_minutes_and_scores_only_without_conflicts_of_ones_own(desk: Desk) -> None:
    world, project = desk.session.world, desk.session.project
    edition = world.edition_of(project)
    with world.writing() as tx:
        asked = {"name_pl": "Diagnoza", "name_en": "Diagnosis", "weight": 1, "scale_min": 0, "scale_max": 5,
                 "step": 1, "required": True, "minimum": None}  # fmt: skip
        criterion = add_criterion(tx, edition.id, asked, actor=world["chair"], at=world.now)
        tx.execute(insert(ScoreOpening).values(proposal_id=project.id, opened_at=world.now))
        for seat_id, who, points in ((1, "chair", 4), (2, "committee1", 3)):
            card = tx.execute(insert(ScoreCard).values(
                proposal_id=project.id, seat_id=seat_id, person_id=world[who].id, state="submitted", comment="",
                sheet_digest="", revision=1, saved_at=world.now, submitted_at=world.now,
            ).returning(ScoreCard.id)).scalar_one()  # fmt: skip
            tx.execute(insert(Score).values(card_id=card, criterion_id=criterion, points=points))
    desk.press("secretary", "generate_minutes")
    assert "3,50" in desk.stage.page("committee1", desk.page).partition('id="scores-table"')[2]
    number = document_of(desk.session).id
    assert "3,50" not in desk.stage.page("committee1", f"{desk.page}/{number}"), "no part of what is signed"
    world.declare_conflict(project, "committee2", "Mój brat jest w grupie.")
    assert "scores-table" not in desk.stage.page("committee2", desk.page)
    assert "4,00" not in desk.stage.page("committee2", desk.page)


def test_whoever_holds_the_seat_of_the_secretary_signs_without_the_role(desk: Desk) -> None:
    with desk.stage.db.transaction() as tx:
        held = select(SeatHolder.seat_id).where(SeatHolder.person_id == desk.stage.world["committee2"].id)
        tx.execute(update(Seat).where(Seat.id.in_(held)).values(function="secretary"))
    assert desk.press("committee2", "generate_minutes").status_code == 303
    assert desk.press("committee2", "sign_minutes").status_code == 303
    assert desk.press("chair", "approve_minutes").status_code == 303


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


@pytest.mark.parametrize("who", ["leader", "participant", "appeal_body", "visitor"])
def test_outsiders_get_the_answer_of_a_meeting_that_does_not_exist(desk: Desk, who: str) -> None:
    desk.press("secretary", "generate_minutes")
    browser = desk.stage.as_(who).client
    number = document_of(desk.session).id
    for rest in ("", f"/{number}", f"/{number}.pdf"):
        private, unknown = desk.page + rest, f"/posiedzenia/999999/protokol{rest}"
        assert answer_of(browser, private) == answer_of(browser, unknown)
        assert answer_of(browser, private)[0] == 404
