"""`partnerstwo web`, `worker` and `beat`: each becomes one process of the product."""

import importlib
import os
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import click

from web.ops import garbage
from workflow.base.settings import Settings, load_settings

SILENT_AFTER = timedelta(seconds=90)
# The settings of gunicorn.
SETTINGS = (
    *("--workers", os.environ.get("WEB_CONCURRENCY", "1")),
    *("--worker-class", "web.ops.buffering_worker.BufferingWorker"),
    *("--threads", os.environ.get("WEB_THREADS", "8")),
    *("--timeout", "60", "--graceful-timeout", "8"),
    # Import the application before the fork: workers share the memory, and one that died is replaced at once.
    *("--preload", "--config", "python:web.ops.gunicorn_hooks"),
    # Only the application decides, by TRUSTED_PROXIES, which headers about the client count.
    *("--forwarded-allow-ips", ""),
    "--no-control-socket",
    *(("--worker-tmp-dir", "/dev/shm") if Path("/dev/shm").is_dir() else ()),  # noqa: S108
)


@click.command("web")
def command_web() -> None:
    """One web process on HOST and PORT; WEB_CONCURRENCY and WEB_THREADS set its size."""
    settings = load_settings()
    # A supervisor hands over an open socket, so that people wait rather than get refused while we restart.
    listener = os.environ.get("PARTNERSTWO_LISTENER")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    serve(
        *("--bind", f"fd://{listener}" if listener else f"{host}:{settings.port}"),
        *SETTINGS,
        "web.app:create_app()",
    )


ALIVE_HELP = "Start nothing: exit 0 if the one on this host gave a sign of life within 90 seconds, else 1."


@click.command("worker")
@click.option("--alive", is_flag=True, help=ALIVE_HELP)
def command_worker(*, alive: bool) -> int:
    """One worker process: relays the outbox and sends letters."""
    settings = load_settings()
    if alive:
        return check_heartbeat(settings, "worker", name=f"{socket.gethostname()}:%")
    worker = celery_app("tasks.app").Worker(loglevel="INFO", without_gossip=True, without_mingle=True)
    worker.start()
    return int(worker.exitcode or 0)


@click.command("beat")
@click.option("--alive", is_flag=True, help=ALIVE_HELP)
def command_beat(*, alive: bool) -> int:
    """One beat process: wakes workers up for timers and the outbox; several at once do no harm."""
    settings = load_settings()
    if alive:
        return check_heartbeat(settings, "beat", name="%")
    celery_app("tasks.celery_app").Beat(loglevel="INFO").run()
    return 0


def check_heartbeat(settings: Settings, kind: str, *, name: str) -> int:
    """Look for a fresh heartbeat; for health checks, since a process can live and yet do nothing."""
    from sqlalchemy import func, select

    from web.commands.installation import database
    from workflow.base import clock
    from workflow.models import Heartbeat

    query = select(func.max(Heartbeat.at)).where(Heartbeat.kind == kind, Heartbeat.name.like(name))
    with database(settings, migrated=False) as opened, opened.reading() as connection:
        seen: datetime | None = connection.execute(query).scalar_one_or_none()
    if seen is None or clock.now() - seen > SILENT_AFTER:
        when = f"since {seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "so far"
        raise click.ClickException(f"no sign of life of a {kind} {when}: look at its log.")
    return 0


def serve(*words: str) -> NoReturn:
    """Run gunicorn in this process, which has imported half of the application already."""
    from gunicorn.app.wsgiapp import run

    sys.argv = ["gunicorn", *words]
    run()
    raise SystemExit


def celery_app(module: str) -> Any:
    """Celery's object in a module of `tasks`, to run in this process, so that a supervisor watches and stops it.

    Celery's own command line would import shells and highlighters at a fifth of the start.
    """
    from celery import signals

    for begins in (signals.worker_init, signals.beat_init):
        begins.connect(garbage.collect, weak=False)
    return importlib.import_module(module).app
