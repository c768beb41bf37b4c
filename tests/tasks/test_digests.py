"""Digests: at most one a person and day, never empty, every item in exactly one of them."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport
from tests.tasks.programme import MORNING, Clock, Programme
from workflow.base.calendar import WARSAW, is_working_day, next_working_day, warsaw_date
from workflow.base.errors import BadInput
from workflow.models import Delivery, GroupMember, OutboxRow
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.preferences import FIXED, PACES, Pace, choose, digest_morning
from workflow.notifications.relay import relay_all
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.notifications.topic_groups import GROUPS, TopicGroup, group_of
from workflow.operations.digests import sweep_digests
from workflow.rules.deadlines import is_daytime
from workflow.rules.facts import Ref
from workflow.rules.topics import Audience, Topic

BASE = "https://partnerstwo.example"
# The morning after: Thursday, and the Monday after it.
THURSDAY = datetime(2026, 9, 17, 7, 0, tzinfo=WARSAW).astimezone(UTC)
MONDAY = datetime(2026, 9, 21, 7, 0, tzinfo=WARSAW).astimezone(UTC)
MOMENTS = st.datetimes(min_value=datetime(2024, 12, 1), max_value=datetime(2031, 1, 31), timezones=st.just(UTC))


def chooses(programme: Programme, name: str, /, **paces: Pace) -> None:
    with programme.db.transaction() as tx:
        choose(tx, programme.people[name], {TopicGroup(group): pace for group, pace in paces.items()})


def happens(programme: Programme, *topics: Topic, at: datetime = MORNING) -> None:
    for topic in topics:
        programme.tell(topic, at=at)
    relay_all(programme.db, base_url=BASE, at=at)


def letters_to(programme: Programme, name: str) -> list[tuple[str, str]]:
    """Topic and state of every letter to a person."""
    query = select(OutboxRow.topic, Delivery.state).join(OutboxRow, OutboxRow.id == Delivery.outbox_id)
    mine = Delivery.recipient_id == programme.people[name], Delivery.channel == Channel.EMAIL
    with programme.db.reading() as connection:
        return [tuple(row) for row in connection.execute(query.where(*mine).order_by(Delivery.id))]


def digests_of(programme: Programme) -> int:
    with programme.db.reading() as connection:
        query = select(func.count()).select_from(OutboxRow).where(OutboxRow.topic == Topic.DIGEST)
        return int(connection.execute(query).scalar_one())


def sent(sender: Sender, transport: MemoryTransport, clock: Clock, at: datetime) -> list[EmailMessage]:
    """Everything that goes out at a moment."""
    before = len(transport.sent)
    clock.now = at
    relay_all(sender.db, base_url=BASE, at=at)
    while deliver(sender):
        pass
    return [message_from_bytes(mail.content, policy=policy.default) for mail in transport.sent[before:]]


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_what_is_wanted_daily_comes_together_the_next_morning(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    chooses(programme, "member", projects=Pace.DAILY, people=Pace.DAILY)
    happens(programme, Topic.GROUP_FORMED, Topic.REINSTATED)
    programme.tell(Topic.MERGED, data={"target": programme.other})
    relay_all(programme.db, base_url=BASE, at=MORNING)
    assert {state for _, state in letters_to(programme, "member")} == {DeliveryState.GATHERED}
    assert len(programme.names("inbox") & {"member"}) == 1
    assert (
        sweep_digests(programme.db, at=MORNING) == sweep_digests(programme.db, at=THURSDAY - timedelta(seconds=1)) == 0
    )
    assert sweep_digests(programme.db, at=THURSDAY) == 1
    (letter,) = [mail for mail in sent(sender, transport, clock, THURSDAY) if "member@" in mail["To"]]
    text = words(letter)
    assert text.count("Łąka dla pszczół:\n– ") == text.count(f"{BASE}/projekty/{programme.proposal}\n") == 1
    assert len(re.findall(r"^– ", text, flags=re.MULTILINE)) == 3
    assert letter["List-Unsubscribe"].startswith(f"<{BASE}/wypisz/{programme.people['member']}-digests-")
    # The mark of each item and the digest itself; nothing is left for another one.
    assert Counter(state for _, state in letters_to(programme, "member")) == {DeliveryState.SENT: 4}
    assert sweep_digests(programme.db, at=THURSDAY + timedelta(days=1)) == 0


def test_a_digest_is_never_empty(programme: Programme) -> None:
    chooses(programme, "member", projects=Pace.DAILY, programme=Pace.WEEKLY)
    for day in range(10):
        assert sweep_digests(programme.db, at=THURSDAY + timedelta(days=day)) == 0
    assert digests_of(programme) == 0


def test_of_what_no_longer_concerns_a_person_nothing_is_said(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    chooses(programme, "member", projects=Pace.DAILY)
    happens(programme, Topic.GROUP_FORMED)
    with programme.db.transaction() as tx:
        tx.execute(delete(GroupMember).where(GroupMember.person_id == programme.people["member"]))
    sweep_digests(programme.db, at=THURSDAY)
    assert not [mail for mail in sent(sender, transport, clock, THURSDAY) if "member@" in mail["To"]]


def test_weekly_comes_on_monday_with_what_is_daily_in_one_letter(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    chooses(programme, "member", projects=Pace.WEEKLY)
    happens(programme, Topic.GROUP_FORMED)
    assert sweep_digests(programme.db, at=THURSDAY) == 0
    chooses(programme, "member", projects=Pace.DAILY)
    happens(programme, Topic.REINSTATED, at=MONDAY - timedelta(days=2))
    assert sweep_digests(programme.db, at=MONDAY - timedelta(days=1)) == 0
    assert sweep_digests(programme.db, at=MONDAY) == 1
    (letter,) = [mail for mail in sent(sender, transport, clock, MONDAY) if "member@" in mail["To"]]
    assert len(re.findall(r"^– ", words(letter), flags=re.MULTILINE)) == 2


def test_what_comes_after_the_digest_of_a_day_waits_for_the_next(programme: Programme) -> None:
    chooses(programme, "member", projects=Pace.DAILY)
    happens(programme, Topic.GROUP_FORMED)
    assert sweep_digests(programme.db, at=THURSDAY) == 1
    happens(programme, Topic.REINSTATED, at=THURSDAY)
    with programme.db.transaction() as tx:
        # As if a worker had been away since the day before.
        tx.execute(update(Delivery).where(Delivery.state == DeliveryState.GATHERED).values(next_try_at=MORNING))
    assert sweep_digests(programme.db, at=THURSDAY + timedelta(hours=2)) == 0
    assert digests_of(programme) == 1
    assert sweep_digests(programme.db, at=THURSDAY + timedelta(days=1)) == 1
    assert digests_of(programme) == 2


def test_two_beats_make_one_digest_with_every_item_once(programme: Programme) -> None:
    for name in ("member", "leader"):
        chooses(programme, name, projects=Pace.DAILY)
    happens(programme, Topic.GROUP_FORMED, Topic.REINSTATED)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: sweep_digests(programme.db, at=THURSDAY), range(4)))
    assert sum(made) == digests_of(programme) == 2
    with programme.db.reading() as connection:
        d = Delivery
        items = connection.execute(select(d.recipient_id, d.digest_id, func.count()).where(d.digest_id.is_not(None))
                                   .group_by(d.recipient_id, d.digest_id)).all()  # fmt: skip
    assert sorted(row[2] for row in items) == [2, 2]
    assert len({row.digest_id for row in items}) == 2


def test_a_worker_killed_in_the_middle_leaves_items_for_the_next_try(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    chooses(programme, "member", projects=Pace.DAILY)
    happens(programme, Topic.GROUP_FORMED)

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> int:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("workflow.notifications.digests.update", killed)
        sweep_digests(programme.db, at=THURSDAY)
    assert digests_of(programme) == 0
    assert sweep_digests(programme.db, at=THURSDAY) == 1


def test_decisions_and_calls_come_at_once_whatever_was_chosen(programme: Programme) -> None:
    chooses(programme, "leader", projects=Pace.NEVER, people=Pace.NEVER, talk=Pace.NEVER, programme=Pace.NEVER)
    happens(programme, Topic.REJECTED, Topic.RETURNED, Topic.GROUP_FORMED)
    assert [topic for topic, _ in letters_to(programme, "leader")] == [Topic.REJECTED, Topic.RETURNED]
    assert {state for _, state in letters_to(programme, "leader")} == {DeliveryState.CREATED}
    with programme.db.reading() as connection:
        inbox = select(func.count()).where(Delivery.recipient_id == programme.people["leader"],
                                           Delivery.channel == Channel.INBOX)  # fmt: skip
        assert connection.execute(inbox).scalar_one() == 3


@pytest.mark.parametrize("group", sorted(FIXED))
@pytest.mark.parametrize("pace", [Pace.NEVER, Pace.DAILY, Pace.WEEKLY])
def test_what_may_not_be_switched_off_is_refused_and_nothing_else_is_kept(
    programme: Programme, group: TopicGroup, pace: Pace
) -> None:
    with pytest.raises(BadInput), programme.db.transaction() as tx:
        choose(tx, programme.people["leader"], {TopicGroup.TALK: Pace.NEVER, group: pace})
    happens(programme, Topic.CHANGE_SUGGESTED)
    assert letters_to(programme, "leader")


def test_the_office_may_have_its_letters_once_a_day_but_not_none() -> None:
    assert PACES[TopicGroup.OFFICE] == (Pace.AT_ONCE, Pace.DAILY)
    assert group_of(Topic.SUBMITTED, frozenset({Audience.STAFF})) is TopicGroup.OFFICE
    assert group_of(Topic.SUBMITTED, frozenset({Audience.STAFF, Audience.LEADER})) is TopicGroup.DECISIONS


def test_every_topic_that_is_sent_has_a_group_for_each_of_its_readers() -> None:
    assert GROUPS.keys() == AUDIENCES.keys()
    for topic, audiences in AUDIENCES.items():
        for audience in audiences:
            group = group_of(topic, frozenset({audience}))
            appealable = Audience.LEADER is audience and topic in (Topic.REJECTED, Topic.ADMISSION_REFUSED)
            assert group in FIXED or not appealable


@given(MOMENTS, st.sampled_from((Pace.DAILY, Pace.WEEKLY)))
def test_a_digest_comes_in_the_first_morning_that_follows(at: datetime, pace: Pace) -> None:
    morning = digest_morning(at, pace)
    local = morning.astimezone(WARSAW)
    assert morning > at
    assert is_daytime(morning)
    assert (local.hour, local.minute) == (7, 0)
    if pace is Pace.WEEKLY:
        monday = local.date() - timedelta(days=local.weekday())
        assert next_working_day(monday) == local.date()
        assert morning - at < timedelta(days=14)
    else:
        earlier = [warsaw_date(at) + timedelta(days=n) for n in range(1, (local.date() - warsaw_date(at)).days)]
        assert not any(map(is_working_day, earlier))


def test_after_a_long_weekend_weekly_comes_on_its_first_working_day() -> None:
    easter_monday = date(2026, 4, 6)
    good_friday = datetime(2026, 4, 3, 12, 0, tzinfo=UTC)
    assert warsaw_date(digest_morning(good_friday, Pace.WEEKLY)) == easter_monday + timedelta(days=1)
    christmas = datetime(2026, 12, 23, 12, 0, tzinfo=UTC)
    assert warsaw_date(digest_morning(christmas, Pace.DAILY)) == date(2026, 12, 28)


def test_only_what_can_be_switched_off_says_how(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    happens(programme, Topic.REJECTED, Topic.GROUP_FORMED)
    programme.tell(Topic.SIGN_IN_LINK, ref=Ref("person", programme.people["partner"]))
    letters = sent(sender, transport, clock, MORNING)
    assert len(letters) == 5
    for letter in letters:
        can_end = "Powstała" in words(letter) or "Utworzono" in str(letter["Subject"])
        has = [bool(letter[name]) for name in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")]
        assert has == [can_end] * 3, letter["Subject"]
        assert letter["List-Id"] == ("<partnerstwo.partnerstwo.example>" if can_end else None)
        assert ("/wypisz/" in words(letter)) == can_end
        if can_end:
            assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_address_stays_readable_in_the_header(
    programme: Programme, transport: MemoryTransport, clock: Clock
) -> None:
    from tests.tasks.programme import settings_for

    base = "https://partnerstwo-lokalne.bardzo-dlugi-adres-urzedu.powiat-przykladowy.example.org"
    settings = settings_for(programme.db).model_copy(update={"base_url": base})
    happens(programme, Topic.GROUP_FORMED)
    deliver(Sender(programme.db, settings, transport, clock))
    raw = transport.sent[0].content
    assert re.search(rb"List-Unsubscribe: <https://partnerstwo-lokalne[^ ?=]+/wypisz/\d+-projects-[0-9a-f]{32}>\r\n",
                     raw.replace(b"\r\n ", b""))  # fmt: skip
