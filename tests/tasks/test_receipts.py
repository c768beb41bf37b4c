"""The receipt of a project that was handed in: to its leader at once, with the sheet in hand."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

import pytest
from pypdf import PdfReader

from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport, SmtpTransport
from tests.smtp_sink import SmtpSink
from tests.tasks.programme import Clock, settings_for
from tests.world import World
from workflow.db.database import Database
from workflow.notifications.inbox import messages
from workflow.notifications.relay import relay_all
from workflow.sheet.pdf import pdf_of
from workflow.submission.queries import version_print

NOW = datetime(2026, 9, 16, 9, 0, 0, 654_321, tzinfo=UTC)
BASE = "https://partnerstwo.example"


@pytest.fixture
def world(database: Database) -> World:
    return World(database, now=NOW)


def letters(transport: MemoryTransport, person: str, subject: str) -> list[EmailMessage]:
    sent = [message_from_bytes(mail.content, policy=policy.default) for mail in transport.sent
             if mail.recipient == f"{person}@example.org"]  # fmt: skip
    return [letter for letter in sent if isinstance(letter, EmailMessage) and letter["Subject"].startswith(subject)]


def send_everything(sender: Sender, world: World, clock: Clock) -> None:
    clock.now = world.at + timedelta(minutes=1)
    relay_all(world.database, base_url=BASE, at=clock.now)
    while deliver(sender):
        pass


def test_the_leader_gets_number_digest_moment_and_the_sheet_itself(
    world: World, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    ref = world.proposal_in("submitted")
    kept = world.facts(ref).entry("submission")
    send_everything(sender, world, clock)
    letter = letters(transport, "leader", "Zgłoszono projekt")[0]
    body = letter.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert kept["receipt"] in text
    assert kept["digest"] in text
    assert "15 września 2026" in text
    enclosed = list(letter.iter_attachments())
    assert [part.get_content_type() for part in enclosed] == ["application/pdf"]
    assert letter["Content-Language"] == "pl"
    assert enclosed[0].get_filename() == f"karta-1-{kept['receipt'].split('/')[-1]}-swietlica-razem.pdf"
    pdf = enclosed[0].get_payload(decode=True)
    assert isinstance(pdf, bytes)
    with world.database.reading() as tx:
        printed = version_print(tx, ref.id, 1, names_minors=True)
    assert printed is not None
    assert pdf == pdf_of(printed, base_url=settings_for(world.database).base_url)
    assert "Świetlica „Razem”" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_others_learn_of_it_without_the_sheet(
    world: World, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    world.proposal_in("submitted")
    send_everything(sender, world, clock)
    for person in ("member", "staff"):
        assert [list(letter.iter_attachments()) for letter in letters(transport, person, "Zgłoszono projekt")] == [[]]


def test_each_handing_in_has_its_own_receipt_in_the_inbox_too(world: World, sender: Sender, clock: Clock) -> None:
    ref = world.proposal_in("returned")
    world.take(ref, "edit_sheet", "leader", goals="Jaśniejsze cele.")
    world.take(ref, "resubmit", "leader")
    send_everything(sender, world, clock)
    with world.database.reading() as tx:
        inbox = messages(tx, world["leader"].id or 0, language="pl", limit=20).messages
    numbers = [pair[1] for message in inbox for pair in message.letter.details if pair[0] == "Numer potwierdzenia"]
    assert len(numbers) == len(set(numbers)) == 2


def test_a_receipt_goes_before_letters_that_waited_longer(
    world: World, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    world.proposal_in("admitted")
    world.proposal_in("submitted")
    clock.now = world.at + timedelta(minutes=1)
    relay_all(world.database, base_url=BASE, at=clock.now)
    deliver(sender, limit=3)
    first = [message_from_bytes(mail.content, policy=policy.default)["Subject"] for mail in transport.sent]
    assert all(subject.startswith("Zgłoszono projekt") for subject in first)


def test_a_real_mail_server_takes_it(world: World, clock: Clock, smtp_sink: SmtpSink) -> None:
    world.proposal_in("submitted")
    settings = settings_for(world.database, mail_url=smtp_sink.url)
    send_everything(Sender(world.database, settings, SmtpTransport(settings.mail), clock), world, clock)
    mine = [letter for letter in smtp_sink.letters if letter.recipients[0] == "leader@example.org"]
    assert any(b"application/pdf" in letter.content for letter in mine)


def test_reasons_by_section_stand_in_the_letter(
    world: World, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    ref = world.proposal_in("submitted")
    reasons = [{"section": "partners", "reason": "partners", "words": "Brak zgody gminy."}]
    world.take(ref, "return_for_completion", "staff", section_reasons=reasons, explanation="Proszę uzupełnić.")
    send_everything(sender, world, clock)
    body = letters(transport, "leader", "Projekt zwrócono")[0].get_body(("plain",))
    assert body is not None
    assert "Partnerzy – Brakuje zgody lub deklaracji partnera – Brak zgody gminy." in " ".join(
        body.get_content().split()
    )


def test_a_longer_term_is_told_to_leader_group_and_office(
    world: World, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    day = (until + timedelta(days=2)).date()
    world.take(ref, "extend_submission", "staff", due_on=day, reason="Powódź w gminie.")
    send_everything(sender, world, clock)
    for person in ("leader", "member", "staff2"):
        body = letters(transport, person, "Przedłużono termin")[0].get_body(("plain",))
        assert body is not None
        text = " ".join(body.get_content().split())
        assert "Powódź w gminie." in text
        assert "października 2026, godz. 23:59" in text
