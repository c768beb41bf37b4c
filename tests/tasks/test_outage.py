"""A mail server that is down for hours, and addresses that lead nowhere, hold nobody else up."""

import os
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert

from tasks.deliver import Sender, deliver
from tasks.mail import SmtpTransport
from tests.smtp_sink import ACCEPT, Answer, Letter, SmtpSink
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from workflow.models import Person, RoleGrant
from workflow.notifications.delivery_log import dead_letters, status
from workflow.notifications.relay import relay_all
from workflow.rules.roles import Role
from workflow.rules.topics import Topic

RECIPIENTS = 5000 if int(os.environ.get("SOAK", "1")) > 1 else 300
BROKEN = {"p7@example.org", "p8@example.org", "p200@example.org"}
NOBODY = Answer("550 5.1.1 no such user", keeps=False, stage="rcpt")


@pytest.mark.slow
def test_three_broken_addresses_and_six_hours_without_a_server_stop_nobody_else(
    programme: Programme, smtp_sink: SmtpSink, clock: Clock
) -> None:
    def rule(letter: Letter) -> Answer:
        return NOBODY if BROKEN & set(letter.recipients) else ACCEPT

    smtp_sink.rule = rule
    people = [{"email": f"p{n}@example.org", "name": f"Osoba {n}", "created_at": MORNING} for n in range(RECIPIENTS)]
    with programme.db.transaction() as tx:
        numbers = list(tx.execute(insert(Person).returning(Person.id), people).scalars())
        grant = {"edition_id": programme.edition, "role": Role.PARTNER, "granted_at": MORNING}
        tx.execute(insert(RoleGrant), [{**grant, "person_id": number} for number in numbers])
    settings = settings_for(programme.db, mail_url=smtp_sink.url)
    sender = Sender(programme.db, settings, SmtpTransport(settings.mail, answer_seconds=2, letter_seconds=5), clock)
    programme.tell(Topic.AGREEMENT_OPENED)
    programme.tell(Topic.SELECTED)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    smtp_sink.stop()
    while clock.now - MORNING < timedelta(hours=6):
        began = time.monotonic()
        deliver(sender)
        assert time.monotonic() - began < 10
        clock.ahead(minutes=10)
    with programme.db.reading() as tx:
        before = status(tx, at=clock())
        assert before.sent == before.failed == 0
    smtp_sink.start()
    clock.ahead(minutes=10)
    while deliver(sender):
        pass
    with programme.db.reading() as tx:
        after = status(tx, at=clock())
        failed = dead_letters(tx)
    assert (after.created, after.sending) == (0, 0)
    assert {letter.email for letter in failed} == BROKEN
    assert all("5.1.1" in letter.error for letter in failed)
    ids = [letter.message_id for letter in smtp_sink.letters]
    assert len(ids) == len(set(ids)) == after.sent
    assert after.sent + len(failed) == before.created
    assert {row.attempts for row in programme.deliveries()} == {1}
