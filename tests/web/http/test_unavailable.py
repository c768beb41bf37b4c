"""A full disk or database: pages are served, forms answer 503 and lose nothing, and no cache fails a request."""

import gc
import io
import re
import warnings
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from tests.web.conftest import Browser
from tests.web.full_disk import full_disk
from tests.web.http.test_security import BEFORE
from tests.web.shared_stage import shared_stage
from tests.web.stage import Stage, hidden
from web.app import create_app
from web.http.security import SAFE
from workflow.accounts import tokens
from workflow.base.calendar import utc_now
from workflow.base.settings import Settings, load_settings
from workflow.rules.facts import Ref

__all__ = ["shared_stage"]

TEXT = "Zażółć gęślą jaźń:\nświetlica dla „wszystkich” <b>"


@pytest.fixture
def ref(shared_stage: Stage) -> Ref:
    """A proposal that waits for the office."""
    ref = shared_stage.world.idea(shared_stage.world.edition("conferences"))
    shared_stage.world.lead(ref, "submitted")
    return ref


def typed_again(answer: TestResponse) -> dict[str, str]:
    """The fields that the page of the answer would send."""
    form = answer.text.partition("<main")[2]
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, flags=re.DOTALL)
    return {name: unescape(value) for name, value in [*hidden(answer.text).items(), *texts]}


# --- caches -----------------------------------------------------------------------------------------------


@pytest.fixture
def plain_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As in the product: the tests' own cache of templates is put aside."""
    monkeypatch.setattr(Flask, "jinja_options", {})
    return settings


@pytest.fixture
def cache(plain_settings: Settings) -> Path:
    return plain_settings.data / "cache" / "templates"


def served(settings: Settings) -> Iterator[TestResponse]:
    """A page of a fresh process."""
    app = create_app(settings)
    yield app.test_client().get("/login")
    app.extensions["partnerstwo"].database.close()


def test_pages_are_served_when_compiled_templates_cannot_be_kept(plain_settings: Settings, cache: Path) -> None:
    app = create_app(plain_settings)
    with full_disk():
        assert app.test_client().get("/login").status_code == 200
        assert app.test_client().get("/nope").status_code == 404
    assert list(cache.iterdir()) == []
    app.extensions["partnerstwo"].database.close()
    assert [answer.status_code for answer in served(plain_settings)] == [200]
    assert len(list(cache.iterdir())) > 3


def test_pages_are_served_without_a_folder_for_compiled_templates(plain_settings: Settings, cache: Path) -> None:
    cache.parent.parent.mkdir(parents=True, exist_ok=True)
    cache.parent.write_text("a file stands where the folder should be")
    assert [answer.status_code for answer in served(plain_settings)] == [200]


def test_damaged_compiled_templates_are_compiled_anew(plain_settings: Settings, cache: Path) -> None:
    list(served(plain_settings))
    for number, path in enumerate(sorted(cache.iterdir())):
        path.write_bytes((b"", bytes(50), path.read_bytes()[:-30], path.read_bytes()[:30])[number % 4])
    assert [answer.status_code for answer in served(plain_settings)] == [200]


def test_a_signed_in_reader_and_a_program_go_on_reading(shared_stage: Stage, ref: Ref) -> None:
    with shared_stage.db.transaction() as tx:
        key = tokens.create_token(tx, shared_stage.world["staff"].id or 0, name="test", at=utc_now())
    browser = shared_stage.as_("staff")
    # Long enough for the visit to be worth a note, which cannot be written.
    with time_machine.travel(utc_now() + timedelta(minutes=6)), full_disk():
        assert browser.get(f"/projekty/{ref.id}").status_code == 200
        program = browser.client.get(f"/api/v1/proposals/{ref.id}", headers={"Authorization": f"Bearer {key}"})
    assert program.status_code == 200


# --- what is sent -------------------------------------------------------------------------------------------


def test_a_step_that_cannot_be_saved_comes_back_and_is_sent_again_from_there(shared_stage: Stage, ref: Ref) -> None:
    browser, address = shared_stage.as_("staff"), f"/projekty/{ref.id}/krok/return_for_completion"
    form = hidden(browser.get(address).text) | {"reasons": "unclear", "explanation": TEXT, "note": ""}
    entries = shared_stage.entries(ref)
    with full_disk():
        answer = browser.post(address, form)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"
        assert "Niczego nie zapisano. To, co wpisano, nie przepadło." in answer.text
        again = typed_again(answer)
        assert browser.post(address, again).status_code == 503
    assert shared_stage.entries(ref) == entries
    assert again | {"csrf_token": ""} == form | {"csrf_token": "", "explanation": TEXT}
    assert f'action="{address}"' in answer.text
    for _ in range(2):
        assert browser.post(address, again).status_code == 303
    assert shared_stage.entries(ref) == entries + 1


