"""A session that ends while somebody writes: the way back leads through every kind of signing in to the page of the form."""

import re
from html import unescape

import pyotp
import pytest

from tests.web.shared_stage import shared_stage as shared_stage
from tests.web.stage import Stage, hidden
from web.http.identity import cookie_name
from workflow.accounts import links, open_secret
from workflow.accounts.second_factor import begin, confirm
from workflow.base.calendar import utc_now
from workflow.models import OutboxRow
from workflow.rules.facts import Ref


@pytest.fixture(scope="module")
def ref(shared_stage: Stage) -> Ref:
    return shared_stage.world.proposal_in("group_work")


def sheet(ref: Ref) -> str:
    return f"/projekty/{ref.id}/karta/goals"


def end_session(stage: Stage, browser: object) -> None:
    with stage.app.app_context():
        browser.client.delete_cookie(cookie_name())  # type: ignore[attr-defined]


def test_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back_to_its_page(
    shared_stage: Stage, ref: Ref
) -> None:
    browser, path = shared_stage.as_("leader"), sheet(ref)
    fields = hidden(browser.get(path).text, path)
    end_session(shared_stage, browser)
    for referrer, back in ((f"http://localhost{path}?wersja=1", f"{path}?wersja=1"), (None, path),
                           ("http://elsewhere.example/projekty/1", path), ("http://localhost/login?next=/", path)):  # fmt: skip
        answer = browser.client.post(path, data={**fields, "goals": "Cel."}, headers={"Referer": referrer or ""})
        assert (answer.status_code, answer.headers["X-Refused"]) == (403, "signed_out")
        (address,) = re.findall(r'href="(/login\?next=[^"]+)"', answer.text.partition("<main")[2])
        page = browser.get(unescape(address)).text
        assert hidden(page, "/login")["next"] == back
        assert "goals" not in shared_stage.world.facts(ref)["sheet"]


def test_what_was_written_is_never_kept_under_the_name_of_another_account(shared_stage: Stage, ref: Ref) -> None:
    def scope(who: str | None) -> str:
        found = re.search(r'data-scope="([^"]*)"', shared_stage.page(who, "/"))
        assert found
        return found[1]

    scopes = [scope(who) for who in ("leader", "member", None)]
    assert len(set(scopes)) == 3
    assert scopes[2] == ""
    assert scope("leader") == scopes[0], "the same in every session"
    assert "leader" not in scopes[0]
    assert "@" not in scopes[0]


def test_only_a_form_that_was_taken_is_dropped_from_the_device(shared_stage: Stage, ref: Ref) -> None:
    browser, path = shared_stage.as_("leader"), f"/projekty/{ref.id}/karta/risks"
    html = {"Accept": "text/html"}
    fields = hidden(browser.get(path).text, path)
    assert browser.client.post(path, data={**fields, "risks": "x" * 30_000}, headers=html).status_code == 422
    assert 'data-taken=""' in browser.get(path).text
    fields = hidden(browser.get(path).text, path)
    assert browser.client.post(path, data={**fields, "risks": "Deszcz."}, headers=html).status_code == 303
    assert f'data-taken="{path}"' in browser.get(path).text
    assert 'data-taken=""' in browser.get(path).text, "said once"
    end_session(shared_stage, browser)
    assert browser.client.post(path, data=fields, headers=html).status_code == 403
    assert 'data-taken=""' in browser.get("/login").text


