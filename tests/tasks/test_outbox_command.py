"""`partnerstwo outbox` on the command line."""

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport
from tests.tasks.programme import MORNING, Programme
from web.commands.outbox import command_outbox
from workflow.models import Delivery
from workflow.notifications.relay import relay_all
from workflow.rules.topics import Topic


@pytest.fixture
def relayed(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> Programme:
    monkeypatch.setenv("DATABASE_URL", programme.db.url)
    programme.tell(Topic.ADMITTED)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    return programme


def outbox(*words: str) -> Result:
    return CliRunner().invoke(command_outbox, list(words), standalone_mode=False)


def fail_one(programme: Programme) -> int:
    number = programme.deliveries()[0].id
    with programme.db.transaction() as tx:
        tx.execute(
            update(Delivery)
            .where(Delivery.id == number)
            .values(state="failed", error="550 no such mailbox", attempts=1)
        )
    return int(number)


def test_dump_has_a_line_for_each_delivery(relayed: Programme) -> None:
    lines = [json.loads(line) for line in outbox("dump").output.splitlines()]
    assert [set(line) for line in lines] == [
        {"key", "recipient", "channel", "state", "attempts", "message_id", "topic"}
    ] * 4
    assert {(line["recipient"], line["channel"]) for line in lines} == {
        (f"{name}@example.org", channel) for name in ("leader", "member") for channel in ("email", "inbox")
    }


def test_dump_names_what_was_told_to_nobody_or_not_yet(relayed: Programme) -> None:
    relayed.tell(Topic.PROGRESS_REPORTED)
    last = json.loads(outbox("dump").output.splitlines()[-1])
    assert last["state"] == "waiting"
    assert last["recipient"] is None


def test_status_names_failed_letters_with_address_and_reason_and_ends_with_one(relayed: Programme) -> None:
    assert outbox("status").return_value == 0
    fail_one(relayed)
    result = outbox("status")
    assert result.return_value == 1
    assert "leader@example.org" in result.output
    assert "550 no such mailbox" in result.output
    assert json.loads(outbox("status", "--json").output)["failed"] == 1


def test_retry_sends_failed_letters_again(relayed: Programme, sender: Sender, transport: MemoryTransport) -> None:
    number = fail_one(relayed)
    assert "0 letters" in outbox("retry", str(number + 100)).output
    assert "1 letters" in outbox("retry", str(number)).output
    assert outbox("status").return_value == 0


def test_paused_mail_waits_until_released(relayed: Programme, sender: Sender, transport: MemoryTransport) -> None:
    outbox("pause")
    outbox("pause")
    assert "PAUSED" in outbox("status").output
    assert deliver(sender) == 0
    outbox("release")
    assert deliver(sender) == 2
    assert "flows" in outbox("status").output
