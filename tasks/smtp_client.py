"""An SMTP client that a server cannot hold up: each answer has a last moment and a largest size."""

import smtplib
import ssl
import time
from functools import cache
from typing import Any

# Bytes of one answer, all its lines together.
ANSWER_MAXIMUM = 64 * 1024


@cache
def tls() -> ssl.SSLContext:
    """The certificates that this machine trusts; reading them takes a tenth of a second."""
    return ssl.create_default_context()


class Replies:
    """What a server says, line by line: a byte now and then, or lines without end, keep nobody waiting."""

    def __init__(self, smtp: "Smtp") -> None:
        self.smtp = smtp
        self.received = b""
        self.left = ANSWER_MAXIMUM

    def readline(self, most: int) -> bytes:
        """The next line, at most so many bytes of it; what is left where the server has hung up.

        TimeoutError after the client's last moment, OSError for an answer that is too long.
        """
        while b"\n" not in self.received and len(self.received) < most and self._receive():
            pass
        end = min(self.received.find(b"\n") + 1 or len(self.received), most)
        line, self.received = self.received[:end], self.received[end:]
        self.left -= len(line)
        if self.left < 0:
            raise OSError("the answer of the mail server is too long")
        return line

    def _receive(self) -> bool:
        if time.monotonic() >= self.smtp.until:
            raise TimeoutError("the mail server is too slow")
        more: bytes = self.smtp.sock.recv(4096) if self.smtp.sock else b""
        self.received += more
        return bool(more)

    def close(self) -> None:
        """Nothing to do: the client closes its socket."""


class Smtp(smtplib.SMTP):
    """An SMTP client that reads no answer beyond the moment `until` of the monotonic clock."""

    def __init__(self, host: str, port: int, *, until: float, **more: Any) -> None:
        self.until = until
        super().__init__(host, port, **more)

    def getreply(self) -> tuple[int, bytes]:
        """The next answer; a new connection, and one that turned to TLS, gets a reader of its own."""
        if self.file is None:
            self.file = Replies(self)
        self.file.left = ANSWER_MAXIMUM
        return super().getreply()


class SmtpOverTls(Smtp, smtplib.SMTP_SSL):
    """The same over TLS from the start."""
