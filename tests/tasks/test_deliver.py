"""Sending: every letter goes out, each outcome is written by its owner alone."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from tasks.backoff import DELAYS, JITTER, MOST_TRIES
from tasks.deliver import Sender, deliver
from tasks.journal import Journal
from tasks.mail import MemoryTransport, OutgoingMail, SmtpTransport
from tests.smtp_sink import BUSY, BUSY_RECIPIENT, DROP_AFTER, DROP_BEFORE, REFUSE, REFUSE_RECIPIENT, Answer, SmtpSink
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from workflow.accounts import seal
from workflow.db.database import Database
from workflow.models import Delivery, DeliveryTry, GroupMember, Person
from workflow.notifications import deliveries, mail_pause
from workflow.notifications.deliveries import LEASE
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic


class Died(BaseException):
    """The process was killed."""


@pytest.fixture
def by_smtp(database: Database, smtp_sink: SmtpSink, clock: Clock) -> Sender:
    settings = settings_for(database, mail_url=smtp_sink.url)
    return Sender(database, settings, SmtpTransport(settings.mail, answer_seconds=2, letter_seconds=5), clock)


def relayed(programme: Programme, topic: Topic = Topic.RESERVE_EXPIRED, times: int = 1) -> None:
    for _ in range(times):
        programme.tell(topic)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)


def states(programme: Programme) -> list[str]:
    return [row.state for row in programme.deliveries()]


def test_letter_goes_out_once(programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink) -> None:
    relayed(programme, Topic.ADMITTED)
    assert deliver(by_smtp) == 2
    assert deliver(by_smtp) == 0
    assert states(programme) == ["sent", "sent"]
    assert {letter.recipients[0] for letter in smtp_sink.letters} == {"leader@example.org", "member@example.org"}
    assert {letter.message_id for letter in smtp_sink.letters} == {row.message_id for row in programme.deliveries()}


@pytest.mark.parametrize("refusal", [REFUSE, REFUSE_RECIPIENT])
def test_permanent_refusal_fails_at_once_and_stops_no_other(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, refusal: Answer
) -> None:
    smtp_sink.script.append(refusal)
    relayed(programme, Topic.ADMITTED)
    deliver(by_smtp)
    assert states(programme) == ["failed", "sent"]
    failed = programme.deliveries()[0]
    assert failed.attempts == 1
    assert "550" in failed.error
    by_smtp.clock.ahead(days=4)
    assert deliver(by_smtp) == 0


@pytest.mark.parametrize("busy", [BUSY, BUSY_RECIPIENT, DROP_BEFORE])
def test_letter_that_is_put_off_comes_back_in_a_minute(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock, busy: Answer
) -> None:
    smtp_sink.script.append(busy)
    relayed(programme, Topic.ADMITTED)
    deliver(by_smtp)
    assert sorted(states(programme)) == ["created", "sent"]
    clock.ahead(seconds=59)
    assert deliver(by_smtp) == 0
    clock.ahead(seconds=14)
    assert deliver(by_smtp) == 1
    assert states(programme) == ["sent", "sent"]


def test_letter_is_given_up_after_the_published_tries_and_never_before(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock
) -> None:
    smtp_sink.rule = lambda _: BUSY
    relayed(programme)
    for attempts in range(1, MOST_TRIES + 1):
        assert deliver(by_smtp) == 1
        assert programme.deliveries()[0].attempts == attempts
        if attempts < MOST_TRIES:
            assert states(programme) == ["created"]
            clock.ahead(seconds=DELAYS[attempts - 1].total_seconds() * (1 + JITTER))
    assert states(programme) == ["failed"]
    assert clock.now - MORNING >= timedelta(hours=72)
    assert len(smtp_sink.attempts) == MOST_TRIES


def test_letter_accepted_without_an_answer_comes_again_with_the_same_message_id(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock
) -> None:
    smtp_sink.script.append(DROP_AFTER)
    relayed(programme)
    deliver(by_smtp)
    clock.ahead(minutes=2)
    deliver(by_smtp)
    clock.ahead(days=1)
    assert deliver(by_smtp) == 0
    assert [letter.message_id for letter in smtp_sink.letters] == [programme.deliveries()[0].message_id] * 2


def test_worker_killed_between_acceptance_and_writing_sends_twice_and_no_third_time(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    relayed(programme)

    def killed(*_: object, **__: object) -> bool:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "note", killed)
        with pytest.raises(Died):
            deliver(by_smtp)
    assert states(programme) == ["sending"]
    assert deliver(by_smtp) == 0
    clock.ahead(seconds=LEASE.total_seconds())
    assert deliver(by_smtp) == 1
    assert deliver(by_smtp) == 0
    assert states(programme) == ["sent"]
    assert len({letter.message_id for letter in smtp_sink.letters}) == 1
    assert len(smtp_sink.letters) == 2


def test_chunk_killed_in_the_middle_repeats_nobody_whom_the_server_had_accepted(
    programme: Programme, sender: Sender, clock: Clock
) -> None:
    relayed(programme, times=6)

    class Killed(MemoryTransport):
        def send(self, mail: OutgoingMail) -> str:
            if len(self.sent) == 4:
                raise Died
            return super().send(mail)

    first, second = Killed(), MemoryTransport()
    with pytest.raises(Died):
        deliver(Sender(sender.db, sender.settings, first, clock))
    assert states(programme) == ["sending"] * 6
    clock.ahead(seconds=LEASE.total_seconds())
    assert deliver(Sender(sender.db, sender.settings, second, clock)) == 2
    assert states(programme) == ["sent"] * 6
    sent = [mail.message_id for mail in (*first.sent, *second.sent)]
    assert sorted(sent) == sorted(row.message_id for row in programme.deliveries())
    assert {row.sent_at for row in programme.deliveries()} == {MORNING, clock.now}


def test_letter_sent_again_on_request_is_not_taken_for_its_first_acceptance(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    relayed(programme)
    deliver(sender)
    with programme.db.transaction() as tx:
        tx.execute(update(Delivery).values(state=deliveries.DeliveryState.BOUNCED))
    clock.ahead(hours=1)
    number = programme.deliveries()[0].id
    with programme.db.transaction() as tx:
        assert deliveries.retry(tx, at=clock(), ids=[number]) == 1
        deliveries.claim(tx, owner="died", at=clock(), limit=1)
    clock.ahead(seconds=LEASE.total_seconds())
    assert deliver(sender) == 1
    assert len(transport.sent) == 2


def test_each_try_is_kept_with_what_the_server_said(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock
) -> None:
    smtp_sink.script.append(BUSY)
    relayed(programme)
    deliver(by_smtp)
    clock.ahead(minutes=2)
    deliver(by_smtp)
    with programme.db.reading() as tx:
        tries = tx.execute(
            select(DeliveryTry.at, DeliveryTry.outcome, DeliveryTry.reply).order_by(DeliveryTry.id)
        ).all()
    assert [tuple(row) for row in tries] == [
        (MORNING, "deferred", "451 try again later"), (clock.now, "accepted", "250 accepted"),
    ]  # fmt: skip


def test_slow_worker_cannot_overwrite_what_another_one_wrote(
    programme: Programme, sender: Sender, clock: Clock
) -> None:
    relayed(programme)
    other = Sender(sender.db, sender.settings, MemoryTransport(), clock)

    class SlowTransport(MemoryTransport):
        def send(self, mail: OutgoingMail) -> str:
            super().send(mail)
            clock.ahead(seconds=LEASE.total_seconds() + 1)
            assert deliver(other) == 1
            raise RuntimeError("the slow one fails at last")

    deliver(Sender(sender.db, sender.settings, SlowTransport(), clock))
    assert states(programme) == ["sent"]
    assert programme.deliveries()[0].error == ""


def test_server_that_is_down_costs_one_statement_a_batch_and_no_attempt(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock
) -> None:
    relayed(programme, times=15)
    smtp_sink.stop()
    written: list[str] = []

    @event.listens_for(programme.db.engine, "before_cursor_execute")
    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE delivery"):
            written.append(statement)

    assert deliver(by_smtp) == 15
    # One statement claims the batch, one gives all of it back.
    assert len(written) == 2
    assert deliver(by_smtp) == 0
    assert len(written) == 2
    assert {(row.state, row.attempts) for row in programme.deliveries()} == {("created", 0)}
    assert "refused" in programme.deliveries()[0].error.lower()
    smtp_sink.start()
    clock.ahead(seconds=15)
    assert deliver(by_smtp) == 15
    assert len(smtp_sink.letters) == 15


@pytest.mark.slow
def test_server_down_for_three_days_loses_nothing(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock
) -> None:
    relayed(programme, Topic.ADMITTED)
    smtp_sink.stop()
    while clock.now - MORNING < timedelta(hours=72):
        deliver(by_smtp)
        clock.ahead(minutes=30)
    smtp_sink.start()
    clock.ahead(minutes=6)
    deliver(by_smtp)
    assert states(programme) == ["sent", "sent"]


def test_wrong_password_is_no_fault_of_the_letter(programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink) -> None:
    smtp_sink.rule = lambda _: Answer("535 who are you", keeps=False)
    relayed(programme)
    deliver(by_smtp)
    assert states(programme) == ["created"]


def test_paused_mail_waits_until_it_is_released(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    relayed(programme)
    with programme.db.transaction() as tx:
        mail_pause.pause_mail(tx, at=MORNING)
    assert deliver(sender) == 0
    with programme.db.transaction() as tx:
        mail_pause.release_mail(tx)
    assert deliver(sender) == 1
    assert len(transport.sent) == 1


def test_letter_that_our_own_code_cannot_write_is_kept_and_stops_no_other(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    # A date that is none makes the letter impossible to write.
    programme.tell(Topic.RESERVE_EXPIRED, data={"resume_on": "pojutrze"})
    relayed(programme)
    deliver(sender)
    assert sorted(states(programme)) == ["created", "sent"]


def test_person_who_left_since_the_relay_is_told_nothing(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    relayed(programme, Topic.ADMITTED)
    with programme.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == programme.people["leader"]).values(active=False))
        tx.execute(update(GroupMember).values(left_at=MORNING))
    deliver(sender)
    assert transport.sent == []
    assert states(programme) == ["failed", "failed"]


def test_sign_in_link_overtakes_everything_that_waits(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    relayed(programme, times=30)
    ref = Ref("person", programme.people["partner"])
    until = (MORNING + timedelta(minutes=15)).isoformat()
    programme.tell(Topic.SIGN_IN_LINK, ref=ref, payload={"box": seal(sender.settings, "t"), "until": until})
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    deliver(sender, limit=1)
    assert transport.sent[0].recipient == "partner@example.org"


def test_link_that_has_died_is_not_sent(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    ref = Ref("person", programme.people["partner"])
    until = (MORNING + timedelta(minutes=15)).isoformat()
    programme.tell(Topic.SIGN_IN_LINK, ref=ref, payload={"box": seal(sender.settings, "t"), "until": until})
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    clock.ahead(minutes=16)
    deliver(sender)
    assert transport.sent == []
    assert states(programme) == ["failed"]


def test_failed_letter_goes_out_when_somebody_asks(
    programme: Programme, by_smtp: Sender, smtp_sink: SmtpSink, clock: Clock
) -> None:
    smtp_sink.script.append(REFUSE)
    relayed(programme)
    deliver(by_smtp)
    with programme.db.transaction() as tx:
        assert deliveries.retry(tx, at=clock()) == 1
    deliver(by_smtp)
    assert states(programme) == ["sent"]
    assert smtp_sink.letters[0].message_id == programme.deliveries()[0].message_id


def test_asked_numbers_are_sent_only_while_they_are_due(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    relayed(programme, Topic.ADMITTED)
    first = programme.deliveries()[0].id
    assert deliver(sender, ids=[first]) == 1
    assert deliver(sender, ids=[first]) == 0
    assert states(programme) == ["sent", "created"]


def test_slow_server_gives_the_rest_of_the_batch_back(programme: Programme, sender: Sender, clock: Clock) -> None:
    relayed(programme, times=5)

    class SlowTransport(MemoryTransport):
        def send(self, mail: OutgoingMail) -> str:
            clock.ahead(seconds=6)
            return super().send(mail)

    deliver(Sender(sender.db, sender.settings, SlowTransport(), clock))
    assert sorted(states(programme)) == ["created"] * 3 + ["sent"] * 2
    with programme.db.reading() as connection:
        assert deliveries.oldest_due(connection, at=clock()) == MORNING
    assert {row.attempts for row in programme.deliveries() if row.state == "created"} == {0}


def test_two_senders_at_once_send_every_letter_once(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    relayed(programme, times=60)
    senders = [Sender(sender.db, sender.settings, transport, sender.clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            list(pool.map(deliver, senders))
    assert len(transport.sent) == 60
    assert len({mail.message_id for mail in transport.sent}) == 60
    with programme.db.reading() as connection:
        assert connection.execute(Delivery.__table__.select().where(Delivery.state == "sending")).all() == []
