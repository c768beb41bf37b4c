"""A mail provider reports letters that came back; only its signature lets it in."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import database_url as database_url
from tests.web.stage import Stage
from web.http.resources import NAME, Resources
from workflow.base.calendar import utc_now
from workflow.models import AddressFault, Delivery
from workflow.notifications.deliveries import Channel, DeliveryState
from workflow.notifications.relay import relay_all

SECRET = "s" * 40
PATH = "/hooks/bounces"


@pytest.fixture
def provider(stage: Stage) -> Stage:
    resources = stage.app.extensions[NAME]
    settings = resources.settings.model_copy(update={"bounce_secret": SECRET})
    stage.app.extensions[NAME] = Resources(settings, resources.database)
    return stage


def post(app: Flask, body: bytes, *, secret: str = SECRET, age: int = 0) -> Any:
    moment = int(time.time()) - age
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Partnerstwo-Signature": f"t={moment},v1={signature}"}
    return app.test_client().post(PATH, data=body, headers=headers, content_type="application/json")


def sent_letter(stage: Stage) -> str:
    stage.world.proposal_in("returned")
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())
    with stage.db.transaction() as tx:
        tx.execute(update(Delivery).where(Delivery.channel == Channel.EMAIL).values(state=DeliveryState.SENT))
        return str(tx.execute(select(Delivery.message_id).where(Delivery.channel == Channel.EMAIL)).scalars().first())


def events(message_id: str, kind: str = "hard") -> bytes:
    return json.dumps({"events": [{"message_id": message_id, "kind": kind, "reason": "550 5.1.1 nobody"}]}).encode()


def marked(stage: Stage) -> list[bool]:
    with stage.db.reading() as tx:
        return list(tx.execute(select(AddressFault.lasting)).scalars())


@pytest.mark.parametrize(("kind", "faults"), [("hard", [True]), ("soft", [False]), ("delayed", [])])
def test_signed_report_is_noted(provider: Stage, kind: str, faults: list[bool]) -> None:
    letter = sent_letter(provider)
    assert post(provider.app, events(letter, kind)).json == {"noted": 1, "unknown": 0}
    assert marked(provider) == faults
    assert post(provider.app, events("<9.000000000000000000000000@x>")).json == {"noted": 0, "unknown": 1}


def test_wrong_or_old_signature_changes_nothing(provider: Stage) -> None:
    letter = sent_letter(provider)
    assert post(provider.app, events(letter), secret="t" * 40).status_code == 403
    assert post(provider.app, events(letter), age=400).status_code == 403
    assert provider.app.test_client().post(PATH, data=events(letter)).status_code == 403
    assert marked(provider) == []


def test_without_a_secret_there_is_nothing(stage: Stage) -> None:
    assert post(stage.app, events("<1.2@x>")).status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"events": {}}', b'{"events": [1]}', b'{"events": [{"kind": "odd"}]}', b"[" * 100_000,
             b'{"events": [{"kind": "hard", "message_id": 5}]}'],
)  # fmt: skip
def test_unreadable_report_is_refused_with_a_sentence(provider: Stage, body: bytes) -> None:
    assert post(provider.app, body).status_code == 422
    assert marked(provider) == []
