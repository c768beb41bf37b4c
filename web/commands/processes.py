"""`partnerstwo web`, `worker` and `beat`: each becomes one process of the product."""

import gc
import os
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import click

from workflow.base.settings import Settings, load_settings

QUIET = timedelta(seconds=90)
# How gunicorn serves.
SETTINGS = (
    *("--workers", os.environ.get("WEB_CONCURRENCY", "1")),
    *("--worker-class", "web.ops.buffering_worker.BufferingWorker"),
    *("--threads", os.environ.get("WEB_THREADS", "8")),
    *("--timeout", "60", "--graceful-timeout", "8"),
    # Read once, before it divides: its workers share the memory, and one that died is back at once.
    *("--preload", "--config", "python:web.ops.gunicorn_hooks"),
    # Only the application decides, by TRUSTED_PROXIES, whose word about the client counts.
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
        return tell_alive(settings, "worker", name=f"{socket.gethostname()}:%")
    return become("celery", "-A", "tasks.app", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle")


@click.command("beat")
@click.option("--alive", is_flag=True, help=ALIVE_HELP)
def command_beat(*, alive: bool) -> int:
    """One beat process: rings for timers and sweeps; several at once do no harm."""
    settings = load_settings()
    if alive:
        return tell_alive(settings, "beat", name="%")
    # The plain scheduler keeps no file: what is due stands in the database, and beat only rings.
    return become("celery", "-A", "tasks.app", "beat", "--loglevel", "INFO", "--scheduler", "celery.beat:Scheduler")


def tell_alive(settings: Settings, kind: str, *, name: str) -> int:
    """Look for a fresh sign of life; a health check asks this, for a process can live and yet do nothing."""
    from sqlalchemy import func, select

    from workflow.base.calendar import utc_now
    from workflow.db.database import Database
    from workflow.models import Heartbeat

    database = Database(settings.database_url)
    asked = select(func.max(Heartbeat.at)).where(Heartbeat.kind == kind, Heartbeat.name.like(name))
    with database.reading() as connection:
        seen: datetime | None = connection.execute(asked).scalar_one_or_none()
    database.close()
    if seen is None or utc_now() - seen > QUIET:
        when = f"since {seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "so far"
        raise click.ClickException(f"no sign of life of a {kind} {when}: look at its log.")
    return 0


def serve(*words: str) -> NoReturn:
    """Go on as gunicorn in this very process: what has been read so far need not be read again."""
    # All that is read until it divides is there to stay; to look for garbage in it takes a sixth of the start.
    gc.disable()
    from gunicorn.app.wsgiapp import run

    sys.argv = ["gunicorn", *words]
    run()
    raise SystemExit


def become(module: str, *words: str) -> NoReturn:
    """Replace this process, so that whoever started it watches and stops the real one."""
    os.execv(sys.executable, [sys.executable, "-m", module, *words])  # noqa: S606 - no shell is wanted
