"""Taking a step back with its letters: each is withdrawn or corrected, never neither, also while it is being sent."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.clock import ahead
from tests.world import World
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.engine.move import Moved
from workflow.models import Delivery, OutboxRow, Timer
from workflow.notifications import deliveries
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState, Try, TryOutcome
from workflow.notifications.inbox import messages
from workflow.notifications.relay import relay_all
from workflow.notifications.withdrawals import Fate
from workflow.operations.undoing import UndoChanged, UndoPlan, plan_undo, undo_with_letters
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

BASE_URL = "http://127.0.0.1:8000"
MINUTE = timedelta(minutes=1)
LEADER, MEMBERS = "leader", ("member", "member2")


@pytest.fixture
def admitted(world: World) -> Ref:
    """A project that the office admitted a moment ago; leader and group are told."""
    ref = world.proposal_in("admitted")
    with world.database.transaction() as tx:
        tx.execute(update(OutboxRow).where(OutboxRow.topic != Topic.ADMITTED).values(relayed_at=world.now))
    return ref


def relay(world: World) -> None:
    relay_all(world.database, base_url=BASE_URL, at=world.now)


def plan(world: World, ref: Ref) -> UndoPlan:
    with world.database.reading() as tx:
        return plan_undo(tx, ref, actor=world["staff"], at=world.now + MINUTE)


def undo(world: World, ref: Ref, seen: UndoPlan, *, at: datetime | None = None, correction: str = "") -> Moved:
    with world.database.transaction() as tx:
        return undo_with_letters(
            tx, ref, actor=world["staff"], at=at or world.now + MINUTE, version=None, reason="Pomyłka.",
            seen=seen.digest, fates=seen.fates, correction=correction,
        )  # fmt: skip


def fates(seen: UndoPlan) -> dict[str, Fate]:
    return {one.name: one.fate for letter in seen.letters for one in letter.addressees}


def people(world: World, *names: str) -> list[int]:
    return sorted(world[name].id or 0 for name in names)


def rows(database: Database, *criteria: Any) -> list[Any]:
    with database.reading() as tx:
        return list(tx.execute(select(Delivery).where(*criteria).order_by(Delivery.id)))


def states(world: World, topic: Topic, channel: Channel = Channel.EMAIL) -> dict[int | None, str]:
    query = select(Delivery.recipient_id, Delivery.state).join(OutboxRow, OutboxRow.id == Delivery.outbox_id)
    with world.database.reading() as tx:
        return {
            row[0]: row[1] for row in tx.execute(query.where(OutboxRow.topic == topic, Delivery.channel == channel))
        }


def send(world: World, *names: str) -> None:
    with world.database.transaction() as tx:
        mine = Delivery.channel == Channel.EMAIL, Delivery.recipient_id.in_(people(world, *names))
        tx.execute(update(Delivery).where(*mine).values(state=DeliveryState.SENT, sent_at=world.now))


def test_what_was_not_relayed_yet_reaches_nobody_and_needs_no_correction(world: World, admitted: Ref) -> None:
    seen = plan(world, admitted)
    assert set(fates(seen)) == {world[name].name for name in (LEADER, *MEMBERS)}
    assert set(fates(seen).values()) == {Fate.WITHDRAWN}
    assert undo(world, admitted, seen).target == "submitted"
    relay(world)
    with world.database.reading() as tx:
        topics = set(tx.execute(select(OutboxRow.topic).where(OutboxRow.relayed_at == world.now)).scalars())
        assert tx.execute(select(Delivery.id)).first() is None
    assert Topic.CORRECTED not in topics
    # Other systems are called about the undoing, people are not.
    assert Topic.PROPOSAL_UNDONE in topics


def test_letters_that_wait_are_withdrawn_and_leave_the_inbox(world: World, admitted: Ref) -> None:
    relay(world)
    undo(world, admitted, plan(world, admitted))
    assert set(states(world, Topic.ADMITTED).values()) == {DeliveryState.WITHDRAWN}
    with world.database.transaction() as tx:
        assert not deliveries.claim(tx, owner="worker", at=world.now + timedelta(days=9), limit=20)
        assert not deliveries.retry(tx, at=world.now)
    with world.database.reading() as tx:
        assert not messages(tx, world[LEADER].id or 0, language="pl").messages


def test_whoever_got_the_letter_gets_a_correction_and_nobody_else(world: World, admitted: Ref) -> None:
    relay(world)
    send(world, LEADER)
    seen = plan(world, admitted)
    assert fates(seen)[world[LEADER].name] is Fate.CORRECTED
    assert fates(seen)[world["member"].name] is Fate.WITHDRAWN
    undo(world, admitted, seen)
    relay(world)

    assert sorted(states(world, Topic.CORRECTED)) == people(world, LEADER)
    assert sorted(states(world, Topic.CORRECTED, Channel.INBOX)) == people(world, LEADER)
    with world.database.reading() as tx:
        correction, first = messages(tx, world[LEADER].id or 0, language="pl").messages
    assert correction.letter.subject == f"Sprostowanie: {first.letter.subject}"
    assert "»Razem«" in correction.letter.happened
    assert "jest nieaktualne" in correction.letter.happened
    assert correction.letter.note == "Pomyłka."


def test_a_message_that_was_opened_in_the_inbox_is_corrected(world: World, admitted: Ref) -> None:
    relay(world)
    with world.database.transaction() as tx:
        deliveries.mark_read(tx, world["member"].id or 0, at=world.now)
    seen = plan(world, admitted)
    assert [one for one, fate in fates(seen).items() if fate is Fate.CORRECTED] == [world["member"].name]
    undo(world, admitted, seen)
    relay(world)
    assert sorted(states(world, Topic.CORRECTED, Channel.INBOX)) == people(world, "member")


def test_the_correction_says_what_somebody_wrote(world: World, admitted: Ref) -> None:
    relay(world)
    send(world, LEADER)
    undo(world, admitted, plan(world, admitted), correction="Przepraszamy, {title} to nie ten projekt.")
    relay(world)
    with world.database.reading() as tx:
        letter = messages(tx, world[LEADER].id or 0, language="en").messages[0].letter
    assert letter.happened == "Przepraszamy, {title} to nie ten projekt."


def test_a_letter_that_went_out_since_the_page_was_opened_stops_the_undoing(world: World, admitted: Ref) -> None:
    relay(world)
    seen = plan(world, admitted)
    send(world, "member")
    with pytest.raises(UndoChanged) as refusal:
        undo(world, admitted, seen)
    assert list(refusal.value.differences) == people(world, "member")
    assert refusal.value.status == 409
    assert world.facts(admitted).state == "admitted"
    assert DeliveryState.WITHDRAWN not in states(world, Topic.ADMITTED).values()
    undo(world, admitted, plan(world, admitted))
    assert world.facts(admitted).state == "submitted"


def test_a_step_that_told_nobody_is_taken_back_as_before(world: World) -> None:
    ref = world.proposal_in("admitted")
    with world.database.transaction() as tx:
        tx.execute(update(OutboxRow).values(history_id=None, relayed_at=world.now))
    seen = plan(world, ref)
    assert seen.letters == ()
    undo(world, ref, seen)
    with world.database.reading() as tx:
        assert Topic.PROPOSAL_UNDONE in tx.execute(select(OutboxRow.topic)).scalars().all()


def test_an_undoing_is_told_where_the_step_was_news_for_a_page_alone(world: World) -> None:
    edition = world.edition("announced")
    world.take(edition, "open_conferences", "staff")
    relay(world)
    seen = plan(world, edition)
    assert not fates(seen)
    undo(world, edition, seen)
    relay(world)
    assert world["chair"].id in states(world, Topic.EDITION_UNDONE, Channel.INBOX)


def test_a_step_of_an_edition_is_not_taken_back_once_the_edition_has_gone_on(world: World) -> None:
    edition = world.edition("announced")
    seen = plan(world, edition)
    assert seen.preview.moves == ()
    with pytest.raises(NotReady, match="has gone on since then"):
        undo(world, edition, seen)


# --- a worker at work ----------------------------------------------------------------------------------------


def claim(world: World, owner: str = "worker") -> list[int]:
    with world.database.transaction() as tx:
        return [one.id for one in deliveries.claim(tx, owner=owner, at=world.now, limit=20)]


def test_a_letter_that_is_being_sent_counts_as_one_that_arrives(world: World, admitted: Ref) -> None:
    relay(world)
    ids = claim(world)
    assert len(ids) == 3
    seen = plan(world, admitted)
    assert set(fates(seen).values()) == {Fate.CORRECTED}
    undo(world, admitted, seen)
    with world.database.transaction() as tx:
        outcomes = [Try(ids[0], world.now, TryOutcome.ACCEPTED),
                    Try(ids[1], world.now, TryOutcome.DEFERRED, "4xx", world.now)]  # fmt: skip
        assert not deliveries.finish(tx, outcomes, owner="worker")
    by_id = {row.id: row.state for row in rows(world.database, Delivery.id.in_(ids))}
    assert by_id == {ids[0]: DeliveryState.SENT, ids[1]: DeliveryState.WITHDRAWN, ids[2]: DeliveryState.SENDING}
    # The worker is killed with the third one: nobody tries it again, and it is written off.
    later = world.now + timedelta(hours=1)
    with world.database.transaction() as tx:
        again = [one.id for one in deliveries.claim(tx, owner="another", at=later, limit=20)]
        assert not set(again) & set(ids)
        assert deliveries.settle_withdrawn(tx, at=later) == 1
    relay(world)
    assert sorted(states(world, Topic.CORRECTED)) == people(world, LEADER, *MEMBERS)


def test_letters_given_back_after_the_undoing_are_withdrawn(world: World, admitted: Ref) -> None:
    relay(world)
    ids = claim(world)
    undo(world, admitted, plan(world, admitted))
    with world.database.transaction() as tx:
        deliveries.give_back(tx, ids, owner="worker", next_try_at=world.now)
    assert set(states(world, Topic.ADMITTED).values()) == {DeliveryState.WITHDRAWN}


def test_in_a_race_with_a_sending_worker_everybody_is_spared_or_corrected(world: World, admitted: Ref) -> None:
    relay(world)
    sent: list[int] = []
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        for number in range(3):
            with world.database.transaction() as tx:
                claimed = deliveries.claim(tx, owner=f"worker {number}", at=world.now, limit=1)
            for one in claimed:
                with world.database.transaction() as tx:
                    accepted = [Try(one.id, world.now, TryOutcome.ACCEPTED)]
                    assert not deliveries.finish(tx, accepted, owner=f"worker {number}")
                sent.append(one.id)

    worker = threading.Thread(target=work)
    worker.start()
    begin.wait()
    until_done(lambda: undo(world, admitted, plan(world, admitted)))
    worker.join()
    relay(world)

    reached = {row.recipient_id for row in rows(world.database, Delivery.id.in_(sent))}
    corrected = set(states(world, Topic.CORRECTED))
    assert reached <= corrected
    withdrawn = {person for person, state in states(world, Topic.ADMITTED).items() if state == DeliveryState.WITHDRAWN}
    assert withdrawn | corrected == set(people(world, LEADER, *MEMBERS))


def until_done(work: Callable[[], object]) -> None:
    """Confirm anew what has changed, as a person does."""
    for _try in range(20):
        try:
            work()
        except UndoChanged:
            continue
        return
    raise AssertionError("it changed each time")


def test_a_relay_at_the_same_moment_tells_nobody_of_what_is_taken_back(world: World, admitted: Ref) -> None:
    seen = plan(world, admitted)
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        relay(world)

    other = threading.Thread(target=work)
    other.start()
    begin.wait()
    until_done(lambda: undo(world, admitted, plan(world, admitted)))
    other.join()
    assert seen.letters
    waiting = (DeliveryState.CREATED, DeliveryState.SENDING, DeliveryState.SENT)
    assert not [state for state in states(world, Topic.ADMITTED).values() if state in waiting]


# --- dates go back -------------------------------------------------------------------------------------------


def test_the_dates_of_the_clock_are_those_from_before_the_step(world: World) -> None:
    ref = world.proposal_in("group_work")
    with world.database.reading() as tx:
        before, since = ahead(tx, ref), tx.execute(select(Timer.since).where(Timer.subject_id == ref.id)).scalar_one()
    assert before
    world.submit(ref)
    undo(world, ref, plan(world, ref))
    with world.database.reading() as tx:
        assert ahead(tx, ref) == before
        timer = tx.execute(select(Timer.since, Timer.state).where(Timer.subject_id == ref.id)).one()
    assert tuple(timer) == (since, "group_work")
