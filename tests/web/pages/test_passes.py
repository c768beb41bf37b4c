"""The pass of a conference on a phone: a look changes nothing, a press keeps it, another phone is sent to the desk."""

import pytest
from sqlalchemy import insert

from tests.web.conftest import Browser
from tests.web.stage import Stage
from web.http import pass_cookie
from workflow.models import Registration
from workflow.participation import passes
from workflow.participation.passes import PassHolder

pytestmark = pytest.mark.slow


@pytest.fixture
def token(stage: Stage) -> str:
    edition = stage.world.edition("conferences")
    row = {
        "conference_id": stage.world.summaries[edition].id, "person_id": stage.world["participant"].id,
        "state": "registered", "source": "page", "code": "ABCD2345", "registered_at": stage.world.now,
    }  # fmt: skip
    with stage.db.transaction() as tx:
        number = tx.execute(insert(Registration).values(row).returning(Registration.id)).scalar_one()
        return passes.issue(tx, number, actor=stage.world["animator"], at=stage.world.now)


def holder(stage: Stage, browser: Browser) -> PassHolder | None:
    """Whom a page would take this browser for."""
    with stage.app.test_request_context(headers={"Cookie": cookie_of(browser)}), stage.db.reading() as tx:
        return pass_cookie.holder(tx)


def cookie_of(browser: Browser) -> str:
    cookie = browser.client.get_cookie("partnerstwo-pass")
    return f"{cookie.key}={cookie.value}" if cookie else ""


def test_a_phone_keeps_the_pass_and_is_known_from_then_on(stage: Stage, token: str) -> None:
    phone = stage.as_(None)
    assert "Zapisz przepustkę na tym telefonie" in phone.get(f"/przepustka/{token}").text
    assert holder(stage, phone) is None
    assert phone.post(f"/przepustka/{token}").status_code == 303
    assert "Przepustka jest na tym telefonie" in phone.get(f"/przepustka/{token}").text
    known = holder(stage, phone)
    assert known is not None
    assert known.name == stage.world["participant"].name


def test_another_phone_is_sent_to_the_desk_and_gets_no_cookie(stage: Stage, token: str) -> None:
    first, second = stage.as_(None), stage.as_(None)
    for phone in (first, second):
        phone.get(f"/przepustka/{token}")
    first.post(f"/przepustka/{token}")
    answer = second.post(f"/przepustka/{token}")
    assert (answer.status_code, "przy wejściu" in answer.text) == (403, True)
    assert not cookie_of(second)
    assert holder(stage, first) is not None


def test_a_guessed_pass_is_not_there(stage: Stage, token: str) -> None:
    phone = stage.as_(None)
    assert phone.get("/przepustka/zgadnieta").status_code == 404
    phone.get(f"/przepustka/{token}")
    assert phone.post("/przepustka/zgadnieta").status_code == 404
    phone.client.set_cookie("partnerstwo-pass", "zgadnieta.x")
    assert holder(stage, phone) is None
