"""The report of a conference is generated from its rows, read, approved by its control code, and locked then."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.web.pages.test_conference_tables import conference
from tests.web.stage import Stage, hidden, send
from tests.workflow.hall.people import SECTORS, Hall
from workflow.base.errors import NotReady
from workflow.documents.blocks import Grid, Paragraph
from workflow.documents.conference_reports import blocks
from workflow.models import Document, Organisation
from workflow.rules.documents import DocumentKind
from workflow.rules.facts import Ref
from workflow.rules.hall import HallMethod

REMARKS = "Gmina Gąbin przywitała uczestników."


@pytest.fixture
def held(stage: Stage) -> Ref:
    """A conference that was held, with a line from a table and a matter left open."""
    ref = conference(stage)
    send(stage.as_("animator"), f"/konferencje/{ref.id}/stoly", table_label="stolik 1", kind="resource", text="Zamek")
    send(stage.as_("staff"), f"/konferencje/{ref.id}/sprawy", matter="Sala", person=stage.world["leader"].id,
         due_on="2027-01-15")  # fmt: skip
    stage.world.at = stage.world.now
    stage.world.take(ref, "hold", "staff", participants=90, qualifier="ok.", source="lista")
    return ref


def press(stage: Stage, ref: Ref, step: str, **typed: str) -> int:
    """Send the form of a step as the page of the report does, without opening that page."""
    browser = stage.as_("staff")
    fields = {"csrf_token": hidden(browser.get(f"/konferencje/{ref.id}/stoly").text)["csrf_token"]}
    version = str(stage.world.facts(ref).version)
    return int(browser.post(f"/konferencje/{ref.id}/krok/{step}", {**fields, "version": version, **typed}).status_code)


def digest(stage: Stage) -> str:
    with stage.db.reading() as tx:
        return tx.execute(select(Document.data_digest).order_by(Document.id.desc()).limit(1)).scalar_one()


def test_a_report_says_what_the_rows_say_and_is_locked_once_approved(stage: Stage, held: Ref) -> None:
    page = f"/konferencje/{held.id}/sprawozdanie"
    assert press(stage, held, "generate_report", remarks=REMARKS) == 303
    shown = stage.page("staff", page)
    for words in ("stolik 1", "Zamek", "ok. 90", "Sala", REMARKS):
        assert words in shown
    assert press(stage, held, "approve_minutes", digest=digest(stage)) == 303
    assert "zatwierdzon" in stage.page("staff", page)
    assert stage.world.state(held) == "minutes_approved"
    with stage.db.reading() as tx:
        own = Document.kind == DocumentKind.REPORT, Document.subject_id == held.id
        number = tx.execute(select(Document.id).where(*own)).scalar_one()
    pdf = stage.as_("staff").client.get(f"{page}/{number}.pdf")
    assert pdf.data.startswith(b"%PDF")
    assert stage.as_("staff").client.get(f"{page}/{number}.docx").data.startswith(b"PK")
    # The bytes of an approved report are made once.
    assert stage.as_("staff").client.get(f"{page}/{number}.pdf").data == pdf.data


def test_nobody_approves_a_report_that_was_not_generated_or_not_read(stage: Stage, held: Ref) -> None:
    assert press(stage, held, "approve_minutes", digest="0" * 64) == 422
    press(stage, held, "generate_report")
    world = stage.world
    with pytest.raises(NotReady):
        world.take(held, "approve_minutes", "secretary", digest=digest(stage))
    stage.page("secretary", f"/konferencje/{held.id}/sprawozdanie")
    with pytest.raises(NotReady):
        world.take(held, "approve_minutes", "secretary", digest="0" * 64)
    assert world.take(held, "approve_minutes", "secretary", digest=digest(stage)).target == "minutes_approved"


def test_a_report_that_the_rows_have_outgrown_is_generated_again(stage: Stage, held: Ref) -> None:
    press(stage, held, "generate_report")
    page = f"/konferencje/{held.id}/sprawozdanie"
    stage.page("staff", page)
    before = digest(stage)
    send(stage.as_("animator"), f"/konferencje/{held.id}/stoly", table_label="stolik 2", kind="problem", text="Drogi")
    assert press(stage, held, "approve_minutes", digest=before) == 422
    press(stage, held, "generate_report")
    assert "Drogi" in stage.page("staff", page)
    assert press(stage, held, "approve_minutes", digest=digest(stage)) == 303


def test_an_approval_that_was_taken_back_needs_a_new_version(stage: Stage, held: Ref) -> None:
    press(stage, held, "generate_report")
    stage.page("staff", f"/konferencje/{held.id}/sprawozdanie")
    press(stage, held, "approve_minutes", digest=digest(stage))
    version = str(stage.world.facts(held).version)
    assert (
        send(stage.as_("staff"), f"/konferencje/{held.id}/cofnij", version=version, reason="Zła data").status_code
        == 303
    )
    assert press(stage, held, "approve_minutes", digest=digest(stage)) == 422
    press(stage, held, "generate_report")
    stage.page("staff", f"/konferencje/{held.id}/sprawozdanie")
    assert press(stage, held, "approve_minutes", digest=digest(stage)) == 303


def test_outsiders_find_no_report(stage: Stage, held: Ref) -> None:
    press(stage, held, "generate_report")
    for who in (None, "leader", "visitor"):
        assert stage.as_(who).get(f"/konferencje/{held.id}/sprawozdanie").status_code == 404
        assert stage.as_(who).get(f"/konferencje/{held.id}/sprawozdanie/1.pdf").status_code == 404


def test_the_report_links_the_result_files_of_its_votes(stage: Stage, tmp_path: Path) -> None:
    hall = Hall(stage.db, tmp_path, SECTORS, world=stage.world)
    poll = hall.opened(HallMethod.AYES, secret=False, question="Czy zacząć o 17.00?")
    hall.cast_by_name(poll, 0, ("for", 1))
    stage.world.take(poll, "count", "animator")
    stage.world.take(hall.conference, "hold", "staff", participants=3, source="lista")
    stage.world.take(hall.conference, "generate_report", "staff")
    shown = stage.page("staff", f"/konferencje/{hall.conference.id}/sprawozdanie")
    file = f"/konferencje/{hall.conference.id}/glosowania/{poll.id}/wynik.json"
    assert f'href="{file}"' in shown
    assert "Uprawnieni do głosowania: 3. Oddane głosy: 1." in shown
    assert hashlib.sha256(stage.as_(None).client.get(file).data).hexdigest() in shown


def test_the_report_page_names_a_vote_whose_result_it_cannot_have_yet(stage: Stage, tmp_path: Path) -> None:
    hall = Hall(stage.db, tmp_path, SECTORS, world=stage.world)
    poll = hall.opened(HallMethod.AYES, secret=False, question="Czy zacząć o 17.00?")
    stage.world.take(hall.conference, "hold", "staff", participants=3, source="lista")
    stage.world.take(hall.conference, "generate_report", "staff")
    page = f"/konferencje/{hall.conference.id}/sprawozdanie"
    warning, desk = "Głosowania na sali, których jeszcze nie policzono", f"glosowania/{poll.id}/prowadzenie"
    shown = stage.page("staff", page)
    assert warning in shown
    assert desk in shown
    # Nor is it approved: whoever counts it is named.
    refused = send(stage.as_("staff"), f"/konferencje/{hall.conference.id}/krok/approve_minutes", digest=digest(stage))
    assert refused.status_code == 422
    assert "Najpierw policz lub unieważnij głosowania na sali: Czy zacząć o 17.00?." in refused.text
    hall.cast_by_name(poll, 0, ("for", 1))
    stage.world.take(poll, "count", "animator")
    assert warning not in stage.page("staff", page)
    stage.world.take(hall.conference, "generate_report", "staff")
    stage.page("staff", page)
    assert press(stage, hall.conference, "approve_minutes", digest=digest(stage)) == 303


def test_people_of_an_organisation_without_a_sector_are_not_called_people_without_an_organisation(
    stage: Stage, tmp_path: Path
) -> None:
    hall = Hall(stage.db, tmp_path, ("publiczny", "społeczny", ""), world=stage.world)
    with stage.db.transaction() as tx:
        tx.execute(update(Organisation).where(Organisation.sector == "społeczny").values(sector=""))
    stage.world.take(hall.conference, "hold", "staff", participants=3, source="lista")
    stage.world.take(hall.conference, "generate_report", "staff")
    with stage.db.reading() as tx:
        data = tx.execute(select(Document.data).order_by(Document.id.desc()).limit(1)).scalar_one()
    (grid,) = [block for block in blocks(data) if isinstance(block, Grid) and block.columns[0] == "Sektor"]
    assert [tuple(row) for row in grid.rows] == [
        ("bez organizacji", "1"), ("nie podano sektora", "1"), ("publiczny", "1")
    ]  # fmt: skip


def test_a_list_that_nobody_is_on_is_no_figure_beside_the_one_that_was_noted(stage: Stage, held: Ref) -> None:
    press(stage, held, "generate_report")
    with stage.db.reading() as tx:
        data = tx.execute(select(Document.data).order_by(Document.id.desc()).limit(1)).scalar_one()
    said = " ".join(block.text for block in blocks(data) if isinstance(block, Paragraph))
    assert "ok. 90" in said
    assert "Zapisani" not in said
    assert "Obecni według listy" not in said


def test_a_report_that_was_generated_with_a_nought_goes_on_saying_it(stage: Stage, held: Ref) -> None:
    press(stage, held, "generate_report")
    with stage.db.reading() as tx:
        data = tx.execute(select(Document.data).order_by(Document.id.desc()).limit(1)).scalar_one()
    said = [block.text for block in blocks({**data, "registered": 0}) if isinstance(block, Paragraph)]
    assert "Zapisani: 0. Obecni według listy: 0." in said
