"""The second press of a button that signs in or joins leads where the first did, in the same browser alone."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select

from tests.conftest import database_url as database_url
from tests.web.conftest import PASSWORD, Browser
from tests.web.pages.test_accounts import enrol, later, link_in_outbox
from tests.web.pages.test_groups import invite
from tests.web.stage import Stage, hidden
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings
from workflow.models import Person, WebSession


@pytest.fixture
def settings(database_url: str, tmp_path: Any) -> Any:
    return load_settings(data=tmp_path, database_url=database_url)


def twin(app: Any, browser: Browser) -> Browser:
    """The same browser, as its cookies were when the button was pressed."""
    other = Browser(app)
    other.client._cookies = dict(browser.client._cookies)
    return other


def press(app: Any, browser: Browser, path: str, action: str = "", **typed: str) -> list[tuple[Any, Browser]]:
    """Twice at once, then again with the cookies of the first answer, then again on a page opened anew."""
    action = action or path
    fields = hidden(browser.get(path).text, action) | typed
    windows = [twin(app, browser), twin(app, browser)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda window: window.client.post(action, data=fields), windows))
    late = windows[0]
    answers.append(late.client.post(action, data=fields))
    return list(zip(answers, [*windows, late], strict=True))


def test_the_button_of_a_sign_in_link_pressed_twice_signs_in(
    app, visitor, add_person, db, settings, open_browser
) -> None:  # type: ignore[no-untyped-def]
    add_person("jan@example.org")
    visitor.get("/login/link")
    visitor.post("/login/link", {"email": "jan@example.org"})
    path = f"/login/link/{link_in_outbox(db, settings)}"
    for answer, window in press(app, visitor, path, next="/konto"):
        assert (answer.status_code, answer.location) == (303, "/konto")
        assert window.get("/konto").status_code == 200
    again = window.get(path)
    assert (again.status_code, again.location) == (303, "/praca")
    with db.reading() as tx:
        assert tx.execute(select(func.count()).select_from(WebSession)).scalar_one() == 1
    stranger = open_browser()
    assert stranger.client.post(path, data=hidden(stranger.get(path).text)).status_code == 422


def test_a_used_link_leads_nobody_else_on_who_is_signed_in(visitor, add_person, db, settings, open_browser) -> None:  # type: ignore[no-untyped-def]
    add_person("jan@example.org")
    add_person("ewa@example.org", name="Ewa Zielińska")
    visitor.get("/login/link")
    visitor.post("/login/link", {"email": "jan@example.org"})
    path = f"/login/link/{link_in_outbox(db, settings)}"
    fields = hidden(visitor.get(path).text)
    assert visitor.client.post(path, data=fields).status_code == 303
    other = open_browser()
    other.sign_in("ewa@example.org")
    assert other.get(path).status_code == 200
    assert other.client.post(path, data=fields).status_code == 400
    assert other.client.post(path, data=hidden(other.get(path).text, path)).status_code == 422


def test_a_password_sent_twice_signs_in_and_only_as_whom_it_was_typed_for(app, visitor, add_person, db) -> None:  # type: ignore[no-untyped-def]
    add_person("jan@example.org")
    typed = {"email": "Jan@example.org", "password": PASSWORD, "next": "/konto"}
    for answer, window in press(app, visitor, "/login", **typed):
        assert (answer.status_code, answer.location) == (303, "/konto")
        assert "Jan Nowak" in window.get("/konto").text
    with db.reading() as tx:
        assert tx.execute(select(func.count()).select_from(WebSession)).scalar_one() == 1
    stale = {"csrf_token": "old", "email": "ewa@example.org", "password": PASSWORD}
    assert window.client.post("/login", data=stale).status_code == 400


def test_a_wrong_password_sent_twice_is_refused_twice(app, visitor, add_person) -> None:  # type: ignore[no-untyped-def]
    add_person("jan@example.org")
    answers = press(app, visitor, "/login", email="jan@example.org", password="wrong password here")
    assert [answer.status_code for answer, _window in answers] == [422, 422, 422]


def test_a_code_sent_twice_leads_on_and_counts_once(app, member, open_browser) -> None:  # type: ignore[no-untyped-def]
    secret, _codes = enrol(member)
    browser = open_browser()
    browser.sign_in("jan@example.org")
    with later(2):
        code = pyotp.TOTP(secret).at(utc_now())
        for answer, window in press(app, browser, "/login/second-factor", code=code, next="/konto"):
            assert (answer.status_code, answer.location) == (303, "/konto")
            assert window.get("/konto").status_code == 200
        other = open_browser()
        other.sign_in("jan@example.org")
        other.get("/login/second-factor")
        assert other.post("/login/second-factor", {"code": code}).status_code == 422


def test_joining_twice_with_a_new_account_makes_one_and_leads_to_the_group(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    path = invite(stage, ref)
    visitor = stage.as_(None)
    page = visitor.get(path).text
    clause = {"clause": "1"} if 'name="clause"' in page else {}
    answers = press(stage.app, visitor, path, name="Zofia Nowa", **clause)
    for answer, window in answers:
        assert (answer.status_code, answer.location) == (303, f"/projekty/{ref.id}/grupa"), answer.text
        assert "Zofia Nowa" in window.get(answer.location).text
    assert answers[-1][1].get(path).location == f"/projekty/{ref.id}/grupa"
    with stage.db.reading() as tx:
        assert tx.execute(select(func.count()).where(Person.name == "Zofia Nowa")).scalar_one() == 1
    stranger = stage.as_(None)
    assert re.search("nie działa|wykorzystan", stranger.get(path).text)
