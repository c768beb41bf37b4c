"""A signed call of another system by HTTPS: to an address checked at this moment, with no redirect, in bounded time."""

import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from msgspec import Struct

from tasks.public_address import resolve

ANSWER_SECONDS, CALL_SECONDS = 10.0, 20.0
MOST_OF_REPLY = 500
REDIRECTS = range(300, 400)
Resolver = Callable[[str, int], list[str]]


class CallFailedError(Exception):
    """The other system did not take the call; `status` is that of its answer, None where there was none."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Answer(Struct, frozen=True):
    """What the other system said."""

    status: int
    reply: str


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body, in hexadecimal."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()


def headers(secret: str, body: bytes, *, name: str, at: datetime) -> Mapping[str, str]:
    """The headers of a call: its name, the same for every try, the moment of this try, and the signature over both."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Partnerstwo-Webhook/1",
        "X-Partnerstwo-Delivery": name,
        "X-Partnerstwo-Timestamp": str(timestamp),
        "X-Partnerstwo-Signature": f"v1={signature(secret, timestamp, body)}",
    }


def call(url: str, body: bytes, sent: Mapping[str, str], *, resolver: Resolver = resolve) -> Answer:
    """Send one call; raises CallFailedError for everything but an answer from 200 to 299.

    The name is resolved once, all its addresses are checked, and the connection goes to the checked one. A redirect is
    not followed: whoever wants to be called elsewhere says so on the page of webhooks.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        address = resolver(host, port)[0]
        connection = _connect(parts.scheme, host, port, address)
        with _bounded(connection):
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            connection.request("POST", path, body, dict(sent))
            response = connection.getresponse()
            reply = response.read(MOST_OF_REPLY).decode("utf-8", "replace")
    except CallFailedError:
        raise
    except Exception as error:
        raise CallFailedError(f"{type(error).__name__}: {error}"[:MOST_OF_REPLY]) from error
    if response.status in REDIRECTS:
        raise CallFailedError("the address answers with a redirect; give the final address", response.status)
    if not 200 <= response.status < 300:
        raise CallFailedError(reply, response.status)
    return Answer(response.status, reply)


def _connect(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection to this address and to no other, whatever the name leads to by now."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    opened = socket.create_connection((address, port), timeout=ANSWER_SECONDS)
    if scheme == "https":
        try:
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        except Exception:
            opened.close()
            raise
    connection.sock = opened
    return connection


class _bounded:  # noqa: N801 - reads as a statement
    """Ends a connection after CALL_SECONDS, also where its server goes on sending byte by byte."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection
        self.timer = threading.Timer(CALL_SECONDS, self._cut)
        self.timer.daemon = True
        self.is_cut = False

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        self.connection.close()
        if self.is_cut:
            raise CallFailedError("the answer took too long")

    def _cut(self) -> None:
        self.is_cut = True
        with suppress(OSError):
            self.connection.sock.shutdown(socket.SHUT_RDWR)
