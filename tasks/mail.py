"""Hands finished letters to an SMTP server, to a folder, or to a test."""

import os
import re
import smtplib
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tasks.smtp_client import Smtp, SmtpOverTls, tls
from workflow.base.settings import Settings
from workflow.base.urls import MailServer

# For one answer of the server, and for a whole letter: together well below the lease of a delivery.
ANSWER_SECONDS = 15.0
LETTER_SECONDS = 35.0
FAREWELL_SECONDS = 5.0
# After so many connections in a row that broke in the middle of a letter the server counts as down.
BROKEN_CONNECTIONS = 3
# The server wants a password that we do not have: that is no fault of the letter.
NOT_LET_IN = (530, 534, 535, 538)
# Enhanced status codes that say that an address leads nowhere: bad mailbox, host, syntax, moved, no MX, disabled.
NO_MAILBOX = {("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10"), ("2", "1")}


class TransportDownError(Exception):
    """Nothing can be sent at the moment; no letter was tried."""


class LetterDeferredError(Exception):
    """This letter was not taken now; it may be later."""


class LetterRefusedError(Exception):
    """This letter will never be taken."""


class AddressRefusedError(LetterRefusedError):
    """This letter will never be taken, since there is no such mailbox."""


class OutgoingMail(Struct, frozen=True):
    """A finished letter: its id, the addresses of its envelope, and its bytes."""

    message_id: str
    sender: str
    recipient: str
    content: bytes


class MailConnection(Protocol):
    """A connection over which letters are handed over one by one."""

    def send(self, mail: OutgoingMail) -> str:
        """Hand over one letter and return what the server said.

        Raises TransportDownError, LetterDeferredError or LetterRefusedError.
        """
        ...


class MailTransport(Protocol):
    """A way to send letters."""

    def connect(self) -> AbstractContextManager[MailConnection]:
        """A connection for a batch of letters."""
        ...


def transport_for(settings: Settings) -> MailTransport:
    """The transport that MAIL_URL names."""
    server = settings.mail
    return FileTransport(server.folder) if server.folder else SmtpTransport(server)


@dataclass
class MemoryTransport:
    """Keeps letters in memory; for tests."""

    sent: list[OutgoingMail] = field(default_factory=list)

    @contextmanager
    def connect(self) -> Iterator[MailConnection]:
        yield self

    def send(self, mail: OutgoingMail) -> str:
        self.sent.append(mail)
        return "kept in memory"


@dataclass(frozen=True)
class FileTransport:
    """Writes each letter as an `.eml` file named after its Message-ID, so that a second try makes no second file."""

    folder: Path

    @contextmanager
    def connect(self) -> Iterator[MailConnection]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise TransportDownError(f"{self.folder}: {error.strerror}") from error
        yield self

    def send(self, mail: OutgoingMail) -> str:
        name = "".join(letter for letter in mail.message_id if letter.isalnum() or letter in ".@-")
        draft = self.folder / f".{name}.{os.getpid()}"
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
                file.write(mail.content)
            draft.replace(self.folder / f"{name}.eml")
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise TransportDownError(f"{self.folder}: {error.strerror}") from error
        return "written to a file"


@dataclass(frozen=True)
class SmtpTransport:
    """Speaks to an SMTP server, over TLS where the settings ask for it; one connection for a batch."""

    server: MailServer
    answer_seconds: float = ANSWER_SECONDS
    letter_seconds: float = LETTER_SECONDS

    @contextmanager
    def connect(self) -> Iterator[MailConnection]:
        connection = SmtpConnection(self)
        try:
            yield connection
        finally:
            connection.close()


