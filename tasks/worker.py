"""The settings of Celery; each prevents a lost or repeated message that was observed, and a test reads it back."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import kombu.entity

from workflow.base.settings import Settings


class Queue(StrEnum):
    """The queues; every worker takes messages from all of them."""

    WAKE_UPS = "wake-ups"
    LETTERS = "letters"


class Task(StrEnum):
    """The names of tasks, as they travel in messages."""

    RELAY = "tasks.relay"
    DELIVER = "tasks.deliver"
    TIMERS = "tasks.timers"
    FILES = "tasks.files"
    JOBS = "tasks.jobs"


RELAY_EVERY = timedelta(seconds=3)
TIMERS_EVERY = timedelta(seconds=30)
FILES_EVERY = timedelta(seconds=40)
JOBS_EVERY = timedelta(seconds=3)
EVERY = {
    Task.RELAY: RELAY_EVERY, Task.TIMERS: TIMERS_EVERY, Task.FILES: FILES_EVERY, Task.JOBS: JOBS_EVERY,
}  # fmt: skip
# The minute of the hour in which unused files are removed: the message comes more often, so that a beat that was
# restarted does not put it off.
FILES_MINUTE = 17
VISIBILITY = 120
# Seconds after which a message that a killed worker had taken is delivered again.
RESTORE = {"unacked_restore_interval": 5, "unacked_restore_throttle": 1}
# Seconds. A broker that hangs holds up whoever publishes no longer than this; the sweep finds what was not published.
TIMEOUTS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "health_check_interval": 15}


def schedule() -> dict[str, dict[str, Any]]:
    """What beat sends: always by an interval, never by local time, which jumps twice a year.

    A message that no worker took expires before it piles up: the work itself stands in the database.
    """
    return {
        name: {
            "task": name,
            "schedule": every,
            "options": {"queue": Queue.WAKE_UPS, "expires": every.total_seconds() * 3},
        }
        for name, every in EVERY.items()
    }


def configuration(settings: Settings) -> dict[str, Any]:
    """All of Celery's settings that this product relies on."""
    return {**broker_settings(settings), **message_settings(), **worker_settings(), **schedule_settings()}


def broker_settings(settings: Settings) -> dict[str, Any]:
    """Where the broker is, and that nobody gives it up."""
    url, options = broker(settings.redis_url, data=settings.data)
    return {
        "broker_url": url,
        "broker_transport_options": options,
        "result_backend_transport_options": {"visibility_timeout": VISIBILITY},
        "visibility_timeout": VISIBILITY,
        # The sweep in the worker needs no broker, so the worker never gives one up.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_publish_retry": False,
    }


def message_settings() -> dict[str, Any]:
    """What messages may hold and to which queue they go; no results are stored."""
    return {
        # JSON only: a message can make nobody run anything but a task by its name.
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "task_default_queue": Queue.WAKE_UPS,
        "task_queues": [queue(name) for name in Queue],
        "task_create_missing_queues": False,
    }


def worker_settings() -> dict[str, Any]:
    """How a worker takes messages and gives them back."""
    return {
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        # A killed worker's message comes back; what it had claimed comes back when the lease ends.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 20,
        # Threads: tasks wait for a mail server, and nothing forks beside the thread that sweeps. Threads cannot be
        # cancelled, so a lost connection leaves them to finish; their lease keeps anybody else from sending twice.
        "worker_pool": "threads",
        "worker_concurrency": 2,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # For pools that can stop a task; in threads each letter is bounded by the mail transport's own limits.
        "task_time_limit": 120,
        "task_soft_time_limit": 90,
        "worker_hijack_root_logger": True,
        "worker_redirect_stdouts": False,
    }


def schedule_settings() -> dict[str, Any]:
    """What beat does, in UTC."""
    return {
        "enable_utc": True,
        "timezone": "UTC",
        "beat_schedule": schedule(),
        "beat_max_loop_interval": 5,
        # No file: what is due stands in the database, so beats cannot disagree about it nor break a file.
        "beat_scheduler": "celery.beat:Scheduler",
    }


def queue(name: Queue) -> Any:
    """A queue with an exchange and a key of its own, so that no message lands in two."""
    own: Any = kombu.entity
    return own.Queue(name.value, exchange=own.Exchange(name.value), routing_key=name.value)


def broker(redis_url: str | None, *, data: Path) -> tuple[str, dict[str, Any]]:
    """The broker as Celery wants it named: a Redis, one on a private socket, or a folder of files."""
    if redis_url and urlsplit(redis_url).scheme == "unix":
        parts = urlsplit(redis_url)
        number = f"?virtual_host={parts.query.removeprefix('db=')}" if parts.query.startswith("db=") else ""
        return f"redis+socket://{parts.path}{number}", redis_options()
    if redis_url and not redis_url.startswith("filesystem:"):
        return redis_url, redis_options()
    folder = Path(unquote(urlsplit(redis_url).path)) if redis_url else data / "broker"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = ("data_folder_in", "data_folder_out", "control_folder")
    return "filesystem://", {**{name: str(folder) for name in names}, "store_processed": False}


def redis_options() -> dict[str, Any]:
    """How long a message may be out, and how long to wait for an answer."""
    return {"visibility_timeout": VISIBILITY, **RESTORE, **TIMEOUTS}
