"""Whether the service lives and is ready, its figures, and its statements."""

import re
import socket

import pytest

from web.app import create_app
from workflow.accounts.tokens import create_token
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings

REQUIRED_IDS = (
    "wstep", "podmiot", "zakres", "url", "data-publikacja", "data-aktualizacja", "status", "kontakt", "email",
    "telefon", "procedura", "data-sporzadzenie", "architektura", "komunikacja",
)  # fmt: skip


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@pytest.fixture
def without_database(tmp_path):
    url = f"postgresql+psycopg://nobody:x@127.0.0.1:{free_port()}/gone"
    return create_app(load_settings(data=tmp_path, database_url=url)).test_client()


def test_a_living_process_says_so_without_the_database(without_database):
    answer = without_database.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_the_service_is_ready_when_database_and_migrations_are(visitor):
    answer = visitor.get("/readyz")
    assert answer.status_code == 200, answer.json
    assert answer.json["database"] == answer.json["migrations"] == "ok"
    assert answer.json["worker"] == "silent"


def test_a_broker_that_is_down_makes_nothing_unready(sqlite_url, tmp_path):
    settings = load_settings(data=tmp_path, database_url=sqlite_url, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    answer = create_app(settings).test_client().get("/readyz")
    assert (answer.status_code, answer.json["broker"]) == (200, "unreachable")


def test_a_database_without_migrations_is_not_ready(tmp_path):
    settings = load_settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/empty.sqlite3")
    answer = create_app(settings).test_client().get("/readyz")
    assert (answer.status_code, answer.json["migrations"]) == (503, "missing")


def test_without_the_database_people_get_a_page_that_says_when_to_come_back(without_database):
    ready = without_database.get("/readyz")
    assert (ready.status_code, ready.json["database"]) == (503, "unreachable")
    without_database.set_cookie("partnerstwo-login", "x")
    answer = without_database.get("/konto")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Krótka przerwa w działaniu serwisu" in answer.text


def test_sign_in_works_while_the_broker_is_down(sqlite_url, tmp_path, add_person):
    from tests.web.conftest import Browser

    add_person("jan@example.org")
    settings = load_settings(data=tmp_path, database_url=sqlite_url, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    assert Browser(create_app(settings)).sign_in("jan@example.org").status_code == 303


def test_figures_are_for_this_machine_and_for_an_administrators_key(visitor, add_person, db):
    keys = {}
    for email, is_admin in (("admin@example.org", True), ("jan@example.org", False)):
        person_id = add_person(email, is_admin=is_admin)
        with db.transaction() as tx:
            keys[email] = create_token(tx, person_id, name="x", at=utc_now())
    outside = {"REMOTE_ADDR": "203.0.113.5"}
    answer = visitor.get("/metrics")
    assert answer.status_code == 200
    assert "partnerstwo_people 2.0" in answer.text
    assert visitor.get("/metrics", environ_overrides=outside).status_code == 403
    for email, expected in (("admin@example.org", 200), ("jan@example.org", 403)):
        shown = {"Authorization": f"Bearer {keys[email]}"}
        assert visitor.get("/metrics", environ_overrides=outside, headers=shown).status_code == expected


def test_a_guest_of_a_proxy_on_this_machine_is_no_neighbour(visitor):
    assert visitor.get("/metrics", headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 403


def test_the_accessibility_statement_has_each_required_mark_once(visitor):
    for language in ("pl", "en"):
        visitor.get("/login")
        visitor.post("/language", {"language": language})
        page = visitor.get("/dostepnosc").text
        found = re.findall(r'id="a11y-([\w-]+)"', page)
        assert sorted(found) == sorted(REQUIRED_IDS)
        assert len(re.findall(r'<time id="a11y-data-[\w-]+" datetime="\d{4}-\d\d-\d\d"', page)) == 3


@pytest.mark.parametrize("path", ["/dostepnosc", "/prywatnosc", "/regulamin", "/login", "/login/link", "/nope"])
def test_a_page_in_polish_has_no_english_left(visitor, path):
    english = visitor.get("/login") and visitor.post("/language", {"language": "en"}) and visitor.get(path).text
    visitor.post("/language", {"language": "pl"})
    polish = visitor.get(path).text

    def sentences(text):
        body = re.sub(r"(?s)<(script|style|head).*?</\1>", "", text)
        return {one.strip() for one in re.findall(r">([^<>]+)<", body) if len(one.split()) > 2}

    assert sentences(polish) & sentences(english) == set()


def test_every_page_links_the_statement(visitor):
    assert 'href="/dostepnosc"' in visitor.get("/login").text
    assert 'href="/dostepnosc"' in visitor.get("/nope").text


def test_files_are_kept_by_browsers_only_under_their_fingerprint(visitor):
    address = re.search(r'href="(/static/app\.css\?v=[0-9a-f]+)"', visitor.get("/login").text)[1]
    assert "31536000" in visitor.get(address, buffered=True).headers["Cache-Control"]
    assert "31536000" not in visitor.get("/static/app.css", buffered=True).headers["Cache-Control"]