class SmtpConnection:
    """One batch; connects when the first letter comes, and again after a connection broke."""

    def __init__(self, transport: SmtpTransport) -> None:
        self.transport = transport
        self.smtp: Smtp | None = None
        self.broken = 0

    def send(self, mail: OutgoingMail) -> str:
        """Hand over one letter, in at most `letter_seconds`, and return what the server said."""
        deadline = time.monotonic() + self.transport.letter_seconds
        smtp = self.smtp or self._connect()
        try:
            reply = self._hand_over(smtp, mail, deadline)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            self.broken += 1
            if self.broken >= BROKEN_CONNECTIONS:
                raise TransportDownError(f"the connection broke {self.broken} times in a row") from error
            raise LetterDeferredError(f"the connection broke: {_words(error)}") from error
        self.broken = 0
        return reply

    def close(self) -> None:
        """Take leave of the server."""
        with suppress(smtplib.SMTPException, OSError):
            if self.smtp:
                self.smtp.until = time.monotonic() + FAREWELL_SECONDS
                self.smtp.quit()
        self._drop()

    def _connect(self) -> Smtp:
        server, seconds = self.transport.server, self.transport.answer_seconds
        until = time.monotonic() + max(seconds, self.transport.letter_seconds)
        try:
            if server.scheme == "smtps":
                smtp: Smtp = SmtpOverTls(server.host, server.port, timeout=seconds, context=tls(), until=until)
            else:
                smtp = Smtp(server.host, server.port, timeout=seconds, until=until)
        except (smtplib.SMTPException, OSError) as error:
            raise TransportDownError(_words(error)) from error
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.starttls:
                smtp.starttls(context=tls())
            if server.user:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            smtp.close()
            raise TransportDownError(_words(error)) from error
        self.smtp = smtp
        return smtp

    def _drop(self) -> None:
        if self.smtp:
            self.smtp.close()
        self.smtp = None

    def _hand_over(self, smtp: Smtp, mail: OutgoingMail, deadline: float) -> str:
        if not mail.recipient.isascii() and not smtp.has_extn("smtputf8"):
            raise LetterRefusedError("the mail server takes no addresses with letters outside ASCII")
        smtp.command_encoding = "ascii" if mail.recipient.isascii() else "utf-8"
        options = "" if mail.recipient.isascii() else " SMTPUTF8 BODY=8BITMIME"
        self._limit(smtp, deadline)
        # Both addresses were checked when the letter was written; smtplib would take them apart once more.
        self._expect(smtp, smtp.docmd("MAIL", f"FROM:<{mail.sender}>{options}"))
        self._limit(smtp, deadline)
        self._expect(smtp, smtp.docmd("RCPT", f"TO:<{mail.recipient}>"), about_address=True)
        self._limit(smtp, deadline)
        try:
            answer = smtp.data(mail.content)
        except smtplib.SMTPDataError as error:
            answer = error.smtp_code, _bytes(error.smtp_error)
        return self._expect(smtp, answer)

    def _limit(self, smtp: Smtp, deadline: float) -> None:
        smtp.until = deadline
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the mail server is too slow")
        if smtp.sock:
            smtp.sock.settimeout(min(left, self.transport.answer_seconds))

    def _expect(self, smtp: Smtp, answer: tuple[int, bytes], *, about_address: bool = False) -> str:
        """The words of a friendly answer; raises what any other one means for the letter."""
        code, said = answer
        words = f"{code} {_plain(said)}"
        if 200 <= code < 300:
            return words
        if code == 421 or code in NOT_LET_IN:
            self._drop()
            raise TransportDownError(words)
        # The next letter of the batch needs a clean start on the same connection.
        with suppress(smtplib.SMTPException, OSError):
            smtp.rset()
        if code < 500:
            raise LetterDeferredError(words)
        raise (AddressRefusedError if about_address and is_no_mailbox(words) else LetterRefusedError)(words)


def is_no_mailbox(words: str) -> bool:
    """Whether a recipient was refused for the address, by the enhanced status code (RFC 3463) where there is one."""
    status = re.search(r"\b5\.(\d{1,3})\.(\d{1,3})\b", words)
    return status.groups() in NO_MAILBOX if status else words[:3] in ("550", "551", "553")


def _plain(said: bytes) -> str:
    """The server's words without control characters, which a database would refuse."""
    words = said.decode("utf-8", "replace")
    return words if words.isprintable() else "".join(letter if letter.isprintable() else " " for letter in words)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_plain(_bytes(error.smtp_error))}"
    return f"{type(error).__name__}: {error}"
