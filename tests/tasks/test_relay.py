"""From the outbox to deliveries: everything once, nothing forgotten."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, insert, select

from tests.tasks.programme import MORNING, Programme
from workflow.models import Delivery, OutboxRow
from workflow.notifications import outbox
from workflow.notifications.relay import relay, relay_all
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

BASE = "https://partnerstwo.example"


def counted(programme: Programme, model: type) -> int:
    with programme.db.reading() as connection:
        return connection.execute(select(func.count()).select_from(model)).scalar_one()


def test_same_key_is_recorded_once(programme: Programme) -> None:
    ref = Ref("proposal", programme.proposal)
    with programme.db.transaction() as tx:
        assert outbox.record(tx, key="a", topic=Topic.ADMITTED, ref=ref, at=MORNING)
        assert not outbox.record(tx, key="a", topic=Topic.ADMITTED, ref=ref, at=MORNING)
    assert counted(programme, OutboxRow) == 1


def test_row_is_relayed_once(programme: Programme) -> None:
    programme.tell(Topic.ADMITTED)
    assert len(relay_all(programme.db, base_url=BASE, at=MORNING)) == 2
    assert relay_all(programme.db, base_url=BASE, at=MORNING) == []
    assert counted(programme, Delivery) == 4


def test_many_relays_at_once_write_every_delivery_once(programme: Programme) -> None:
    for _ in range(30):
        programme.tell(Topic.ADMITTED)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: relay_all(programme.db, base_url=BASE, at=MORNING), range(6)))
    assert sum(map(len, made)) == 60
    assert counted(programme, Delivery) == 120


def test_one_call_relays_no_more_than_its_limit(programme: Programme) -> None:
    for _ in range(3):
        programme.tell(Topic.RESERVE_EXPIRED)
    assert len(relay(programme.db, base_url=BASE, at=MORNING, limit=2)) == 2
    assert len(relay(programme.db, base_url=BASE, at=MORNING, limit=2)) == 1


def test_topic_of_a_newer_version_stays_for_it_and_holds_nobody_up(programme: Programme) -> None:
    with programme.db.transaction() as tx:
        row = {"key": "new", "topic": "proposal.praised", "subject_kind": "proposal", "subject_id": 1, "at": MORNING}
        tx.execute(insert(OutboxRow).values(**row))
    programme.tell(Topic.ADMITTED)
    assert len(relay_all(programme.db, base_url=BASE, at=MORNING)) == 2
    with programme.db.reading() as connection:
        left = connection.execute(select(OutboxRow.key).where(OutboxRow.relayed_at.is_(None))).scalars().all()
    assert left == ["new"]


def test_topic_told_to_nobody_is_done_with_at_once(programme: Programme) -> None:
    programme.tell(Topic.EDITION_ARCHIVED, ref=Ref("edition", programme.edition))
    assert relay_all(programme.db, base_url=BASE, at=MORNING) == []
    with programme.db.reading() as connection:
        assert not outbox.has_waiting(connection)


def test_message_id_is_stable_and_its_host_comes_from_base_url(programme: Programme) -> None:
    programme.tell(Topic.ADMITTED)
    relay_all(programme.db, base_url=BASE, at=MORNING)
    ids = [row.message_id for row in programme.deliveries()]
    assert len(set(ids)) == 2
    assert all(message_id.endswith("@partnerstwo.example>") for message_id in ids)
