"""Send deliveries: claim a chunk under a lease, send its letters over one connection, write what became of each.

Each try is noted in a file before the next letter is begun, and those of the whole chunk are written in one
transaction at its end. Of a chunk that was cut off, whoever claims next reads that file first: sent twice is at most
the letter that was being handed over at that moment, with the same Message-ID; decision 0045.
"""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection

from tasks.backoff import Breaker, next_try
from tasks.journal import Journal
from tasks.mail import (
    AddressRefusedError,
    LetterDeferredError,
    LetterRefusedError,
    MailConnection,
    MailTransport,
    TransportDownError,
)
from tasks.read_ahead import read_ahead
from tasks.render import Renderer
from workflow.base.clock import now
from workflow.base.settings import Settings
from workflow.db.database import Database
from workflow.notifications import deliveries
from workflow.notifications.bounces import mark_address
from workflow.notifications.deliveries import Claimed, Try, TryOutcome
from workflow.notifications.digest_text import still_concerning
from workflow.notifications.mail_pause import is_mail_paused, note_server_down, note_server_up
from workflow.notifications.message_data import Addressed, addressed
from workflow.rules.topics import Audience, Topic
from workflow.sheet.pdf import Print
from workflow.submission.queries import receipt_print

CHUNK = 500
# Where the parts of a chunk end that are read together: each is read while the one before is being sent.
PARTS = (50, 200)
# A letter may take up to 35 seconds, and the lease of its chunk ends after 60.
LAST_START = timedelta(seconds=10)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sender:
    """What is needed to send; one for each process, since its circuit breaker knows whether the mail server is down."""

    db: Database
    settings: Settings
    transport: MailTransport
    clock: Callable[[], datetime] = now
    breaker: Breaker = field(default_factory=Breaker)
    renderer: Renderer = field(default_factory=Renderer)


def deliver(sender: Sender, *, ids: Collection[int] | None = None, limit: int = CHUNK) -> int:
    """Send up to `limit` due letters, of those in `ids` alone where given; returns how many were claimed.

    In order: claim (one transaction), read the facts of all, send each letter and note its try, write the states (one
    transaction). While mail is paused or the server is known to be down nothing is claimed. Never raises for a letter
    that cannot be sent.
    """
    at = sender.clock()
    if sender.breaker.is_open(at):
        return 0
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
    with sender.db.reading() as connection:
        owners = set() if is_mail_paused(connection) else deliveries.due_owners(connection, at=at)
    if not owners:
        return 0
    for gone in filter(None, owners):
        _settle_cut_off(sender, gone)
    with sender.db.transaction() as tx:
        claimed = deliveries.claim(tx, owner=owner, at=at, limit=limit, ids=ids)
    if claimed:
        _Chunk(sender, claimed, owner, at).send()
    return len(claimed)


def _settle_cut_off(sender: Sender, owner: str) -> None:
    """Write what became of the letters of a chunk before its process was killed."""
    journal = Journal(sender.settings.data, owner)
    tries = journal.read()
    if tries:
        with sender.db.transaction() as tx:
            deliveries.finish(tx, tries, owner=owner)
    journal.remove()


