"""What holds for every route: a permission, a token against forgery, headers, clean text, no way out."""

import re
from urllib.parse import unquote

import pytest

from tests.web.conftest import Browser
from web.app import create_app
from web.http.security import SAFE, asked_by, local_path
from workflow.base.settings import load_settings
from workflow.rules.page_permissions import PAGES

BEFORE = {"int": "1", "default": "x", "string": "x", "path": "x", "uuid": "x"}


def address(rule):
    """A path that the rule matches."""
    words = re.sub(r"<any\(\"?([\w-]+)[^)]*\):\w+>", r"\1", rule.rule)
    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda found: BEFORE.get(found[1] or "default", "x"), words)


def doors(app, *, unsafe):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            if (method not in SAFE) == unsafe:
                yield rule, method


def test_every_route_names_a_permission_that_exists(app):
    nameless = [
        f"{method} {rule.rule}"
        for rule, method in [*doors(app, unsafe=True), *doors(app, unsafe=False)]
        if asked_by(app, rule.endpoint, method) not in PAGES
    ]
    assert nameless == []


def test_a_route_without_a_permission_answers_nobody(own_app, admin):
    own_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    admin = Browser(own_app)
    admin.sign_in("admin@example.org")
    answer = admin.get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_an_unknown_permission_is_refused_when_it_is_written():
    from web.http.security import asks

    with pytest.raises(ValueError, match="no permission"):
        asks("no_such_permission")


def test_no_form_is_taken_without_its_token(app, admin):
    taken = []
    for rule, method in doors(app, unsafe=True):
        # These are proved by a key or by a signature.
        if rule.rule.startswith(("/api/", "/hooks/", "/wypisz/", "/obserwowanie/koniec/")):
            continue
        answer = admin.client.open(address(rule), method=method, data={"email": "a@example.org"})
        if answer.status_code != 400:
            taken.append(f"{method} {rule.rule}: {answer.status_code}")
    assert taken == []


def test_a_token_of_another_browser_is_refused(admin, visitor):
    visitor.get("/login")
    assert admin.post("/logout", {"csrf_token": visitor.token}).status_code == 400


def test_the_api_never_looks_at_the_cookie(app, admin):
    for rule, method in doors(app, unsafe=True):
        if rule.rule.startswith("/api/"):
            assert admin.client.open(address(rule), method=method, json={}).status_code == 401


def test_a_visitor_gets_no_page_that_asks_for_more(app, visitor):
    for rule, method in doors(app, unsafe=False):
        permission = asked_by(app, rule.endpoint, method)
        if permission in ("anyone", "metrics") or rule.rule.startswith("/api/"):
            continue
        answer = visitor.get(address(rule))
        assert answer.status_code in (303, 404), rule.rule
        if answer.status_code == 303:
            assert answer.location.startswith("/login?next=%2F"), rule.rule


def test_somebody_without_roles_gets_no_administrators_page(app, member):
    for rule, method in [*doors(app, unsafe=True), *doors(app, unsafe=False)]:
        if asked_by(app, rule.endpoint, method) == "admin":
            answer = member.client.open(address(rule), method=method, data={"csrf_token": member.token})
            assert answer.status_code == 403, rule.rule


def test_a_form_of_somebody_signed_out_meanwhile_is_refused_not_redirected(visitor):
    visitor.get("/login")
    answer = visitor.post("/konto/keys", {"name": "x"})
    assert answer.status_code == 403
    assert "Zaloguj się" in answer.text


def test_every_answer_carries_the_protective_headers(app, visitor):
    for path in ("/login", "/nope", "/healthz", "/konto", "/static/app.css"):
        headers = visitor.get(path, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers


def test_no_cache_keeps_what_a_signed_in_person_sees(member, visitor):
    headers = member.get("/konto").headers
    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]


def test_no_template_has_inline_script_or_style():
    from pathlib import Path

    for path in Path("web/templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=\"|\sstyle=|javascript:", text), path


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(visitor, add_person):
    add_person("jan@example.org")
    for cookie in visitor.sign_in("jan@example.org").headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


