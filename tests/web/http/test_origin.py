"""A request names its host, and a form comes from a page of ours."""

import pytest

from tests.web.conftest import ADDRESS, Browser
from tests.web.shared_stage import shared_stage
from tests.web.stage import Stage
from workflow.accounts import tokens
from workflow.base.calendar import utc_now

__all__ = ["shared_stage"]

ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:8001"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://[::1"},
    {"Origin": ""},
]
HERE = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    # Behind a proxy that speaks HTTPS the browser's scheme is not ours.
    {"Origin": "https://localhost"},
    {"Origin": ADDRESS},
]


@pytest.fixture
def member(shared_stage: Stage) -> Browser:
    """A signed-in browser with a valid form token."""
    browser = shared_stage.as_("member")
    browser.get("/konto")
    return browser


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_form_of_another_site_is_refused_although_its_token_is_right(
    member: Browser, headers: dict[str, str]
) -> None:
    answer = member.post("/language", {"language": "en"}, headers=headers)
    assert answer.status_code == 403
    assert "Ten formularz wysłano z innej strony." in answer.text


@pytest.mark.parametrize("headers", HERE)
def test_a_form_of_our_own_page_is_taken(member: Browser, headers: dict[str, str]) -> None:
    assert member.post("/language", {"language": "pl"}, headers=headers).status_code == 303


def test_another_site_may_link_to_our_pages(member: Browser) -> None:
    assert member.get("/konto", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_program_with_a_key_may_come_from_anywhere_and_a_cookie_never_helps(
    shared_stage: Stage, member: Browser
) -> None:
    with shared_stage.db.transaction() as tx:
        key = tokens.create_token(tx, shared_stage.world["staff"].id or 0, name="test", at=utc_now())
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    call = {"json": {"edition": "none", "title": "x"}, "headers": elsewhere}
    assert member.client.post("/api/v1/proposals", **call).status_code == 401
    call["headers"] = elsewhere | {"Authorization": f"Bearer {key}"}
    # The key is looked at and the call read: there is no such edition.
    assert member.client.post("/api/v1/proposals", **call).status_code in (404, 422)


@pytest.mark.parametrize("path", ["/login", "/healthz", "/nope", "/static/app.css", "/api/v1/editions"])
@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1.1"])
def test_a_request_without_a_host_is_refused(shared_stage: Stage, path: str, protocol: str) -> None:
    for host in (None, ""):
        environ = {"SERVER_PROTOCOL": protocol, "HTTP_HOST": host}
        answer = shared_stage.as_(None).client.get(path, environ_overrides=environ)
        assert answer.status_code == 400
