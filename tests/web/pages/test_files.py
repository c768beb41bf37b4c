import gc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.web.stage import Stage, hidden
from tests.workflow.lifecycle import documents
from workflow.models import ProposalFile
from workflow.rules.facts import Ref
from workflow.rules.file_limits import LARGEST_FILE

# A body that is cut off leaves the parser's own unnamed file to the collector.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    # What a test has left is young; looking through all that the process holds takes a third of a second.
    gc.collect(1)


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage(app)


def uploads(stage: Stage) -> Path:
    found: Path = stage.app.extensions["partnerstwo"].settings.uploads
    return found


def send(stage: Stage, who: str, ref: Ref, content: bytes = documents.PDF, name: str = "list.pdf",
         kind: str = "letter") -> Any:  # fmt: skip
    browser, path = stage.as_(who), f"/projekty/{ref.id}/pliki"
    fields = {**hidden(browser.get(path).text), "file_kind": kind, "file": (BytesIO(content), name)}
    return browser.client.post(path, data=fields, content_type="multipart/form-data")


def kept(stage: Stage) -> int:
    with stage.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(ProposalFile)).scalar_one())


def lying(stage: Stage) -> list[Path]:
    return [path for path in uploads(stage).rglob("*") if path.is_file()]


def test_a_file_is_sent_listed_and_fetched_as_it_was(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    assert send(stage, "member", ref, name="Umowa – Łąck.pdf").status_code == 303
    page = stage.page("leader", f"/projekty/{ref.id}/pliki")
    assert "Umowa – Łąck.pdf" in page
    assert "Pismo partnera" in page
    answer = stage.as_("animator").get(f"/projekty/{ref.id}/pliki/1")
    assert answer.data == documents.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = stage.as_("leader").client.get(
        f"/projekty/{ref.id}/pliki/1", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_picture_is_shown_as_a_small_copy(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    send(stage, "leader", ref, documents.picture("PNG"), "sala.png", "picture")
    assert f"/projekty/{ref.id}/pliki/1/miniatura" in stage.page("leader", f"/projekty/{ref.id}/pliki")
    answer = stage.as_("leader").client.get(f"/projekty/{ref.id}/pliki/1/miniatura")
    assert (answer.mimetype, answer.data[:2]) == ("image/jpeg", b"\xff\xd8")


def test_files_exist_only_for_those_who_read_the_working_papers(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    assert send(stage, "leader", ref, documents.picture(), "sala.jpg", "picture").status_code == 303
    for path in ("", "/1", "/1/miniatura"):
        address = f"/projekty/{ref.id}/pliki{path}"
        answers = [stage.as_(who).client.get(address).status_code for who in ("visitor", None, "committee1")]
        assert answers == [404, 303, 200], path


def test_a_file_is_not_found_under_another_proposal(stage: Stage) -> None:
    ref, other = stage.world.proposal_in("group_work"), stage.world.proposal_in("group_work")
    send(stage, "leader", ref)
    assert stage.as_("leader").get(f"/projekty/{other.id}/pliki/1").status_code == 404


def test_a_file_is_taken_away_with_name_and_time_and_brought_back(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    send(stage, "leader", ref)
    path, browser = f"/projekty/{ref.id}/pliki", stage.as_("leader")
    assert browser.post(f"{path}/1/usun", hidden(browser.get(path).text)).status_code == 303
    page = browser.get(path).text
    assert "Usunięte (1)" in page
    assert browser.get(f"{path}/1").status_code == 404
    assert browser.post(f"{path}/1/przywroc", hidden(page)).status_code == 303
    assert browser.get(f"{path}/1").data == documents.PDF
    told = stage.page("leader", f"/projekty/{ref.id}")
    assert told.count("Plik: list.pdf") == 3
    assert "Usunięto plik" in told


def test_a_refused_file_keeps_what_was_chosen_beside_it(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    answer = send(stage, "leader", ref, b"MZ" + bytes(400), "umowa.pdf", "scan")
    assert answer.status_code == 422
    assert "Plik ma nazwę .pdf, ale w środku jest .exe." in answer.text
    assert 'value="scan" checked' in answer.text
    assert (kept(stage), lying(stage)) == (0, [])


def test_without_a_file_or_a_kind_the_form_says_so(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    assert "Najpierw wybierz plik." in send(stage, "leader", ref, b"", "").text
    assert "Rodzaj pliku" in send(stage, "leader", ref, kind="").text
    # What is good is kept for the form, and swept up where it is not sent again.
    assert (kept(stage), len(lying(stage))) == (0, 1)


def announced(stage: Stage, who: str | None, ref: Ref, length: str | None, *, chunked: bool = False) -> Any:
    """A request whose body is never sent in full; reading further than allowed would fail the test."""
    browser = stage.as_(who)
    environ: dict[str, Any] = {"CONTENT_LENGTH": length} if length else {}
    if chunked:
        environ |= {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n'
    return browser.client.post(
        f"/projekty/{ref.id}/pliki", input_stream=Endless(head, LARGEST_FILE + 8 * 2**20),
        content_type="multipart/form-data; boundary=x", environ_overrides=environ,
    )  # fmt: skip


class Endless(BytesIO):
    """A body without an end; asked for more than `most` bytes it gives up on the test."""

    def __init__(self, head: bytes, most: int) -> None:
        super().__init__(head)
        self.given, self.most = 0, most

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size) or bytes(size if size and size > 0 else 65_536)
        self.given += len(found)
        assert self.given < self.most, "more was read than a request may have"
        return found

    def readinto(self, buffer: Any) -> int:
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def test_two_gigabytes_are_refused_by_their_announced_size_unread(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    answer = announced(stage, "leader", ref, str(2 * 2**30))
    assert answer.status_code == 413
    assert "Plik jest za duży. Limit: 20 MB. Zmniejsz plik i wyślij ponownie." in answer.text
    assert (kept(stage), lying(stage)) == (0, [])


def test_a_body_without_a_length_is_cut_off_at_the_limit(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    answer = announced(stage, "leader", ref, None, chunked=True)
    assert answer.status_code == 413
    assert (kept(stage), lying(stage)) == (0, [])


def test_visitors_and_other_pages_keep_the_small_limit(stage: Stage) -> None:
    ref, above = stage.world.proposal_in("group_work"), stage.app.config["MAX_CONTENT_LENGTH"] + 1
    assert above < LARGEST_FILE
    assert announced(stage, None, ref, str(above)).status_code == 413
    answer = stage.as_("leader").client.post(
        f"/projekty/{ref.id}/rozmowa", data={"x": "y" * above}, content_type="multipart/form-data"
    )
    assert answer.status_code == 413


def test_the_page_asks_the_database_as_often_for_many_files_as_for_few(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    send(stage, "leader", ref)
    few = stage.count("leader", f"/projekty/{ref.id}/pliki")
    for number in range(5):
        send(stage, "leader", ref, documents.picture(size=(20 + number, 20)), f"{number}.jpg", "picture")
    assert stage.count("leader", f"/projekty/{ref.id}/pliki") == few <= 9
