"""What every request of the application may use: settings, database, the CSRF guard, the limits per client."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from msgspec import Struct
from sqlalchemy import Connection

from workflow.base.settings import Settings
from workflow.db.database import Database

NAME = "partnerstwo"
# How long a request waits for a broker that is silent; then Flask-Limiter counts in the memory of this process.
BROKER_SECONDS = 0.5

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="moving-window")


class Resources(Struct, frozen=True):
    """The settings and the database of one application."""

    settings: Settings
    database: Database


def attach(app: Flask, settings: Settings) -> None:
    """Give the application its settings and a database; no connection is made yet."""
    app.extensions[NAME] = Resources(settings, Database(settings.database_url, poll_keys=settings.poll_keys))


def resources() -> Resources:
    """The settings and the database of the application that serves this request.

    While a form is carried out, each transaction of the database begins with its claim (web.http.sent_forms).
    """
    attached: Resources = g.get("resources") or current_app.extensions[NAME]
    return attached


def base_url() -> str:
    """The address of the installation, without the last slash."""
    return resources().settings.base_url.rstrip("/")


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for reading."""
    with resources().database.reading() as tx:
        yield tx


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction: all of it or nothing."""
    with resources().database.transaction() as tx:
        yield tx


@contextmanager
def voting() -> Iterator[Connection]:
    """One transaction of somebody who votes: on the embedded database it waits its turn among all who vote."""
    with resources().database.transaction(queued=True) as tx:
        yield tx


def limits_address(redis_url: str | None) -> str:
    """Where counts per client are kept: in Redis, so that several web processes share them, else in memory."""
    if not redis_url or redis_url.startswith("filesystem:"):
        return "memory://"
    return redis_url.replace("unix://", "redis+unix://", 1)


def limits_options(redis_url: str | None) -> dict[str, float]:
    """How long the storage of the limits may take to connect and to answer; memory takes no options."""
    if limits_address(redis_url) == "memory://":
        return {}
    return {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
