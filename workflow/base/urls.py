"""Reads the addresses that settings hold: of databases, of mail servers, of this site."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pydantic import BeforeValidator


@dataclass(frozen=True)
class MailServer:
    """Where letters go: an SMTP server, or a folder of `.eml` files when `scheme` is `file`."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    folder: Path | None = None


@dataclass(frozen=True)
class Mailbox:
    """Where reports about letters that came back are read, by IMAP; over TLS unless `scheme` is `imap`."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def whole(name: str, *, least: int, most: int) -> BeforeValidator:
    """Reads a setting as a whole number. ValueError, with the name of the setting, outside the limits."""

    def read(value: object) -> int:
        text = str(value).strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            raise ValueError(f"{name} is {text!r}: give a whole number from {least} to {most}.")
        return int(text)

    return BeforeValidator(read)


def split(name: str, value: str) -> SplitResult:
    """The parts of an address. ValueError for a wrong one, with the name of the setting and without the address."""
    try:
        parts = urlsplit(value.strip())
        _ = parts.port
    except ValueError:
        raise ValueError(f"{name} is not a whole address: look for a mistake in its host or port.") from None
    return parts


def database_address(value: str) -> str:
    """The address as SQLAlchemy wants it; never repeated in a message, for it may hold a password."""
    parts = split("DATABASE_URL", value)
    driver = parts.scheme.lower()
    if driver in ("postgres", "postgresql", "postgresql+psycopg") and parts.path.strip("/"):
        return f"postgresql+psycopg:{value.strip().split(':', 1)[1]}"
    if driver in ("sqlite", "sqlite+pysqlite") and not parts.netloc:
        name = value.strip().split("://", 1)[-1].removeprefix("/").split("?")[0]
        if name and name != ":memory:":
            return f"sqlite:///{Path(name).expanduser().absolute()}"
        raise ValueError("DATABASE_URL names no file: several processes share it, so use sqlite:///folder/file.")
    remedy = "use postgresql+psycopg://user:password@host/name, or sqlite:///folder/file"
    raise ValueError(f"DATABASE_URL is for no database that Partnerstwo knows: {remedy}.")


def mailbox(value: str) -> Mailbox:
    """Read `BOUNCE_URL`. ValueError for a wrong one, and for a password that would leave this machine without TLS."""
    parts = split("BOUNCE_URL", value)
    if parts.scheme not in ("imap", "imaps") or not (parts.hostname and parts.username and parts.password):
        raise ValueError("BOUNCE_URL is no mailbox: use imaps://user:password@host/INBOX.")
    if parts.scheme == "imap" and not is_loopback(parts.hostname):
        raise ValueError("BOUNCE_URL would send a password without TLS: use imaps://.")
    return Mailbox(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or (993 if parts.scheme == "imaps" else 143),
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def mail_server(value: str, *, data: Path) -> MailServer:
    """Read `MAIL_URL`.

    A password goes to another machine only over TLS: `smtp://` then demands STARTTLS. Append `?starttls=yes`
    or `?starttls=no` to decide it yourself.
    """
    parts = split("MAIL_URL", value)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        folder = Path(unquote(parts.path)).absolute() if parts.path else data / "mail"
        return MailServer("file", folder=folder)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("MAIL_URL is no mail server: use smtp://user:password@host:port, smtps://... or file:.")
    asked = parse_qs(parts.query).get("starttls", ["auto"])[-1]
    if asked not in ("yes", "no", "auto"):
        raise ValueError("MAIL_URL ends with a wrong starttls: use ?starttls=yes or ?starttls=no.")
    plain = parts.scheme == "smtp"
    careful = parts.port == 587 or (bool(parts.username) and not is_loopback(parts.hostname))
    return MailServer(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or (25 if plain else 465),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=plain and (careful if asked == "auto" else asked == "yes"),
    )
