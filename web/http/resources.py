"""What a running application holds: its settings, its database, the CSRF guard, the limits per client."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection

from workflow.base.settings import Settings
from workflow.db.database import Database

NAME = "partnerstwo"
# How long a request waits for a broker that is silent; then Flask-Limiter counts in the memory of this process.
BROKER_SECONDS = 0.5

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="moving-window")


@dataclass(frozen=True, slots=True)
class Held:
    """The two things that every request needs."""

    settings: Settings
    database: Database


def hold(app: Flask, settings: Settings) -> None:
    """Give the application its settings and a database; no connection is made yet."""
    app.extensions[NAME] = Held(settings, Database(settings.database_url))


def held() -> Held:
    """The settings and the database of the application that serves this request."""
    resources: Held = current_app.extensions[NAME]
    return resources


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for reading."""
    with held().database.reading() as tx:
        yield tx


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction: all of it or nothing."""
    with held().database.transaction() as tx:
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
