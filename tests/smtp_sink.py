"""A real SMTP server in a thread that answers as a test tells it to, and keeps what it accepted."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cached_property
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass(frozen=True)
class Answer:
    """What the server does with one letter: whether it keeps it, what it says, and how long it thinks."""

    reply: str | None = "250 accepted"
    keeps: bool = True
    seconds: float = 0.0
    stage: str = "data"


ACCEPT = Answer()
BUSY = Answer("451 try again later", keeps=False)
REFUSE = Answer("550 no such mailbox", keeps=False)
REFUSE_RECIPIENT = Answer("550 no such mailbox", keeps=False, stage="rcpt")
BUSY_RECIPIENT = Answer("450 mailbox is busy", keeps=False, stage="rcpt")
DROP_BEFORE = Answer(None, keeps=False)
DROP_AFTER = Answer(None, keeps=True)


def slow(seconds: float, then: Answer = ACCEPT) -> Answer:
    """The same answer, given late."""
    return Answer(then.reply, then.keeps, seconds, then.stage)


@dataclass(frozen=True)
class Letter:
    """One letter as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    kept: bool = True

    @cached_property
    def message(self) -> EmailMessage:
        return cast("EmailMessage", message_from_bytes(self.content, policy=policy.default))

    @cached_property
    def message_id(self) -> str:
        # Storms ask for it of thousands of letters, whose bodies nobody reads.
        return str(BytesHeaderParser().parsebytes(self.content)["Message-ID"]).strip()


@dataclass
class SmtpSink:
    """Accepts everything, unless `script` holds answers for the next letters or `rule` gives one for each.

    `letters` are those it kept; `attempts` also those it refused or dropped.
    """

    user: str = ""
    password: str = ""
    script: deque[Answer] = field(default_factory=deque)
    rule: Callable[[Letter], Answer] | None = None
    attempts: list[Letter] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        login = f"{self.user}:{self.password}@" if self.user else ""
        return f"smtp://{login}127.0.0.1:{self.port}"

    @property
    def letters(self) -> list[Letter]:
        with self._lock:
            return [letter for letter in self.attempts if letter.kept]

    def to(self, address: str) -> list[Letter]:
        """The kept letters for one reader."""
        return [letter for letter in self.letters if address in letter.recipients]

    def forget(self) -> None:
        """Forget every letter, and answer as a new one would."""
        with self._lock:
            self.attempts.clear()
            self.script.clear()
        self.rule = None

    def start(self) -> None:
        """Listen; after a `stop()` on the same port again, as when a mail server comes back."""
        self._controller = _Listener(self, port=self.port)
        self._controller.start()
        self.port = self._controller.server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    def _answer(self, letter: Letter, stage: str) -> Answer | None:
        with self._lock:
            if self.script and self.script[0].stage == stage:
                return self.script.popleft()
        answer = self.rule(letter) if self.rule else ACCEPT
        return answer if answer.stage == stage else None

    # --- what aiosmtpd calls -----------------------------------------------------------------------------

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer(Letter(envelope.mail_from or "", (address,), b""), "rcpt")
        if answer:
            await asyncio.sleep(answer.seconds)
            return answer.reply or self._hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = bytes(envelope.original_content or b"")
        letter = Letter(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        answer = self._answer(letter, "data") or ACCEPT
        with self._lock:
            self.attempts.append(Letter(letter.sender, letter.recipients, content, kept=answer.keeps))
        await asyncio.sleep(answer.seconds)
        return answer.reply or self._hang_up(server)

    def _hang_up(self, server: SMTP) -> str:
        """Close the connection without a word; what is returned no longer reaches anybody."""
        if server.transport:
            server.transport.abort()
        return "421 gone"


class _Listener(Controller):
    """aiosmtpd's own thread, on a free port unless one is given."""

    def __init__(self, sink: SmtpSink, *, port: int) -> None:
        def authenticate(_server: object, _session: object, _envelope: object, _kind: str, login: object) -> AuthResult:
            given = (getattr(login, "login", b""), getattr(login, "password", b""))
            return AuthResult(success=given == (sink.user.encode(), sink.password.encode()))

        settings = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
        super().__init__(sink, hostname="127.0.0.1", port=port, **(settings if sink.user else {}))

    def _trigger_server(self) -> None:
        """aiosmtpd would connect to the port it was given, which may be 0; starting has already bound it."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
