"""Whoever looks after the post learns that letters wait and none goes out."""

from datetime import timedelta

from sqlalchemy import select, update

from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport, SmtpTransport
from tests.smtp_sink import SmtpSink
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from workflow.models import Delivery, OutboxRow
from workflow.notifications import mail_health, mail_pause
from workflow.notifications.deliveries import TryOutcome
from workflow.notifications.mail_health import stalled_since, tell_staff
from workflow.notifications.relay import relay_all
from workflow.rules.topics import Topic

AFTER = timedelta(minutes=15)


def relayed(programme: Programme) -> None:
    programme.tell(Topic.RESERVE_EXPIRED)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)


def stalled(programme: Programme, clock: Clock) -> object:
    with programme.db.reading() as tx:
        return stalled_since(tx, at=clock(), after=AFTER)


def test_server_that_is_down_is_an_alarm_after_a_quarter_of_an_hour_until_it_answers(
    programme: Programme, smtp_sink: SmtpSink, clock: Clock
) -> None:
    settings = settings_for(programme.db, mail_url=smtp_sink.url)
    sender = Sender(programme.db, settings, SmtpTransport(settings.mail), clock)
    relayed(programme)
    smtp_sink.stop()
    for _ in range(16):
        assert stalled(programme, clock) is None or clock.now - MORNING >= AFTER
        deliver(sender)
        clock.ahead(minutes=1)
    assert stalled(programme, clock) == MORNING
    with programme.db.reading() as tx:
        down = mail_pause.server_down(tx)
        assert down
        assert down.at == MORNING
        oldest = mail_health.oldest_letter(tx, at=clock())
        assert oldest
        assert oldest.name == "Leader"
    smtp_sink.start()
    clock.ahead(minutes=6)
    assert deliver(sender) == 1
    assert stalled(programme, clock) is None
    with programme.db.reading() as tx:
        assert mail_pause.server_down(tx) is None


def test_nobody_is_alarmed_while_mail_is_paused_or_others_are_delivered(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    relayed(programme)
    clock.ahead(minutes=20)
    assert stalled(programme, clock) == MORNING
    with programme.db.transaction() as tx:
        mail_pause.pause_mail(tx, at=clock())
    assert stalled(programme, clock) is None
    with programme.db.transaction() as tx:
        mail_pause.release_mail(tx)
    relayed(programme)
    assert deliver(sender, limit=1) == 1
    assert stalled(programme, clock) is None


def test_letter_that_its_own_server_put_off_for_hours_is_no_alarm(programme: Programme, clock: Clock) -> None:
    relayed(programme)
    clock.ahead(minutes=20)
    with programme.db.transaction() as tx:
        tx.execute(update(Delivery).values(next_try_at=clock() + timedelta(hours=2)))
    assert stalled(programme, clock) is None


def test_staff_are_told_once_for_each_standstill(programme: Programme, clock: Clock) -> None:
    relayed(programme)
    for _ in range(3):
        clock.ahead(minutes=20)
        with programme.db.transaction() as tx:
            assert tell_staff(tx, at=clock(), after=AFTER)
    relay_all(programme.db, base_url="https://partnerstwo.example", at=clock())
    with programme.db.reading() as tx:
        rows = tx.execute(select(OutboxRow.id).where(OutboxRow.topic == Topic.MAIL_STALLED)).scalars().all()
    assert len(rows) == 1
    assert [row.channel for row in programme.deliveries("inbox") if row.outbox_id == rows[0]] == ["inbox"]
    assert [row for row in programme.deliveries() if row.outbox_id == rows[0]] == []


def test_tries_are_counted_by_hour(programme: Programme, sender: Sender, clock: Clock) -> None:
    relayed(programme)
    clock.ahead(minutes=90)
    deliver(sender)
    with programme.db.reading() as tx:
        counted = mail_health.hours(tx, at=clock.ahead(hours=2))
    assert [number for number, hour in enumerate(counted) if hour.counts[TryOutcome.ACCEPTED]] == [2]
    assert len(counted) == mail_health.HOURS
