"""Reads the mailbox to which letters come back, by IMAP: each report is noted once and then marked as read."""

import imaplib
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from workflow.base.settings import Settings
from workflow.base.urls import Mailbox, mailbox
from workflow.db.database import Database
from workflow.notifications.bounces import note_report, read_report

# Seconds for one answer of the server.
ANSWER_SECONDS = 15.0
# At most so many letters in one round, and none that is larger.
LETTERS, LARGEST = 100, 2_000_000
log = logging.getLogger(__name__)


def read_bounces(db: Database, settings: Settings, *, at: datetime) -> int:
    """Note what the unread letters of the mailbox report; returns how many were about letters of ours.

    A report is marked as read after it was noted, each in a transaction of its own: one that is read twice changes
    nothing. Other letters are marked as read too and stay in the mailbox. Raises OSError and imaplib's errors where the
    server cannot be reached or refuses.
    """
    if not settings.bounce_url:
        return 0
    noted = 0
    with _opened(mailbox(settings.bounce_url)) as server:
        for number in _unread(server):
            report = read_report(_content(server, number), key=settings.secret_key)
            if report is not None:
                with db.transaction() as tx:
                    noted += note_report(tx, report, at=at)
            server.store(number, "+FLAGS", r"(\Seen)")
    return noted


@contextmanager
def _opened(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    if box.scheme == "imaps":
        context = ssl.create_default_context()
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=ANSWER_SECONDS)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=ANSWER_SECONDS)
    try:
        server.login(box.user, box.password)
        kind, answer = server.select(f'"{box.folder}"')
        if kind != "OK":
            raise imaplib.IMAP4.error(f"the folder cannot be opened: {answer!r}")
        yield server
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def _unread(server: imaplib.IMAP4) -> list[str]:
    _, (numbers, *_rest) = server.search(None, "UNSEEN", "SMALLER", str(LARGEST))
    return [number.decode("ascii") for number in (numbers or b"").split()[:LETTERS]]


def _content(server: imaplib.IMAP4, number: str) -> bytes:
    _, parts = server.fetch(number, "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")
