"""`partnerstwo web`, `worker` and `beat`: each becomes one process of the product."""

import os
import sys
from pathlib import Path

import click

from workflow.settings import load_settings


@click.command("web")
def command_web() -> None:
    """One web process on HOST and PORT; WEB_CONCURRENCY and WEB_THREADS set its size."""
    settings = load_settings()
    # A supervisor hands over an open socket, so that people wait rather than get refused while we restart.
    listener = os.environ.get("PARTNERSTWO_LISTENER")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    become(
        "gunicorn",
        *("--bind", f"fd://{listener}" if listener else f"{host}:{settings.port}"),
        *("--workers", os.environ.get("WEB_CONCURRENCY", "1")),
        *("--worker-class", "gthread", "--threads", os.environ.get("WEB_THREADS", "8")),
        *("--timeout", "60", "--graceful-timeout", "8", "--keep-alive", "5"),
        # Only the application decides, by TRUSTED_PROXIES, whose word about the client counts.
        *("--forwarded-allow-ips", ""),
        "--no-control-socket",
        *(("--worker-tmp-dir", "/dev/shm") if Path("/dev/shm").is_dir() else ()),  # noqa: S108
        "web.app:create_app()",
    )


@click.command("worker")
def command_worker() -> None:
    """One worker process: relays the outbox and sends letters."""
    load_settings()
    become(
        "celery", "-A", "tasks.app", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"
    )


@click.command("beat")
def command_beat() -> None:
    """One beat process: rings for timers and sweeps; several at once do no harm."""
    load_settings()
    # The plain scheduler keeps no file: what is due stands in the database, and beat only rings.
    become("celery", "-A", "tasks.app", "beat", "--loglevel", "INFO", "--scheduler", "celery.beat:Scheduler")


def become(module: str, *words: str) -> None:
    """Replace this process, so that whoever started it watches and stops the real one."""
    os.execv(sys.executable, [sys.executable, "-m", module, *words])  # noqa: S606 - no shell is wanted
