"""A form that is refused keeps the file that was chosen for it, for the session in which it was sent."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.shared_stage import shared_stage as shared_stage
from tests.web.stage import Stage, hidden
from tests.workflow.lifecycle import documents
from workflow.files.storage import path_of
from workflow.models import ProposalFile
from workflow.rules.facts import Ref


@pytest.fixture
def ref(shared_stage: Stage) -> Ref:
    return shared_stage.world.proposal_in("group_work")


def fields_of(page: str, path: str) -> dict[str, str]:
    return hidden(page, path)


def uploads(stage: Stage) -> Path:
    found: Path = stage.app.extensions["partnerstwo"].settings.uploads
    return found


def send_file(stage: Stage, browser: Any, path: str, **more: Any) -> Any:
    fields = {**fields_of(browser.get(path).text, path), **more}
    return browser.client.post(path, data=fields, content_type="multipart/form-data")


def rows(stage: Stage, ref: Ref) -> list[Any]:
    with stage.db.reading() as tx:
        return list(tx.execute(select(ProposalFile).where(ProposalFile.proposal_id == ref.id)).all())


def test_a_refused_form_shows_its_file_and_sends_it_the_second_time(shared_stage: Stage, ref: Ref) -> None:
    browser, path = shared_stage.as_("leader"), f"/projekty/{ref.id}/pliki"
    chosen = (BytesIO(documents.picture()), "Łąka nad Wisłą.jpg")
    refused = send_file(shared_stage, browser, path, file=chosen, file_kind="")
    assert refused.status_code == 422
    assert "Plik Łąka nad Wisłą.jpg jest nadal wybrany" in refused.text
    field = re.search(r'<input[^>]*type="file"[^>]*>', refused.text)
    assert field
    assert "required" not in field[0]
    again = {**fields_of(refused.text, path), "file_kind": "picture"}
    assert browser.client.post(path, data=again, content_type="multipart/form-data").status_code == 303
    (row,) = rows(shared_stage, ref)
    assert (row.name, row.size) == ("Łąka nad Wisłą.jpg", len(documents.picture()))
    assert path_of(uploads(shared_stage), row.key, small=True).is_file()


def test_another_file_takes_the_place_of_the_kept_one(shared_stage: Stage, ref: Ref) -> None:
    browser, path = shared_stage.as_("leader"), f"/projekty/{ref.id}/pliki"
    refused = send_file(shared_stage, browser, path, file=(BytesIO(documents.PDF), "stary.pdf"), file_kind="")
    again = {**fields_of(refused.text, path), "file_kind": "letter", "file": (BytesIO(documents.PDF), "nowy.pdf")}
    assert browser.client.post(path, data=again, content_type="multipart/form-data").status_code == 303
    assert [row.name for row in rows(shared_stage, ref)] == ["nowy.pdf"]


def test_a_file_that_was_refused_itself_is_not_kept(shared_stage: Stage, ref: Ref) -> None:
    browser, path = shared_stage.as_("leader"), f"/projekty/{ref.id}/pliki"
    refused = send_file(shared_stage, browser, path, file=(BytesIO(b"MZ"), "program.exe"), file_kind="letter")
    assert refused.status_code == 422
    assert "file-kept" not in refused.text


def test_a_kept_file_is_for_the_session_of_its_writer_alone_and_for_once(shared_stage: Stage, ref: Ref) -> None:
    leader, path = shared_stage.as_("leader"), f"/projekty/{ref.id}/pliki"
    refused = send_file(shared_stage, leader, path, file=(BytesIO(documents.PDF), "list.pdf"), file_kind="")
    token = fields_of(refused.text, path)["file-kept"]
    for who in ("member", "leader"):
        other = send_file(shared_stage, shared_stage.as_(who), path, file_kind="letter", **{"file-kept": token})
        assert other.status_code == 422
        assert "Wybierz plik ponownie" in other.text
    forged = send_file(shared_stage, leader, path, file_kind="letter", **{"file-kept": token[:-4]})
    assert forged.status_code == 422
    assert send_file(shared_stage, leader, path, file_kind="letter", **{"file-kept": token}).status_code == 303
    twice = send_file(shared_stage, leader, path, file_kind="letter", **{"file-kept": token})
    assert twice.status_code == 422
    assert [row.name for row in rows(shared_stage, ref)] == ["list.pdf"]
