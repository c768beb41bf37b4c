"""A worker is woken by the commit of what is to be sent, and by nothing else."""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from tasks.deliver import Sender
from tasks.mail import MemoryTransport
from tasks.wake_ups import WakeUps
from tests.processes import eventually
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from workflow.db import wake_up
from workflow.db.database import Database
from workflow.notifications import outbox
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

SOON = 5.0


@pytest.fixture
def listener(database: Database) -> Iterator[wake_up.Listener]:
    with closing(wake_up.listener(database)) as listening:
        connect(listening)
        yield listening


def connect(listening: wake_up.Listener) -> None:
    """Let it say that something may have been missed, as it does when it connects, and hear what is left of others.

    A connection to PostgreSQL that an earlier test had may still have messages for it.
    """
    while listening.wait(0.01):
        pass


def record(database: Database, *, key: str = "a:1", fails: bool = False) -> None:
    with database.transaction() as tx:
        outbox.record(tx, key=key, topic=Topic.EDITION_ANNOUNCED, ref=Ref("edition", 1), at=MORNING)
        if fails:
            raise RuntimeError


def test_commit_of_an_outbox_row_wakes_a_listener(database: Database, listener: wake_up.Listener) -> None:
    assert not listener.wait(0.01)
    record(database)
    assert listener.wait(SOON)
    assert not listener.wait(0.01)


def test_rolled_back_row_and_other_commits_wake_nobody(database: Database, listener: wake_up.Listener) -> None:
    with pytest.raises(RuntimeError):
        record(database, fails=True)
    with database.transaction() as tx:
        tx.execute(text("DELETE FROM switch"))
    assert not listener.wait(0.05)


def test_commit_waits_for_no_listener_and_fails_without_one(database: Database) -> None:
    with closing(wake_up.listener(database)) as gone:
        gone.wait(0.01)
    for number in range(50):
        with database.transaction() as tx:
            key = f"a:{number}"
            assert outbox.record(tx, key=key, topic=Topic.EDITION_ANNOUNCED, ref=Ref("edition", 1), at=MORNING)


def test_of_commits_that_follow_at_once_the_first_sends_a_message(
    database: Database, listener: wake_up.Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake_up, "QUIET", 60.0)
    record(database)
    assert listener.wait(SOON)
    # Through another view of the same database too: requests have one each.
    record(database.beginning_with(lambda _tx: None), key="a:2")
    assert not listener.wait(0.05)
    monkeypatch.setattr(wake_up, "QUIET", 0.0)
    record(database, key="a:3")
    assert listener.wait(SOON)


def test_who_was_woken_asks_again_after_others_have_begun_to_send_again() -> None:
    assert wake_up.QUIET < wake_up.AGAIN


def test_full_pipe_holds_nobody_up(shared_sqlite: Database) -> None:
    pipe = wake_up.pipe_of(shared_sqlite.url)
    with closing(wake_up.listener(shared_sqlite)) as listening:
        listening.wait(0.01)
        assert pipe
        descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            while True:
                os.write(descriptor, b"1" * 4096)
        os.close(descriptor)
        wake_up.send(shared_sqlite)
        assert listening.wait(SOON)


def test_listener_connects_anew_when_the_server_ended_its_connection(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database, closing(wake_up.NotifyListener(database)) as listening:
        connect(listening)
        with database.transaction() as tx:
            ours = "application_name = 'partnerstwo' AND datname = current_database() AND pid <> pg_backend_pid()"
            tx.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"))
        assert eventually(lambda: listening.wait(0.2), seconds=SOON)
        record(database)
        assert listening.wait(SOON)


def test_letter_goes_out_at_once_without_broker_beat_or_sweep(programme: Programme) -> None:
    transport = MemoryTransport()
    sender = Sender(programme.db, settings_for(programme.db), transport, Clock())
    thread = WakeUps(sender, wait=60)
    thread.start()
    try:
        for number in (1, 2, 3):
            programme.tell(Topic.RESERVE_EXPIRED)
            assert eventually(lambda number=number: len(transport.sent) >= number, seconds=SOON, every=0.005)
    finally:
        thread.stop()
        thread.join(SOON)
    assert not thread.is_alive()


def test_letters_that_came_without_a_message_go_out_when_the_worker_asks_again(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake_up, "QUIET", 0.8)
    monkeypatch.setattr(wake_up, "AGAIN", 1.0)
    transport = MemoryTransport()
    thread = WakeUps(Sender(programme.db, settings_for(programme.db), transport, Clock()), wait=60)
    thread.start()
    try:
        programme.tell(Topic.RESERVE_EXPIRED)
        assert eventually(lambda: len(transport.sent) == 1, seconds=SOON, every=0.005)
        for _ in range(3):
            programme.tell(Topic.RESERVE_EXPIRED)
        assert eventually(lambda: len(transport.sent) == 4, seconds=SOON, every=0.005)
    finally:
        thread.stop()
        thread.join(SOON)
    assert not thread.is_alive()


@pytest.fixture
def programme(database: Database) -> Programme:
    return Programme(database)
