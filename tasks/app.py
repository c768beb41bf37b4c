"""The Celery object and its tasks; each looks into the database, for a message only rings a bell."""

import logging
from typing import Any

from celery import Celery, signals

from tasks import office, sweep
from tasks.deliver import BATCH, deliver
from tasks.relay import relay_all
from tasks.reminders import sweep_timers
from tasks.worker import FILES_MINUTE, Queue, Task, configuration
from workflow.files.actions import sweep_files

app = Celery("partnerstwo", set_as_current=False)
app.add_defaults(lambda: configuration(office.settings()))


@app.task(name=Task.RELAY, queue=Queue.BELLS)
def ring_relay(*, by_beat: bool = True) -> None:
    """Relay what waits, and queue the numbers of the letters that this made."""
    courier = office.courier()
    sweep.EAR.hear(courier.clock())
    if by_beat:
        sweep.note_bell(courier)
    made = relay_all(courier.db, base_url=courier.settings.base_url, at=courier.clock())
    for start in range(0, len(made), BATCH):
        send_letters.apply_async((made[start : start + BATCH],), queue=Queue.LETTERS)
    if not made:
        deliver(courier)


@app.task(name=Task.DELIVER, queue=Queue.LETTERS)
def send_letters(ids: list[int]) -> None:
    """Send these letters, if they are still to be sent and nobody else is sending them."""
    sweep.EAR.hear(office.courier().clock())
    deliver(office.courier(), ids=ids)


@app.task(name=Task.TIMERS, queue=Queue.BELLS)
def ring_timers() -> None:
    """Do what the clock has to do."""
    courier = office.courier()
    sweep.note_bell(courier)
    sweep_timers(courier.db, at=courier.clock())


@app.task(name=Task.FILES, queue=Queue.BELLS)
def ring_files() -> None:
    """Remove the bytes of files that were taken away long ago, and of those that were never kept."""
    courier = office.courier()
    if courier.clock().minute == FILES_MINUTE:
        sweep_files(courier.db, courier.settings.uploads, at=courier.clock())


def ring_own() -> None:
    """The worker's own bell, by which it finds out whether it still hears; raises where no broker takes it."""
    ring_relay.apply_async(kwargs={"by_beat": False}, queue=Queue.BELLS, expires=60)


@signals.after_setup_logger.connect
def keep_quiet(**_: Any) -> None:
    """Bells ring every few seconds; only what goes wrong belongs into the log."""
    for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(name).setLevel(logging.WARNING)


@signals.worker_init.connect
def start_sweep(**_: Any) -> None:
    """The sweep starts before the broker is looked for, so that mail flows without one."""
    sweep.Sweep(office.courier(), ring=ring_own).start()
