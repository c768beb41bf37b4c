"""From the code in the hall to the list of participants: with an account, by a letter, and not at all."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select, update

from tests.conftest import database_url as database_url
from tests.web.conftest import Browser
from tests.web.stage import Stage, send
from workflow.accounts.sealing import open_secret
from workflow.models import Edition, OutboxRow, Person, RoleGrant
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

LIST = "/edycje/pomysly/zapisy"
DOOR = "/edycje/pomysly/pomysl"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    found = stage.world.edition("conferences", key="pomysly")
    open_list(stage, is_open=True)
    return found


def open_list(stage: Stage, *, is_open: bool) -> None:
    with stage.db.transaction() as tx:
        tx.execute(update(Edition).values(registration_open=is_open))


def last_letter(stage: Stage) -> dict[str, Any]:
    with stage.db.reading() as tx:
        return dict(tx.execute(select(OutboxRow.payload).order_by(OutboxRow.id.desc()).limit(1)).scalar_one())


def follow(stage: Stage, browser: Browser, letter: dict[str, Any]) -> Any:
    """Open the link of a letter and press its button."""
    token = open_secret(stage.app.extensions["partnerstwo"].settings, letter["box"])
    path = f"/login/link/{token}"
    page = browser.get(path, query_string={"next": letter["next"]}).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition("<main")[2]))
    return browser.post(path, fields)


def words(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page.partition("<main")[2])


def count(stage: Stage, model: type) -> int:
    with stage.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(model)).scalar_one())


def test_the_code_leads_to_the_form_or_to_the_list(stage: Stage, edition: Ref) -> None:
    assert stage.as_("participant").get("/pomysl/pomysly").location == DOOR
    assert stage.as_(None).get("/pomysl/pomysly").location == LIST
    open_list(stage, is_open=False)
    assert stage.as_(None).get("/pomysl/pomysly").location == DOOR
    assert unquote(stage.as_(None).get(DOOR).location) == f"/login?next={DOOR}"
    assert stage.as_(None).get("/pomysl/nie-ma").status_code == 404


def test_signing_in_by_a_letter_comes_back_to_the_form(stage: Stage, edition: Ref) -> None:
    browser = stage.as_(None)
    page = browser.get("/login", query_string={"next": DOOR}).text
    assert 'href="/login/link?next=/edycje/pomysly/pomysl"' in page
    answer = send(browser, f"/login/link?next={DOOR}", email="participant@example.org")
    assert answer.status_code == 200
    assert follow(stage, browser, last_letter(stage)).location == DOOR
    assert browser.get(DOOR).status_code == 200


def test_a_letter_leads_nowhere_else(stage: Stage, edition: Ref) -> None:
    browser = stage.as_(None)
    browser.get("/login/link")
    browser.post("/login/link", {"email": "participant@example.org", "next": "//elsewhere.example/x"})
    assert "next" not in last_letter(stage)


def test_a_stranger_is_on_the_list_only_after_the_letter_and_a_press(stage: Stage, edition: Ref) -> None:
    browser, roles = stage.as_(None), count(stage, RoleGrant)
    answer = send(browser, LIST, name="Zofia Nowak", email="Zofia@example.org")
    assert "zofia@example.org" in answer.text
    assert count(stage, RoleGrant) == roles
    assert follow(stage, browser, last_letter(stage)).location == DOOR
    assert "Wpisz mnie na listę" in browser.get(DOOR).text
    assert browser.post("/edycje/pomysly/dolacz").location == DOOR
    assert count(stage, RoleGrant) == roles + 1
    assert send(browser, DOOR, title="Kino", clause="1").status_code == 303


def test_a_known_address_gets_the_same_answer_and_keeps_its_name(stage: Stage, edition: Ref) -> None:
    people = count(stage, Person)
    new = send(stage.as_(None), LIST, name="Zofia Nowak", email="zofia@example.org").text
    known = send(stage.as_(None), LIST, name="Ktoś Inny", email="participant@example.org", is_minor="1").text
    assert words(new).replace("zofia@", "participant@") == words(known)
    assert count(stage, Person) == people + 1
    with stage.db.reading() as tx:
        name, minor = tx.execute(
            select(Person.name, Person.is_minor).where(Person.email == "participant@example.org")
        ).one()
    assert (name, minor) == ("Participant", False)


def test_somebody_under_18_is_remembered_as_such(stage: Stage, edition: Ref) -> None:
    send(stage.as_(None), LIST, name="Ala Mała", email="ala@example.org", is_minor="1")
    with stage.db.reading() as tx:
        assert tx.execute(select(Person.is_minor).where(Person.email == "ala@example.org")).scalar_one() is True


@pytest.mark.parametrize(("name", "email"), [("", "a@example.org"), ("Ala", "nie adres"), ("x" * 201, "a@example.org")])
def test_a_wrong_entry_is_refused_and_given_back(stage: Stage, edition: Ref, name: str, email: str) -> None:
    answer = send(stage.as_(None), LIST, name=name, email=email)
    assert answer.status_code == 422
    assert f'value="{email}"' in answer.text
    assert f'value="{name}"' in answer.text


def test_a_closed_list_takes_nobody(stage: Stage, edition: Ref) -> None:
    browser = stage.as_(None)
    browser.get(LIST)
    open_list(stage, is_open=False)
    before = count(stage, Person), count(stage, RoleGrant), count(stage, OutboxRow)
    assert browser.get(LIST).status_code == 403
    assert browser.post(LIST, {"name": "Zofia", "email": "zofia@example.org"}).status_code == 403
    visitor = stage.as_("visitor")
    visitor.get(DOOR)
    assert visitor.post("/edycje/pomysly/dolacz").status_code == 403
    assert (count(stage, Person), count(stage, RoleGrant), count(stage, OutboxRow)) == before


def test_a_list_left_open_takes_nobody_once_ideas_are_over(stage: Stage) -> None:
    stage.world.edition("summary", key="pomysly")
    open_list(stage, is_open=True)
    assert stage.as_(None).get(LIST).status_code == 403


def test_joining_twice_gives_one_role_and_takes_none(stage: Stage, edition: Ref) -> None:
    roles = count(stage, RoleGrant)
    for who in ("visitor", "visitor", "chair"):
        browser = stage.as_(who)
        browser.get("/praca")
        assert browser.post("/edycje/pomysly/dolacz").status_code == 303
    assert count(stage, RoleGrant) == roles + 1


def test_the_code_is_for_those_who_hold_the_conference(stage: Stage, edition: Ref) -> None:
    for who in ("staff", "animator"):
        page = stage.page(who, "/edycje/pomysly/kod")
        assert "/pomysl/pomysly</a>" in page
        assert "<svg" in page.partition('class="poster-code"')[2]
        assert "style=" not in page.partition("<main")[2]
    for who in ("participant", "chair", "visitor"):
        assert stage.as_(who).get("/edycje/pomysly/kod").status_code == 403
    assert 'href="/edycje/pomysly/kod"' in stage.page("staff", "/edycje/pomysly")
    assert "/kod" not in stage.page("participant", "/edycje/pomysly")
