"""The checks of `partnerstwo doctor`: each says what is in order, or what is not and its remedy."""

import smtplib
import ssl
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection

from web.ops import readiness
from workflow.accounts.passwords import matches
from workflow.base.calendar import utc_now
from workflow.base.settings import Settings
from workflow.base.urls import is_loopback
from workflow.db.database import Database
from workflow.db.dialect import SAFE_WAL, sqlite_module
from workflow.db.revision import is_current
from workflow.notifications import mail_pause
from workflow.operations import health

MAIL_SECONDS = 3.0
SKEW = timedelta(seconds=30)
# No clock that is right shows less.
EARLIEST_YEAR = 2025
BROKER_FAULTS = {
    "silent": "it takes connections and does not answer",
    "refuses": "it does not take the password of REDIS_URL",
    "unreachable": "it cannot be reached",
}
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Finding(Struct, frozen=True):
    """The outcome of one check; `remedy` is empty when all is well."""

    about: str
    text: str
    remedy: str = ""


def folder(settings: Settings) -> Iterator[Finding]:
    """The data folder and its secrets belong to one account only."""
    if not settings.data.is_dir():
        yield Finding("permissions", f"{settings.data} is not there", "run `partnerstwo db upgrade`, which makes it.")
        return
    private = [settings.data / "secret_key", settings.data / "partnerstwo.sqlite3", settings.data]
    open_ones = [path for path in private if path.exists() and path.stat().st_mode & OTHERS]
    # Files in a folder that nobody else may enter are safe, whatever their own rights.
    exposed = open_ones if settings.data in open_ones else []
    for path in exposed:
        rights = "700" if path.is_dir() else "600"
        yield Finding("permissions", f"others may read {path}", f"chmod {rights} {path}")
    if not exposed:
        yield Finding("permissions", f"{settings.data} is for this account only")


def database(settings: Settings) -> Iterator[Finding]:
    """It answers, has this version's tables, and refuses to change the record."""
    opened = Database(settings.database_url)
    try:
        with opened.reading() as connection:
            yield from _tables(connection)
            yield from _clock(connection)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises, the doctor goes on
        reason = str(getattr(error, "orig", error)).strip().splitlines()[:1]
        yield Finding(
            "database", f"it does not answer ({' '.join(reason)})", "check DATABASE_URL and start the server."
        )
    finally:
        opened.close()
    if settings.is_sqlite:
        yield from _sqlite()


def _tables(connection: Connection) -> Iterator[Finding]:
    if not is_current(connection):
        yield Finding("database", "its tables are not those of this version", "run `partnerstwo db upgrade`.")
        return
    yield Finding("database", f"{connection.dialect.name} answers; its tables are current")
    if not health.keeps_record(connection):
        yield Finding("history", "the database does not protect the record", "restore a copy into an empty database.")
    if mail_pause.is_mail_paused(connection):
        yield Finding("mail", "all letters are held back", "run `partnerstwo outbox release` when they may go.")


def _clock(connection: Connection) -> Iterator[Finding]:
    now, theirs = utc_now(), health.clock(connection)
    if now.year < EARLIEST_YEAR:
        yield Finding("clock", f"this machine says {now:%Y-%m-%d}", "set the clock; switch on time synchronisation.")
    elif theirs and abs(theirs - now) > SKEW:
        yield Finding("clock", f"database and machine differ by {abs(theirs - now)}", "synchronise both clocks.")
    else:
        yield Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, {_local(now)} in Warsaw")


def _local(now: datetime) -> str:
    from workflow.base.calendar import WARSAW

    return now.astimezone(WARSAW).strftime("%H:%M")


def _sqlite() -> Iterator[Finding]:
    version = sqlite_module().sqlite_version
    if sqlite_module().sqlite_version_info >= SAFE_WAL:
        yield Finding("sqlite", f"version {version}, write-ahead log")
    else:
        wanted = ".".join(map(str, SAFE_WAL))
        yield Finding("sqlite", f"version {version}, rollback journal (slower; the write-ahead log needs {wanted})")


def broker(settings: Settings) -> Iterator[Finding]:
    """It only carries wake-up messages: without it letters wait for the next sweep, within a minute."""
    state = readiness.broker(settings.redis_url)
    if state in BROKER_FAULTS:
        remedy = "mend or unset REDIS_URL, or start the broker; letters go out a minute late."
        yield Finding("broker", BROKER_FAULTS[state], remedy)
    else:
        yield Finding("broker", "it answers" if state == "ok" else "none runs now; `partnerstwo run` brings its own")


def mail(settings: Settings) -> Iterator[Finding]:
    """The mail server answers and takes the password; nothing is sent."""
    server = settings.mail
    if server.folder:
        yield Finding("mail", f"letters are written to {server.folder}")
        return
    try:
        _log_in(settings)
    except (OSError, smtplib.SMTPException) as error:
        reason = " ".join(str(error).split())[:200]
        yield Finding("mail", f"{server.host}:{server.port} does not take letters ({reason})", "check MAIL_URL.")
    else:
        yield Finding("mail", f"{server.host}:{server.port} answers")


def _log_in(settings: Settings) -> None:
    server = settings.mail
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=MAIL_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=MAIL_SECONDS)
    with smtp:
        if server.starttls:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        smtp.noop()


def exposure(settings: Settings) -> Iterator[Finding]:
    """What must not be reachable from outside as it is on one machine."""
    from workflow.demo.books import read_book
    from workflow.demo.people import KNOWN_PASSWORD, address

    if settings.clock:
        yield Finding("clock", f"PARTNERSTWO_CLOCK moves the clock of the product: {settings.clock}")
    if settings.is_production and not settings.is_secure and not is_loopback(settings.link_host):
        yield Finding("settings", "people come over plain HTTP", "give BASE_URL its https:// address.")
    if settings.is_local and not settings.is_production:
        return
    opened = Database(settings.database_url)
    try:
        with opened.reading() as connection:
            accounts = [address(person) for person in read_book("people")["person"] if person.get("signs_in")]
            known = [hash_ for hash_ in health.password_hashes(connection, accounts) if matches(hash_, KNOWN_PASSWORD)]
    except Exception:  # noqa: BLE001 - the database has a check of its own
        return
    finally:
        opened.close()
    if known:
        remedy = "set PARTNERSTWO_DEMO_PASSWORD and run `partnerstwo demo load`, or deactivate them."
        yield Finding("people", f"{len(known)} demo accounts have the password that everybody knows", remedy)


def lifecycles(_settings: Settings) -> Iterator[Finding]:
    """The tables are whole."""
    from workflow.rules.registry import tables

    yield Finding("lifecycle", f"{len(tables())} tables are in order")


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    folder, database, broker, mail, lifecycles, exposure,
)  # fmt: skip


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything, one finding after another."""
    yield Finding("settings", f"read; the data folder is {Path(settings.data)}")
    for check in CHECKS:
        yield from check(settings)
