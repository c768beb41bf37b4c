"""The tasks of the Celery object; a message only wakes a worker up, what there is to do stands in the database."""

from typing import Any

from celery import signals

from tasks import resources, sweep
from tasks.celery_app import app
from tasks.deliver import CHUNK, deliver
from tasks.jobs import JOBS
from tasks.wake_ups import WakeUps
from tasks.worker import FILES_MINUTE, Queue, Task
from workflow.files.actions import sweep_files
from workflow.notifications.relay import relay_all
from workflow.operations.digests import sweep_digests
from workflow.operations.jobs.files import sweep_job_files
from workflow.operations.matter_reminders import sweep_matters
from workflow.operations.reminders import sweep_timers
from workflow.participant_lists.uploads import sweep_lists


@app.task(name=Task.RELAY, queue=Queue.WAKE_UPS)
def relay_outbox(*, by_beat: bool = True) -> None:
    """Relay what waits, and queue the numbers of the letters that this made."""
    sender = resources.sender()
    sweep.MESSAGE_WATCH.note_message(sender.clock())
    if by_beat:
        sweep.note_beat(sender)
    ids = relay_all(sender.db, base_url=sender.settings.base_url, at=sender.clock())
    for start in range(0, len(ids), CHUNK):
        send_letters.apply_async((ids[start : start + CHUNK],), queue=Queue.LETTERS)
    if not ids:
        deliver(sender)


@app.task(name=Task.DELIVER, queue=Queue.LETTERS)
def send_letters(ids: list[int]) -> None:
    """Send these letters, if they are still to be sent and nobody else is sending them."""
    sweep.MESSAGE_WATCH.note_message(resources.sender().clock())
    deliver(resources.sender(), ids=ids)


@app.task(name=Task.TIMERS, queue=Queue.WAKE_UPS)
def do_timers() -> None:
    """Do what timers ask for."""
    sender = resources.sender()
    sweep.note_beat(sender)
    sweep_timers(sender.db, at=sender.clock())
    sweep_matters(sender.db, at=sender.clock())
    sweep_digests(sender.db, at=sender.clock())


@app.task(name=Task.FILES, queue=Queue.WAKE_UPS)
def remove_files() -> None:
    """Remove the bytes of files that were taken away long ago, and of those that were never kept."""
    sender = resources.sender()
    if sender.clock().minute == FILES_MINUTE:
        sweep_files(sender.db, sender.settings.uploads, at=sender.clock())
        sweep_job_files(sender.db, sender.settings.data, at=sender.clock())
        sweep_lists(sender.db, sender.settings.data, at=sender.clock())


@app.task(name=Task.JOBS, queue=Queue.WAKE_UPS)
def begin_jobs() -> None:
    """Begin with the jobs that wait, in a thread of their own."""
    JOBS.start(resources.sender())


def send_own_wake_up() -> None:
    """Send a wake-up message to ourselves, to find out whether messages still come; raises when no broker takes it."""
    relay_outbox.apply_async(kwargs={"by_beat": False}, queue=Queue.WAKE_UPS, expires=60)


@signals.worker_shutting_down.connect
def give_jobs_back(**_: Any) -> None:
    """Let another worker go on with the job that is being worked on."""
    JOBS.stop()


@signals.worker_init.connect
def start_sweep(**_: Any) -> None:
    """Start both threads before the broker is connected to, so that letters are sent without one."""
    wake_ups = WakeUps(resources.sender())
    signals.worker_shutting_down.connect(lambda **_: wake_ups.stop(), weak=False)
    wake_ups.start()
    sweep.Sweep(resources.sender(), send_wake_up=send_own_wake_up).start()