def test_signing_in_drops_nothing_and_says_that_the_reader_is_back(shared_stage: Stage, ref: Ref) -> None:
    browser = shared_stage.as_(None)
    with shared_stage.db.transaction() as tx:
        person = shared_stage.world["leader"].id or 0
        links.send_link(tx, shared_stage.app.extensions["partnerstwo"].settings, person, purpose=links.Purpose.SIGN_IN,
                        at=utc_now(), next_path=sheet(ref))  # fmt: skip
        row = tx.execute(OutboxRow.__table__.select().order_by(OutboxRow.id.desc()).limit(1)).one()
    assert row.payload["next"] == sheet(ref)
    token = open_secret(shared_stage.app.extensions["partnerstwo"].settings, row.payload["box"])
    page = browser.get(f"/login/link/{token}?next={sheet(ref)}").text
    answer = browser.client.post(f"/login/link/{token}", data=hidden(page), headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, sheet(ref))
    landed = browser.get(sheet(ref)).text
    assert " data-returned" in landed
    assert 'data-taken=""' in landed
    assert " data-returned" not in browser.get(sheet(ref)).text
    visitor = shared_stage.as_(None)
    used = hidden(visitor.get(f"/login/link/{token}?next={sheet(ref)}").text)
    dead = visitor.client.post(f"/login/link/{token}", data=used)
    assert f"/login/link?next={sheet(ref)}" in unescape(dead.text).replace("%2F", "/")


def test_a_second_factor_leads_back_too(shared_stage: Stage, ref: Ref) -> None:
    settings, person = shared_stage.app.extensions["partnerstwo"].settings, shared_stage.world["animator"]
    with shared_stage.db.transaction() as tx:
        new = begin(tx, settings, person.id or 0, email="animator@example.org")
        code = pyotp.TOTP(new.secret).at(utc_now())
        assert confirm(tx, settings, person.id or 0, code, at=utc_now(), session_digest="")
    browser = shared_stage.as_("animator")
    asked = browser.get(sheet(ref))
    assert asked.headers["Location"] == f"/login/second-factor?next={sheet(ref).replace('/', '%2F')}"
    page = browser.get(asked.headers["Location"]).text
    wrong = browser.post("/login/second-factor", {**hidden(page), "code": "000000"})
    assert hidden(wrong.text, "/login/second-factor")["next"] == sheet(ref)
    end_session(shared_stage, browser)
    late = browser.post("/login/second-factor", {**hidden(page), "code": "000000"})
    assert late.headers["Location"] == f"/login?next={sheet(ref)}"


def test_background_saving_says_why_nothing_was_kept(shared_stage: Stage, ref: Ref) -> None:
    browser, path = shared_stage.as_("leader"), sheet(ref)
    fields = {**hidden(browser.get(path).text, path), "goals": "Cel.", "typed": "1"}
    long = browser.client.post(f"{path}/szkic", data={**fields, "goals": "x" * 200_001})
    assert (long.status_code, long.headers["X-Refused"], long.mimetype) == (422, "bad_input", "text/plain")
    assert "Skróć" in long.text
    old = browser.client.post(f"{path}/szkic", data={**fields, "csrf_token": "stary"})
    assert (old.status_code, old.headers["X-Refused"]) == (400, "old_form")
    outsider = shared_stage.as_("participant")
    token = hidden(outsider.get("/konto").text)["csrf_token"]
    refused = outsider.client.post(f"{path}/szkic", data={**fields, "csrf_token": token})
    assert (refused.status_code, refused.headers["X-Refused"], refused.mimetype) == (403, "not_allowed", "text/plain")
    end_session(shared_stage, browser)
    gone = browser.client.post(f"{path}/szkic", data=fields)
    assert (gone.status_code, gone.headers["X-Refused"]) == (403, "signed_out")


def test_a_large_file_of_somebody_whose_session_ended_is_not_called_too_large(shared_stage: Stage, ref: Ref) -> None:
    browser, path = shared_stage.as_("leader"), f"/projekty/{ref.id}/pliki"
    fields = hidden(browser.get(path).text, path)
    end_session(shared_stage, browser)
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n--x'
    parts = "".join(f"\r\n{head.format(name, value)}" for name, value in fields.items())
    body = f"--x{parts}\r\n{head.format('note', 'x' * 9 * 2**20)}--\r\n".encode()
    answer = browser.client.post(path, data=body, content_type="multipart/form-data; boundary=x")
    assert (answer.status_code, answer.headers["X-Refused"]) == (413, "signed_out")
    assert "Plik trzeba wybrać ponownie" in answer.text
