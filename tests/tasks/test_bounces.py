"""Letters that come back are found in the mailbox, noted in their journey, and their addresses are marked."""

import pytest
from sqlalchemy import select

from tasks.bounce_mailbox import read_bounces
from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport
from tests.smtp_sink import Answer, SmtpSink
from tests.tasks.bounced import Mailbox, report
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from workflow.models import AddressFault, DeliveryTry
from workflow.notifications import deliveries
from workflow.notifications.bounces import faults_of, note_report, read_report, return_tag
from workflow.notifications.relay import relay_all
from workflow.rules.topics import Topic

KEY = "k" * 40


def sent_to_leader(programme: Programme, sender: Sender) -> str:
    programme.tell(Topic.RESERVE_EXPIRED)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    assert deliver(sender) == 1
    return str(programme.deliveries()[0].message_id)


def note(programme: Programme, content: bytes) -> bool:
    found = read_report(content, key=KEY)
    assert found
    with programme.db.transaction() as tx:
        return note_report(tx, found, at=MORNING)


def faults(programme: Programme) -> list[tuple[str, bool, int]]:
    with programme.db.reading() as tx:
        query = select(AddressFault.email, AddressFault.lasting, AddressFault.count)
        return [tuple(row) for row in tx.execute(query)]


def outcomes(programme: Programme) -> list[str]:
    with programme.db.reading() as tx:
        return list(tx.execute(select(DeliveryTry.outcome).order_by(DeliveryTry.id)).scalars())


@pytest.mark.parametrize("enclosed", ["text/rfc822-headers", "message/rfc822"])
def test_letter_that_came_back_is_found_and_its_address_marked(
    programme: Programme, sender: Sender, enclosed: str
) -> None:
    message_id = sent_to_leader(programme, sender)
    assert note(programme, report(message_id, enclosed=enclosed))
    assert programme.deliveries()[0].state == "bounced"
    assert "5.1.1" in programme.deliveries()[0].error
    assert faults(programme) == [("leader@example.org", True, 1)]
    assert outcomes(programme) == ["accepted", "bounced"]


def test_same_report_read_twice_changes_nothing(programme: Programme, sender: Sender) -> None:
    message_id = sent_to_leader(programme, sender)
    assert note(programme, report(message_id))
    assert note(programme, report(message_id))
    assert outcomes(programme) == ["accepted", "bounced"]
    assert faults(programme) == [("leader@example.org", True, 1)]


@pytest.mark.parametrize(
    ("status", "diagnostic"), [("5.2.2", "552 5.2.2 full"), ("4.4.7", "expired"), ("5.7.1", "spam")]
)
def test_full_mailbox_is_no_lasting_fault(programme: Programme, sender: Sender, status: str, diagnostic: str) -> None:
    message_id = sent_to_leader(programme, sender)
    note(programme, report(message_id, status=status, diagnostic=diagnostic))
    assert faults(programme) == [("leader@example.org", False, 1)]
    assert programme.deliveries()[0].state == "bounced"


def test_delay_is_noted_and_marks_nobody(programme: Programme, sender: Sender) -> None:
    message_id = sent_to_leader(programme, sender)
    note(programme, report(message_id, action="delayed", status="4.4.1", diagnostic="no answer"))
    assert programme.deliveries()[0].state == "sent"
    assert outcomes(programme) == ["accepted", "delayed"]
    assert faults(programme) == []


def test_report_without_the_letter_is_known_by_the_address_it_came_to(
    programme: Programme, transport: MemoryTransport, clock: Clock
) -> None:
    settings = settings_for(programme.db, bounce_address="zwroty@gmina.example")
    sent_to_leader(programme, Sender(programme.db, settings, transport, clock))
    envelope = transport.sent[0].sender
    assert envelope.startswith("zwroty+")
    assert note(programme, report("<other@mx.example>", to=envelope))
    assert programme.deliveries()[0].state == "bounced"


def test_forged_address_and_unknown_letter_mark_nobody(programme: Programme, sender: Sender) -> None:
    sent_to_leader(programme, sender)
    number = programme.deliveries()[0].id
    assert return_tag(number, key=KEY) != return_tag(number, key="other")
    forged = f"zwroty+{number}-{'0' * 12}@gmina.example"
    assert not note(programme, report("<1.000000000000000000000000@partnerstwo.example>", to=forged))
    assert faults(programme) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"Subject: holiday\r\n\r\nI am away.", report("<a@b>", action="delivered"), b"Content-Type: multipart/report\r\n\r\nx",
     b"\xff\xfe" * 100],
)  # fmt: skip
def test_other_letters_are_no_reports(content: bytes) -> None:
    assert read_report(content, key=KEY) is None


def test_mailbox_is_read_once(programme: Programme, sender: Sender) -> None:
    message_id = sent_to_leader(programme, sender)
    with Mailbox([b"Subject: holiday\r\n\r\nI am away.", report(message_id)]) as box:
        settings = settings_for(programme.db, bounce_url=box.url)
        assert read_bounces(programme.db, settings, at=MORNING) == 1
        assert box.seen == {1, 2}
        assert read_bounces(programme.db, settings, at=MORNING) == 0
    assert faults(programme) == [("leader@example.org", True, 1)]


def test_address_refused_at_once_is_marked_and_others_are_not(
    programme: Programme, smtp_sink: SmtpSink, clock: Clock
) -> None:
    settings = settings_for(programme.db, mail_url=smtp_sink.url)
    from tasks.mail import SmtpTransport

    sender = Sender(programme.db, settings, SmtpTransport(settings.mail), clock)
    smtp_sink.script.append(Answer("550 5.1.1 no such user", keeps=False, stage="rcpt"))
    smtp_sink.script.append(Answer("550 5.7.1 not from you", keeps=False, stage="rcpt"))
    programme.tell(Topic.ADMITTED)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    deliver(sender)
    assert [row.state for row in programme.deliveries()] == ["failed", "failed"]
    assert faults(programme) == [("leader@example.org", True, 1)]


def test_letter_that_came_back_can_be_sent_again(programme: Programme, sender: Sender) -> None:
    message_id = sent_to_leader(programme, sender)
    note(programme, report(message_id))
    with programme.db.transaction() as tx:
        assert deliveries.retry(tx, at=MORNING) == 0
        assert deliveries.retry(tx, at=MORNING, ids=[programme.deliveries()[0].id]) == 1
    assert deliver(sender) == 1
    with programme.db.reading() as tx:
        assert set(faults_of(tx, ["Leader@example.org", None])) == {"leader@example.org"}
