"""The page of webhooks: for the office of the edition alone, the secret shown once."""

import re

import pytest
from sqlalchemy import select

from tests.conftest import database_url as database_url
from tests.web.stage import Stage, send
from web.http.resources import resources
from workflow.accounts import open_secret
from workflow.base.errors import BadInput
from workflow.models import Webhook
from workflow.notifications.webhook_calls import PURPOSE
from workflow.notifications.webhooks import check_url


def page_of(stage: Stage) -> str:
    stage.world.edition("conferences", key="haki")
    return "/edycje/haki/webhooki"


def test_the_office_adds_a_webhook_sees_its_secret_once_and_ends_it(stage: Stage) -> None:
    url, office = page_of(stage), stage.as_("staff")
    page = send(office, url, url="https://odbiorca.example/przyjmij", scope="office").text
    (secret,) = re.findall(r"whsec_[\w-]{43}", page)
    with stage.db.reading() as tx:
        row = tx.execute(select(Webhook.id, Webhook.secret)).one()
    with stage.app.app_context():
        assert open_secret(resources().settings, row.secret, purpose=PURPOSE) == secret
    again = office.get(url).text
    assert secret not in again
    assert "https://odbiorca.example/przyjmij" in again
    assert "https://" in office.get(f"{url}/{row.id}/koniec").text
    assert office.post(f"{url}/{row.id}/koniec").status_code == 303
    assert office.get(f"{url}/{row.id}/koniec").location == url
    assert "Zakończono" in office.get(url).text
    assert office.post(f"{url}/{row.id}/koniec").status_code == 404


def test_a_wrong_address_is_refused_and_stays_typed(stage: Stage) -> None:
    url = page_of(stage)
    answer = send(stage.as_("staff"), url, url="http://wewnetrzny.example/", scope="public")
    assert answer.status_code in (400, 422)
    assert "http://wewnetrzny.example/" in answer.text
    assert "whsec_" not in answer.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "[::1]", "[fd00::1]", "169.254.169.254", "localhost", "baza", "2130706433",
             "biuro.local", "x.internal."],
)  # fmt: skip
def test_a_private_address_is_refused_when_it_is_entered(host: str) -> None:
    with pytest.raises(BadInput, match="public address"):
        check_url(f"https://{host}/przyjmij")
    assert check_url("https://odbiorca.example.org:8443/przyjmij")


def test_nobody_but_the_office_of_the_edition_sees_or_adds_webhooks(stage: Stage) -> None:
    url = page_of(stage)
    for name in ("leader", "chair", "participant"):
        browser = stage.as_(name)
        assert browser.get(url).status_code == 403
        browser.get("/konto")
        assert browser.post(url, {"url": "https://x.example/", "scope": "public"}).status_code == 403
    assert stage.as_(None).get(url).status_code == 303