class _Chunk:
    """The letters that were claimed together."""

    def __init__(self, sender: Sender, claimed: Sequence[Claimed], owner: str, started: datetime) -> None:
        self.sender, self.claimed, self.owner, self.started = sender, claimed, owner, started
        self.tries: list[Try] = []
        self.letters: dict[int, Addressed] = {}
        # Those whose address leads nowhere.
        self.no_mailbox: set[int] = set()

    def send(self) -> None:
        """Send until the end, until the server is down or until it is late; what was not tried goes back."""
        try:
            with self.sender.transport.connect() as mail, Journal(self.sender.settings.data, self.owner) as journal:
                for delivery, sheet in self._readable():
                    if self.sender.clock() - self.started > LAST_START:
                        break
                    tried = self._tried(mail, delivery, sheet)
                    self.tries.append(tried)
                    journal.note(tried)
        except TransportDownError as error:
            self._server_is_down(str(error))
        else:
            self._finish(next_try_at=self.started)

    def _readable(self) -> Iterator[tuple[Claimed, Print | None]]:
        """The letters in their order, each once its facts are read; the next part is read at the same time."""
        ends = [end for end in PARTS if end < len(self.claimed)]
        parts = [self.claimed[start:end] for start, end in pairwise([0, *ends, len(self.claimed)])]
        for part, (letters, sheets) in read_ahead(self._read, parts):
            self.letters.update(letters)
            yield from ((delivery, sheets.get(delivery.id)) for delivery in part)

    def _read(self, part: Sequence[Claimed]) -> tuple[dict[int, Addressed], dict[int, Print]]:
        with self.sender.db.reading() as connection:
            letters = addressed(connection, [delivery.id for delivery in part])
            return letters, _enclosed_sheets(connection, letters.values())

    def _tried(self, mail: MailConnection, delivery: Claimed, sheet: Print | None) -> Try:
        sender, letter = self.sender, self.letters[delivery.id]
        try:
            _check(letter, sender.clock())
            reply = mail.send(sender.renderer.mail(letter, sender.settings, at=sender.clock(), enclosed=sheet))
        except LetterRefusedError as refused:
            if isinstance(refused, AddressRefusedError):
                self.no_mailbox.add(delivery.id)
            return self._refused(delivery, str(refused))
        except LetterDeferredError as deferred:
            return self._deferred(delivery, str(deferred))
        except TransportDownError:
            raise
        except Exception as error:
            # A letter that our own code cannot write must neither be lost nor hold up the others.
            log.exception("delivery %s could not be written", delivery.id)
            return self._deferred(delivery, f"{type(error).__name__}: {error}")
        sender.breaker.reset()
        return Try(delivery.id, sender.clock(), TryOutcome.ACCEPTED, reply)

    def _refused(self, delivery: Claimed, reason: str) -> Try:
        log.warning("delivery %s failed: %s", delivery.id, reason)
        return Try(delivery.id, self.sender.clock(), TryOutcome.REFUSED, reason)

    def _deferred(self, delivery: Claimed, reason: str) -> Try:
        at = self.sender.clock()
        again = next_try(delivery.attempts, at=at)
        if again is None:
            return self._refused(delivery, f"given up after {delivery.attempts} tries: {reason}")
        return Try(delivery.id, at, TryOutcome.DEFERRED, reason, again)

    def _server_is_down(self, reason: str) -> None:
        until = self.sender.breaker.trip(self.sender.clock())
        waiting = len(self.claimed) - len(self.tries)
        log.warning("the mail server is down until further notice (%s); %s letters wait", reason, waiting)
        self._finish(next_try_at=until, reason=reason)

    def _finish(self, *, next_try_at: datetime, reason: str = "") -> None:
        """Write the states of those that were tried, and put back the others as if they had not been claimed."""
        tried = {tried.delivery_id for tried in self.tries}
        rest = [delivery.id for delivery in self.claimed if delivery.id not in tried]
        with self.sender.db.transaction() as tx:
            lost = deliveries.finish(tx, self.tries, owner=self.owner)
            deliveries.note_tries(tx, lost)
            if rest:
                deliveries.give_back(tx, rest, owner=self.owner, next_try_at=next_try_at, error=reason)
            self._note_server(tx, reason)
            for refused in (one for one in self.tries if one.delivery_id in self.no_mailbox):
                email = self.letters[refused.delivery_id].email
                mark_address(tx, email, lasting=True, reply=refused.reply, at=refused.at)
        Journal(self.sender.settings.data, self.owner).remove()
        for late in lost:
            log.warning("delivery %s was tried until after its lease had ended", late.delivery_id)

    def _note_server(self, tx: Connection, reason: str) -> None:
        if reason:
            note_server_down(tx, reason=reason, at=self.sender.clock())
        elif any(tried.outcome is TryOutcome.ACCEPTED for tried in self.tries):
            note_server_up(tx)


def _enclosed_sheets(connection: Connection, letters: Collection[Addressed]) -> dict[int, Print]:
    """By delivery, the sheet that the leader gets with the receipt; everybody else finds it on the project's page."""
    receipts = {
        letter.delivery_id: letter.facts.receipt[0] for letter in letters
        if letter.facts.receipt and Audience.LEADER in letter.facts.audiences
    }  # fmt: skip
    prints = {receipt: receipt_print(connection, receipt, names_minors=True) for receipt in set(receipts.values())}
    return {number: sheet for number, receipt in receipts.items() if (sheet := prints[receipt])}


def _check(letter: Addressed, at: datetime) -> None:
    """Check once more before sending: whoever left since the relay ran gets no letter."""
    if not letter.reachable or not letter.email:
        raise LetterRefusedError("the person has no active account")
    if not letter.facts.concerned:
        raise LetterRefusedError("this no longer concerns the person")
    if letter.facts.topic is Topic.DIGEST and not still_concerning(letter.items):
        raise LetterRefusedError("nothing in it concerns the person any more")
    if "box" in letter.payload and letter.facts.until and letter.facts.until <= at:
        raise LetterRefusedError("the link in it is too old")
