"""Reports of mail servers about letters that came back, as they look in a mailbox; and a mailbox."""

import socketserver
import threading
from dataclasses import dataclass, field

REPORT = """\
From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Wed, 16 Sep 2026 09:00:00 +0000

Final-Recipient: rfc822; leader@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--B
Content-Type: {enclosed}

Message-ID: {message_id}
Subject: Projekt dopuszczony

--B--
"""


def report(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", diagnostic: str = "550 5.1.1 no such user",
    to: str = "partnerstwo@example.org", enclosed: str = "text/rfc822-headers",
) -> bytes:  # fmt: skip
    text = REPORT.format(message_id=message_id, action=action, status=status, diagnostic=diagnostic, to=to,
                         enclosed=enclosed)  # fmt: skip
    return text.replace("\n", "\r\n").encode()


@dataclass
class Mailbox:
    """A small IMAP server in a thread: letters, and which of them were seen."""

    letters: list[bytes] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def __enter__(self) -> "Mailbox":
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"imap://zwroty:tajne@127.0.0.1:{self._server.server_address[1]}/INBOX"

    def answer(self, words: list[str]) -> list[bytes]:
        """What is said before the tagged OK."""
        unseen = [str(n + 1) for n in range(len(self.letters)) if n + 1 not in self.seen]
        match words:
            case ["CAPABILITY", *_]:
                return [b"* CAPABILITY IMAP4rev1"]
            case ["SELECT", *_]:
                return [f"* {len(self.letters)} EXISTS".encode()]
            case ["SEARCH", *_]:
                return [f"* SEARCH {' '.join(unseen)}".encode()]
            case ["FETCH", number, *_]:
                letter = self.letters[int(number) - 1]
                return [f"* {number} FETCH (BODY[] {{{len(letter)}}}".encode(), letter + b")"]
            case ["STORE", number, *_]:
                self.seen.add(int(number))
        return []


def _handler(box: Mailbox) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, *words = line.decode().split()
                wrong = words[0] == "LOGIN" and words[1:] != ["zwroty", '"tajne"']
                for said in box.answer(words):
                    self.wfile.write(said + b"\r\n")
                self.wfile.write(f"{tag} {'NO wrong' if wrong else 'OK done'}\r\n".encode())

    return Handler
