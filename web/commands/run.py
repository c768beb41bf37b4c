"""`partnerstwo run`: the whole product on one machine, under one supervisor.

The web process imports the application, which takes the longest of a start, while this one brings broker and database
up to date; it serves once that is done. Worker and beat start after the first page. What knows the database is imported
only when the web process has been started.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import click

from web.ops import garbage, start_signal
from web.ops.banner import welcome
from web.ops.embedded_broker import Broker, choose_broker
from web.ops.instance_lock import lock_data_folder, open_listener
from web.ops.supervisor import Child, Supervisor
from workflow.base.settings import BROKER_NOTE, Settings, SettingsError, load_settings

READY_SECONDS = 90.0
BIGGEST_LOG = 5_000_000


@click.command("run")
@click.option("--demo/--no-demo", default=False, help="Load the demo editions and accounts, once.")
@click.option("--port", type=click.IntRange(1, 65535), help="Instead of PORT.")
@click.option("--host", help="Instead of HOST.")
def command_run(*, demo: bool, port: int | None, host: str | None) -> int:
    """Migrate, then run web, worker and beat; Ctrl-C or SIGTERM stops all cleanly."""
    given: dict[str, Any] = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    settings = load_settings(**given)
    with lock_data_folder(settings.data):
        # An address left by a run that was killed leads nowhere.
        (settings.data / BROKER_NOTE).unlink(missing_ok=True)
        settings = load_settings(**given)
        with open_listener(settings.host, settings.port) as listener:
            return supervise(settings, listener, demo=demo)


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    click.echo(f"partnerstwo: {sentence}", err=True)


def supervise(settings: Settings, listener: socket.socket, *, demo: bool) -> int:
    """Run broker, migrations, web, worker and beat until a signal; raises SettingsError when one does not start."""
    supervisor = Supervisor(say=say)
    try:
        supervisor.handle_signals()
        with broker_for(settings) as broker:
            environment = environment_of(settings, broker)
            start_broker(supervisor, broker, settings)
            with start_signal.given_at_end() as waiting:
                start_web(supervisor, settings, environment, listener, waiting)
                prepare(supervisor, settings, environment, demo=demo)
                wait_for_broker(supervisor, broker, settings)
            garbage.collect()
            # The others after it, so that the first page has the processors for itself.
            if supervisor.wait_until(lambda: is_ready(settings), seconds=READY_SECONDS):
                click.echo(welcome(settings, demo=demo))
                for name in ("worker", "beat"):
                    start(supervisor, name, settings, environment)
            elif not supervisor.stopping:
                where = settings.data / "log" / "web.log"
                raise SettingsError(f"the web process does not become ready: see {where}.")
            supervisor.run()
            say("stopping")
            supervisor.stop()
    finally:
        supervisor.stop()
    return 0


@contextmanager
def broker_for(settings: Settings) -> Iterator[Broker]:
    """The broker, with its address noted where other commands on this data folder look for it."""
    broker = choose_broker(settings.redis_url, data=settings.data)
    note = settings.data / BROKER_NOTE
    if broker.notice:
        say(broker.notice)
    if not settings.redis_url:
        note.touch(mode=0o600)
        note.write_text(broker.url, encoding="utf-8")
    try:
        yield broker
    finally:
        if not settings.redis_url:
            note.unlink(missing_ok=True)
        broker.remove()


def environment_of(settings: Settings, broker: Broker) -> dict[str, str]:
    """What every process of the product gets beside our own environment."""
    return {
        "PARTNERSTWO_DATA": str(settings.data),
        "HOST": settings.host,
        "PORT": str(settings.port),
        "REDIS_URL": broker.url,
        "PYTHONUNBUFFERED": "1",
    }


def start_broker(supervisor: Supervisor, broker: Broker, settings: Settings) -> None:
    """Start the embedded broker, where one is used."""
    if broker.command:
        supervisor.add(Child("broker", broker.command, log_of(settings, "broker")))


def wait_for_broker(supervisor: Supervisor, broker: Broker, settings: Settings) -> None:
    """Wait until the embedded broker answers; raises SettingsError where it does not."""
    if not supervisor.wait_until(broker.is_ready, seconds=20) and not supervisor.stopping:
        raise SettingsError(f"the embedded broker does not start: see {log_of(settings, 'broker')}.")


def prepare(supervisor: Supervisor, settings: Settings, environment: dict[str, str], *, demo: bool) -> None:
    """Bring the database up to date and load the demo, each by its own command where there is anything to do."""
    for step in steps_of_preparing(settings, demo=demo):
        words = [sys.executable, "-m", "web.cli", *step]
        result = subprocess.run(
            words, env={**os.environ, **environment}, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False
        )
        if supervisor.stopping:
            return
        if result.returncode:
            reason = result.stderr.strip().splitlines()[-1:] or [f"`partnerstwo {' '.join(step)}` failed."]
            raise SettingsError(reason[0].removeprefix("partnerstwo: "))


def steps_of_preparing(settings: Settings, *, demo: bool) -> list[tuple[str, str]]:
    """The commands that are to be run first: none where the database is current and the demo is there."""
    from web.commands.installation import database
    from workflow.db.revision import is_current
    from workflow.demo.editions import is_loaded

    with database(settings, migrated=False) as opened, opened.reading() as connection:
        current = is_current(connection)
        # Otherwise loading refuses the password that everybody knows, or gives another one to accounts that are there.
        is_private = settings.is_local and not (settings.is_production or settings.own_demo_password)
        there = current and is_private and is_loaded(connection)
    return [*([] if current else [("db", "upgrade")]), *([("demo", "load")] if demo and not there else [])]


def start_web(
    supervisor: Supervisor, settings: Settings, environment: dict[str, str], listener: socket.socket, waiting: int
) -> None:
    """Start the web process with the open listener; it serves from the start signal on, and at once when restarted."""
    own = {"PARTNERSTWO_LISTENER": str(listener.fileno()), start_signal.VARIABLE: str(waiting)}
    start(supervisor, "web", settings, {**environment, **own}, (listener.fileno(), waiting))


def start(
    supervisor: Supervisor, name: str, settings: Settings, environment: dict[str, str], pass_fds: tuple[int, ...] = ()
) -> None:
    """Start one process of the product, with the files that it is given open."""
    command = (sys.executable, "-m", "web.cli", name)
    supervisor.add(Child(name, command, log_of(settings, name), environment, pass_fds))


def log_of(settings: Settings, name: str) -> Path:
    """Where a process writes; the file starts anew when it has grown big."""
    path = settings.data / "log" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > BIGGEST_LOG:
        shutil.move(path, path.with_suffix(".log.old"))
    return path


def is_ready(settings: Settings) -> bool:
    """Whether the web process serves: it listens before the application is imported, so only `/readyz` tells."""
    with suppress(URLError, OSError):
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"http://{settings.link_host}:{settings.port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    return False
