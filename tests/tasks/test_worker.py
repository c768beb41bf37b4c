"""The worker's settings, read back, and the worker itself as a process."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.schedules import crontab
from kombu import Connection as BrokerConnection
from kombu import Exchange
from sqlalchemy import insert, select

from tasks import app as tasks_app
from tasks.deliver import Sender
from tasks.mail import MemoryTransport
from tasks.sweep import EVERY, QUIET, MessageWatch, Sweep, note_beat
from tasks.worker import Queue, Task, broker, configuration, schedule
from tests.servers import PrivateRedis
from tests.smtp_sink import SmtpSink
from tests.tasks.programme import Clock, Programme, settings_for
from workflow.accounts.throttle import KNOWN_FOR
from workflow.db.database import Database
from workflow.models import Heartbeat, SignInAttempt
from workflow.operations.heartbeats import Kind
from workflow.rules.topics import Topic

CHECKOUT = Path(__file__).parents[2]
PINNED = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_ignore_result": True,
    "accept_content": ["json"],
    "result_accept_content": ["json"],
    "task_serializer": "json",
    "worker_soft_shutdown_timeout": 20,
    "worker_enable_remote_control": False,
    "worker_pool": "threads",
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "task_time_limit": 120,
    "task_soft_time_limit": 90,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "visibility_timeout": 120,
    "timezone": "UTC",
    "enable_utc": True,
    "task_create_missing_queues": False,
}


@pytest.fixture(scope="module")
def conf(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from celery import Celery

    os.environ.setdefault("PARTNERSTWO_DATA", str(tmp_path_factory.mktemp("data")))
    app = Celery("probe", set_as_current=False)
    from workflow.base.settings import load_settings

    app.add_defaults(lambda: configuration(load_settings(redis_url="redis://127.0.0.1:6379/0")))
    return app.conf


@pytest.mark.parametrize("name", sorted(PINNED))
def test_setting_is_pinned(name: str, conf: Any) -> None:
    assert conf[name] == PINNED[name]


def test_message_comes_back_after_two_minutes_on_every_path(conf: Any) -> None:
    assert conf.broker_transport_options["visibility_timeout"] == 120
    assert conf.result_backend_transport_options["visibility_timeout"] == 120


def test_queues_are_exactly_these_and_each_has_its_own_exchange(conf: Any) -> None:
    assert {queue.name for queue in conf.task_queues} == {"wake-ups", "letters"}
    assert all(queue.exchange.name == queue.name == queue.routing_key for queue in conf.task_queues)


def test_every_task_goes_to_a_queue_that_the_worker_listens_to() -> None:
    own = {name: task for name, task in tasks_app.app.tasks.items() if name.startswith("tasks.")}
    assert set(own) == set(Task)
    assert {task.queue for task in own.values()} <= set(Queue)


def test_schedule_goes_by_intervals_in_utc_and_never_by_local_time() -> None:
    for entry in schedule().values():
        assert not isinstance(entry["schedule"], crontab)
        assert isinstance(entry["schedule"], timedelta)
        assert entry["schedule"] <= timedelta(minutes=1)
        assert entry["options"]["expires"] <= 120
        assert entry["task"] in set(Task)


def test_broker_that_hangs_holds_up_whoever_publishes_for_a_second(conf: Any) -> None:
    options = conf.broker_transport_options
    assert options["socket_connect_timeout"] <= 1
    assert options["socket_timeout"] <= 1


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("redis://broker:6379/1", "redis://broker:6379/1"),
        ("unix:///run/broker.sock", "redis+socket:///run/broker.sock"),
        ("unix:///run/broker.sock?db=3", "redis+socket:///run/broker.sock?virtual_host=3"),
    ],
)
def test_broker_is_named_as_celery_wants_it(given: str, url: str, tmp_path: Path) -> None:
    assert broker(given, data=tmp_path)[0] == url


def test_without_redis_messages_go_through_files_in_the_data_folder(tmp_path: Path) -> None:
    url, options = broker(None, data=tmp_path)
    assert url == "filesystem://"
    assert options["data_folder_in"] == options["data_folder_out"] == str(tmp_path / "broker")
    assert (tmp_path / "broker").is_dir()


# --- the sweep ---------------------------------------------------------------------------------------------


def test_sweep_alone_relays_sends_and_beats(programme: Programme, sender: Sender, transport: MemoryTransport) -> None:
    programme.tell(Topic.ADMITTED)
    Sweep(sender).run_once()
    assert {mail.recipient for mail in transport.sent} == {"leader@example.org", "member@example.org"}
    with programme.db.reading() as connection:
        beats = connection.execute(select(Heartbeat.kind, Heartbeat.at)).all()
    assert [tuple(row) for row in beats] == [(Kind.WORKER, sender.clock())]


def test_sweep_deletes_what_the_throttle_of_sign_ins_needs_no_more(sender: Sender, clock: Clock) -> None:
    old = {"subject_digest": "0" * 64, "failures": 1, "last_at": clock() - KNOWN_FOR - timedelta(hours=1)}
    with sender.db.transaction() as tx:
        tx.execute(insert(SignInAttempt), [old, old | {"subject_digest": "1" * 64, "last_at": clock()}])
    Sweep(sender).run_once()
    with sender.db.reading() as tx:
        assert tx.execute(select(SignInAttempt.subject_digest)).scalars().all() == ["1" * 64]


def test_sweep_comes_round_well_within_the_promised_minute() -> None:
    assert timedelta(seconds=30) >= EVERY


def test_sweep_outlives_an_error(programme: Programme, sender: Sender, clock: Clock) -> None:
    class BrokenTransport(MemoryTransport):
        def connect(self) -> Any:
            raise RuntimeError("broken")

    programme.tell(Topic.ADMITTED)
    Sweep(Sender(sender.db, sender.settings, BrokenTransport(), clock)).run_once()
    clock.ahead(minutes=2)
    Sweep(sender).run_once()
    assert {row.state for row in programme.deliveries()} == {"sent"}


def test_message_of_beat_is_noted(programme: Programme, sender: Sender) -> None:
    note_beat(sender)
    with programme.db.reading() as connection:
        assert connection.execute(select(Heartbeat.kind)).scalars().all() == [Kind.BEAT]


def test_worker_that_does_not_get_its_own_wake_up_message_ends_to_be_started_again(
    sender: Sender, clock: Clock
) -> None:
    woken: list[datetime] = []
    left: list[datetime] = []
    sweep = Sweep(
        sender,
        send_wake_up=lambda: woken.append(clock()),
        watch=MessageWatch(),
        exit_process=lambda: left.append(clock()),
    )
    started = clock()
    while not left:
        sweep.run_once()
        clock.ahead(seconds=10)
    assert woken[0] - started >= QUIET
    assert timedelta(seconds=90) <= left[0] - started <= timedelta(seconds=120)


def test_worker_that_gets_messages_stays(sender: Sender, clock: Clock) -> None:
    watch = MessageWatch()
    sweep = Sweep(
        sender,
        send_wake_up=lambda: watch.note_message(clock()),
        watch=watch,
        exit_process=lambda: pytest.fail("it left"),
    )
    for _ in range(60):
        sweep.run_once()
        clock.ahead(seconds=10)


def test_wake_up_message_that_is_handled_before_sending_returns_counts(clock: Clock) -> None:
    watch = MessageWatch()
    assert not watch.is_cut_off(clock(), lambda: pytest.fail("too early"))
    assert not watch.is_cut_off(clock.ahead(seconds=50), lambda: watch.note_message(clock()))
    assert not watch.is_cut_off(clock.ahead(seconds=50), lambda: None)
    watch.note_message(clock())
    assert not watch.is_cut_off(clock.ahead(seconds=50), lambda: None)
    assert watch.is_cut_off(clock.ahead(seconds=50), lambda: None)


def test_worker_without_a_broker_stays(sender: Sender, clock: Clock) -> None:
    def send_wake_up() -> None:
        raise ConnectionRefusedError

    sweep = Sweep(sender, send_wake_up=send_wake_up, watch=MessageWatch(), exit_process=lambda: pytest.fail("it left"))
    for _ in range(60):
        sweep.run_once()
        clock.ahead(seconds=10)


# --- real processes ----------------------------------------------------------------------------------------


@contextmanager
def process(kind: str, log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "web.cli", kind]
    with log.open("ab") as file:
        running = subprocess.Popen(
            words, cwd=CHECKOUT, env={**os.environ, **settings}, stdout=file, stderr=file, start_new_session=True
        )
        try:
            yield running
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGTERM)
                try:
                    running.wait(10)
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait()


def until(happened: Callable[[], object], *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def environment(db: Database, sink: SmtpSink, redis_url: str, data: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": db.url, "MAIL_URL": sink.url, "REDIS_URL": redis_url, "PARTNERSTWO_DATA": str(data),
        "SECRET_KEY": "k" * 40, "BASE_URL": "https://partnerstwo.example",
    }  # fmt: skip


def publish_pickled(redis: PrivateRedis, trace: Path) -> None:
    """A message that would make a file if it were read."""

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {trace}",)

    address = redis.url.replace("unix://", "redis+socket://")
    with BrokerConnection(address) as connection, connection.Producer() as producer:
        producer.publish(
            pickle.dumps(([[Evil()]], {}, {})), exchange=Exchange("letters"), routing_key="letters",
            content_type="application/x-python-serialize", content_encoding="binary",
            headers={"task": str(Task.DELIVER), "id": "evil", "lang": "py"},
        )  # fmt: skip


def is_beat_noted(db: Database) -> bool:
    """Whether a message of beat has come to the worker."""
    with db.reading() as connection:
        return Kind.BEAT in connection.execute(select(Heartbeat.kind)).scalars().all()


@pytest.mark.slow
def test_worker_and_beat_send_what_happens_within_seconds_and_refuse_a_pickled_message(
    programme: Programme, smtp_sink: SmtpSink, own_redis: PrivateRedis, tmp_path: Path
) -> None:
    trace = tmp_path / "executed"
    settings = environment(programme.db, smtp_sink, own_redis.url, tmp_path)
    with process("worker", tmp_path / "worker.log", **settings), process("beat", tmp_path / "beat.log", **settings):
        until(lambda: b"ready" in (tmp_path / "worker.log").read_bytes())
        programme.tell(Topic.ADMITTED)
        until(lambda: len(smtp_sink.letters) == 2, seconds=20)
        until(lambda: is_beat_noted(programme.db))
        assert b"Traceback" not in (tmp_path / "worker.log").read_bytes()
        publish_pickled(own_redis, trace)
        until(lambda: b"ContentDisallowed" in (tmp_path / "worker.log").read_bytes())
        programme.tell(Topic.RESERVE_EXPIRED)
        until(lambda: len(smtp_sink.letters) == 3)
    assert not trace.exists()


@pytest.mark.slow
@pytest.mark.chaos
def test_worker_outlives_a_silent_and_killed_broker_and_takes_messages_of_the_new_one(
    sqlite_url: str, smtp_sink: SmtpSink, own_redis: PrivateRedis, tmp_path: Path
) -> None:
    db = Database(sqlite_url)
    programme = Programme(db)
    settings = environment(db, smtp_sink, own_redis.url, tmp_path)
    with process("worker", tmp_path / "worker.log", **settings) as worker:
        until(lambda: b"ready" in (tmp_path / "worker.log").read_bytes())
        # It hangs first, as a machine under load does, and then it is gone.
        own_redis.silence()
        programme.tell(Topic.ADMITTED)
        until(lambda: len(smtp_sink.letters) == 2)
        own_redis.kill()
        own_redis.start()
        with process("beat", tmp_path / "beat.log", **settings):
            until(lambda: is_beat_noted(db))
        assert worker.poll() is None
    db.close()


@pytest.mark.slow
@pytest.mark.chaos
def test_mail_flows_without_a_broker_and_killed_workers_lose_and_double_nothing_but_what_was_in_flight(
    sqlite_url: str, smtp_sink: SmtpSink, own_redis: PrivateRedis, tmp_path: Path
) -> None:
    # From the start, and for good.
    own_redis.stop()
    db = Database(sqlite_url)
    programme = Programme(db)
    for _ in range(60):
        programme.tell(Topic.RESERVE_EXPIRED)
    settings = environment(db, smtp_sink, own_redis.url, tmp_path)
    kills = 3
    for round_ in range(1, kills + 1):
        with process("worker", tmp_path / "worker.log", **settings) as worker:
            until(lambda: len(smtp_sink.letters) >= 12 * round_)  # noqa: B023 - used before the loop goes on
            worker.kill()
            worker.wait()
        with db.transaction() as tx:
            # The lease is what a minute of waiting would end; the test does not wait for it.
            from workflow.models import Delivery

            tx.execute(
                Delivery.__table__.update().where(Delivery.state == "sending").values(lease_until=Delivery.created_at)
            )
    with process("worker", tmp_path / "worker.log", **settings):
        until(lambda: {row.state for row in programme.deliveries()} == {"sent"})
    ids = [letter.message_id for letter in smtp_sink.letters]
    assert set(ids) == {row.message_id for row in programme.deliveries()}
    assert len(ids) - len(set(ids)) <= kills
    db.close()


def test_settings_of_the_sender_never_hold_a_secret_in_their_words(sender: Sender) -> None:
    assert "k" * 40 not in repr(settings_for(sender.db, mail_url="smtp://u:geheim@mail.example:25").mail)
    assert "geheim" not in repr(settings_for(sender.db, mail_url="smtp://u:geheim@mail.example:25"))
