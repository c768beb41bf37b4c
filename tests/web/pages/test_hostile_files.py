import re
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.web.hostile import FILES, Hostile
from tests.web.stage import Stage, hidden
from tests.workflow.lifecycle import documents
from workflow.files.storage import receive
from workflow.models import HistoryEntry, ProposalFile
from workflow.rules.facts import Ref
from workflow.rules.file_limits import BadFile

pytestmark = pytest.mark.slow

BOUNDARY = "granica"
AT_LEAST = 20


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage(app)


@pytest.fixture
def ref(stage: Stage) -> Ref:
    return stage.world.proposal_in("idea")


def part(name: str, value: bytes, more: str = "") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


def sent(stage: Stage, ref: Ref, called: str, content: bytes) -> Any:
    """Sent as an attacker would: the name goes into the request as it is, whatever a browser would make of it."""
    browser, path = stage.as_("leader"), f"/projekty/{ref.id}/pliki"
    token = hidden(browser.get(path).text)["csrf_token"]
    name = f"; filename*=UTF-8''{quote(called, safe='')}\r\nContent-Type: application/pdf"
    body = part("csrf_token", token.encode()) + part("file_kind", b"other") + part("file", content, name)
    return browser.client.post(
        path, data=body + f"--{BOUNDARY}--\r\n".encode(), content_type=f"multipart/form-data; boundary={BOUNDARY}"
    )


def counted(stage: Stage) -> tuple[int, int, int]:
    """Rows of files, entries of the history, files on the disk."""
    with stage.db.reading() as tx:
        rows = [
            tx.execute(select(func.count()).select_from(model)).scalar_one() for model in (ProposalFile, HistoryEntry)
        ]
    uploads = stage.app.extensions["partnerstwo"].settings.uploads
    return (*map(int, rows), sum(path.is_file() for path in uploads.rglob("*")))  # type: ignore[return-value]


def test_there_are_more_hostile_files_than_were_asked_for() -> None:
    assert len(FILES) >= AT_LEAST


@pytest.mark.parametrize(
    "hostile", FILES, ids=lambda one: re.sub(r"[^\w.]+", "-", f"{one.called[:24]}-{one.reason[:12]}")
)
def test_a_hostile_file_is_refused_with_the_reason_and_no_byte_of_it_stays(tmp_path: Path, hostile: Hostile) -> None:
    with pytest.raises(BadFile) as refused:
        receive(tmp_path, BytesIO(hostile.make()), hostile.called)
    assert re.search(hostile.reason, refused.value.missing[0].say("pl"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_sent_through_the_door_every_one_of_them_is_refused_and_leaves_no_row_no_entry_and_no_byte(
    stage: Stage, ref: Ref
) -> None:
    before = counted(stage)
    for hostile in FILES:
        answer = sent(stage, ref, hostile.called, hostile.make())
        assert answer.status_code in (400, 422), (hostile, answer.status_code)
        # A NUL is refused before any page sees it, in other words.
        assert re.search(hostile.reason, answer.text) or "nie można zapisać" in answer.text, hostile
        assert counted(stage) == before, hostile


def test_the_same_door_takes_a_harmless_file(stage: Stage, ref: Ref) -> None:
    rows, entries, files = counted(stage)
    assert sent(stage, ref, "Zgoda – szkoła w Łącku.pdf", documents.PDF).status_code == 303
    assert counted(stage) == (rows + 1, entries + 1, files + 1)