def test_with_https_cookies_belong_to_this_host_alone(sqlite_url, tmp_path):
    settings = load_settings(data=tmp_path, database_url=sqlite_url, base_url="https://partnerstwo.example.org")
    client = create_app(settings).test_client()
    answer = client.get("/login", base_url="https://partnerstwo.example.org")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-partnerstwo=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_new_session_gets_a_new_form_token(visitor, add_person):
    add_person("jan@example.org")
    visitor.get("/login")
    before = visitor.token
    visitor.sign_in("jan@example.org")
    assert visitor.post("/logout", {"csrf_token": before}).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:alert(1)", "evil.example", "http:evil.example", "/%0d%0aX: y\r\nSet-Cookie: a=b", "///evil.example",
     "/ /evil.example", ""],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(visitor, add_person, given):
    add_person("jan@example.org")
    answer = visitor.sign_in("jan@example.org", next=given)
    assert answer.status_code == 303
    assert answer.location.startswith("/")
    assert not unquote(answer.location).startswith(("//", "/\\"))
    assert "evil" not in answer.location


def test_a_path_of_ours_is_followed_with_its_query():
    assert local_path("/konto?a=1&b=%C5%82#x") == "/konto?a=1&b=%C5%82#x"


def test_a_made_up_host_is_refused(visitor):
    answer = visitor.get("/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "path", ["/login?next=%00", "/login?a=%ff", "/login?%00=1", "/login/link/a%00b", "/osoby?q=%ed%a0%80"]
)
def test_text_that_cannot_be_stored_is_refused_in_an_address(visitor, path):
    assert visitor.get(path).status_code == 400


@pytest.mark.parametrize("body", [b"email=a%00b", b"email=%ff%fe", b"email=%ed%a0%80"])
def test_text_that_cannot_be_stored_is_refused_in_a_form_by_the_name_of_its_field(visitor, body):
    visitor.get("/login")
    answer = visitor.client.post(
        "/login", data=body + b"&csrf_token=" + visitor.token.encode(),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 400
    assert "Usuń nietypowe znaki z pola email." in answer.text


def test_a_form_that_is_too_large_is_refused(visitor):
    visitor.get("/login")
    assert visitor.post("/login", {"email": "a" * 9_000_000}).status_code == 413


def test_a_form_of_too_many_parts_is_refused(visitor):
    visitor.get("/login")
    many = {f"f{number}": "x" for number in range(1500)}
    assert visitor.client.post("/login", data=many, content_type="multipart/form-data").status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nope", 404), ("GET", "/osoby/99999999999999999999999", 404), ("DELETE", "/login", 405),
     ("POST", "/healthz", 405), ("GET", "/logout", 405), ("BREW", "/login", 405)],
)  # fmt: skip
def test_what_does_not_exist_is_refused_with_a_page_of_ours(visitor, method, path, status):
    answer = visitor.client.open(path, method=method)
    assert answer.status_code == status
    assert "Partnerstwo" in answer.text
    assert 'lang="pl"' in answer.text


def test_a_fault_of_ours_tells_only_a_mark(own_app, caplog):
    from web.http.security import asks

    @asks("anyone")
    def broken():
        raise ZeroDivisionError("the secret reason")

    own_app.add_url_rule("/broken", "broken", broken)
    answer = Browser(own_app).get("/broken")
    assert answer.status_code == 500
    assert "secret reason" not in answer.text
    mark = re.search(r"\b[0-9a-f]{8}\b", answer.text)[0]
    assert mark in caplog.text


@pytest.mark.slow
def test_a_hall_behind_one_address_is_not_locked_out_by_those_who_mistype(open_browser, add_person):
    add_person("jan@example.org")
    tries = [open_browser().sign_in(f"a{number}@example.org", "wrong password here") for number in range(32)]
    assert [answer.status_code for answer in tries] == [422] * 32
    assert open_browser().sign_in("jan@example.org").status_code == 303


@pytest.mark.parametrize(("hops", "said"), [(0, "127.0.0.1"), (1, "127.0.0.1, 203.0.113.7"), (2, "127.0.0.1")])
def test_nobody_becomes_a_neighbour_by_saying_so(sqlite_url, tmp_path, hops, said):
    settings = load_settings(data=tmp_path, database_url=sqlite_url, trusted_proxies=hops)
    answer = create_app(settings).test_client().get("/metrics", headers={"X-Forwarded-For": said})
    assert answer.status_code == 403


@pytest.mark.slow
def test_several_web_processes_share_the_limit_through_the_broker(sqlite_url, tmp_path, redis_url):
    settings = load_settings(data=tmp_path, database_url=sqlite_url, redis_url=redis_url)
    clients = [create_app(settings).test_client() for _ in range(2)]
    answers = [clients[number % 2].get("/potwierdzenie") for number in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert "Spróbuj ponownie za 1 minutę." in answers[-1].text