def test_a_database_that_is_full_is_answered_in_the_same_way(shared_stage: Stage, ref: Ref) -> None:
    browser, address = shared_stage.as_("staff"), f"/projekty/{ref.id}/krok/return_for_completion"
    form = hidden(browser.get(address).text) | {"reasons": "unclear", "explanation": "Zażółć. " * 400}
    with shared_stage.db.transaction() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count = 1")
    full = browser.post(address, form)
    with shared_stage.db.transaction() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    assert (full.status_code, browser.post(address, typed_again(full)).status_code) == (503, 303)


NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON sign_in_attempt EXECUTE FUNCTION no_room()"""


@pytest.mark.slow
def test_a_server_without_room_is_answered_in_the_same_way(postgres_url: str, tmp_path: Path) -> None:
    app = create_app(load_settings(data=tmp_path, database_url=postgres_url))
    database = app.extensions["partnerstwo"].database
    with database.transaction() as tx:
        tx.exec_driver_sql(NO_ROOM)
    browser = Browser(app)
    assert browser.sign_in("jan@example.org").status_code == 503
    assert browser.get("/login").status_code == 200
    database.close()


def send_file(browser: Browser, ref: Ref, size: int) -> tuple[int, str]:
    """The status and the page of an upload while the disk is full."""
    file = FileStorage(io.BytesIO(b"%PDF-1.4\n%%EOF\n".ljust(size)), "umowa.pdf")
    fields = {"csrf_token": browser.token, "file_kind": "other", "file": file}
    body, _length, boundary = stream_encode_multipart(fields, threshold=size + 2000)
    kind = f'multipart/form-data; boundary="{boundary}"'
    with full_disk():
        answer = browser.client.post(f"/projekty/{ref.id}/pliki", data=body.read(), content_type=kind)
    return answer.status_code, answer.text


# The framework holds a small file in memory and writes a large one to a temporary file while it reads the form, which
# it leaves to the garbage collector where that fails.
@pytest.mark.parametrize("size", [15, 2_000_000])
def test_a_file_that_cannot_be_saved_answers_503_and_leaves_nothing(shared_stage: Stage, ref: Ref, size: int) -> None:
    browser = shared_stage.as_("leader")
    browser.get(f"/projekty/{ref.id}/pliki")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        status, page = send_file(browser, ref, size)
        gc.collect()
    assert status == 503
    assert size > 15 or "Po wysłaniu formularza wybierz plik jeszcze raz." in page
    uploads = shared_stage.app.extensions["partnerstwo"].settings.uploads
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


def test_a_password_is_never_sent_back(shared_stage: Stage) -> None:
    browser = shared_stage.as_(None)
    browser.get("/login")
    with full_disk():
        answer = browser.post("/login", {"email": "leader@example.org", "password": "cztery zielone konie"})
    assert answer.status_code == 503
    assert "cztery" not in answer.text


def test_no_call_that_writes_is_a_fault_of_ours_when_the_disk_is_full(shared_stage: Stage, ref: Ref) -> None:
    with shared_stage.db.transaction() as tx:
        key = tokens.create_token(tx, shared_stage.world["staff"].id or 0, name="test", at=utc_now())
    values = {"proposal_id": ref.id, "edition_key": shared_stage.world.facts(ref).edition["key"], "name": "admit"}
    browser = shared_stage.as_("staff")
    browser.get("/konto")
    statuses = []
    with full_disk():
        for rule in shared_stage.app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - SAFE):
                answer = call(browser, filled(rule.rule, values), method, key)
                statuses.append(answer.status_code)
                assert answer.status_code < 500 or answer.status_code == 503, (method, rule.rule)
    assert statuses.count(503) >= 5


def filled(rule: str, values: dict[str, object]) -> str:
    """A path that the rule matches, about our proposal where it is about one."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>",
        lambda found: str(values.get(found[2], BEFORE.get(found[1] or "default", "x"))), rule,
    )  # fmt: skip


def call(browser: Browser, path: str, method: str, key: str) -> TestResponse:
    """A request that gets as far as it may without knowing what the address asks for."""
    if path.startswith("/api/"):
        body = {"version": 1, "title": "Pomysł", "edition": path}
        return browser.client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {key}"})
    return browser.client.open(path, method=method, data={"csrf_token": browser.token, "version": "1", "name": "x"})


def test_an_error_page_needs_no_database(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/nowhere/none.sqlite3")
    client = create_app(settings).test_client()
    client.set_cookie("partnerstwo-login", "x")
    assert client.get("/konto").status_code == 503
