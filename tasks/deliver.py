"""Send deliveries: claim a batch under a lease, send each letter, write its outcome while still its owner."""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from tasks.backoff import Breaker, next_try
from tasks.mail import LetterDeferredError, LetterRefusedError, MailConnection, MailTransport, TransportDownError
from tasks.render import render
from workflow.base.clock import now
from workflow.base.settings import Settings
from workflow.db.database import Database
from workflow.notifications import deliveries
from workflow.notifications.deliveries import Claimed
from workflow.notifications.digest_text import still_concerning
from workflow.notifications.mail_pause import is_mail_paused
from workflow.notifications.message_data import Addressed, addressed
from workflow.notifications.topic_recipients import AUDIENCES
from workflow.rules.topics import Audience, Topic
from workflow.sheet.pdf import Print
from workflow.submission.queries import receipt_print

BATCH = 20
# A letter may take up to 35 seconds, and the lease of its batch ends after 60.
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


def deliver(sender: Sender, *, ids: Collection[int] | None = None, limit: int = BATCH) -> int:
    """Send up to `limit` due letters, of those in `ids` alone where given; returns how many were claimed.

    In order: claim (one transaction), read the facts, send each letter and write its outcome (one transaction
    each). A letter that was sent but whose outcome could not be written goes out again when the lease ends, with
    the same Message-ID. While mail is paused or the server is known to be down nothing is claimed. Never raises
    for a letter that cannot be sent.
    """
    at = sender.clock()
    if sender.breaker.is_open(at):
        return 0
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
    with sender.db.reading() as connection:
        if is_mail_paused(connection) or deliveries.oldest_due(connection, at=at) is None:
            return 0
    with sender.db.transaction() as tx:
        claimed = deliveries.claim(tx, owner=owner, at=at, limit=limit, ids=ids)
    if claimed:
        _send_batch(sender, claimed, owner=owner, started=at)
    return len(claimed)


def _send_batch(sender: Sender, claimed: Sequence[Claimed], *, owner: str, started: datetime) -> None:
    with sender.db.reading() as connection:
        letters = addressed(connection, [delivery.id for delivery in claimed])
        sheets = {id_: sheet for id_, letter in letters.items() if (sheet := _enclosed_sheet(connection, letter))}
    unsent = [delivery.id for delivery in claimed]
    try:
        with sender.transport.connect() as mail:
            for delivery in claimed:
                if sender.clock() - started > LAST_START:
                    break
                _send(sender, mail, delivery, letters[delivery.id], owner, sheets.get(delivery.id))
                unsent.remove(delivery.id)
    except TransportDownError as error:
        _put_back(sender, unsent, owner=owner, reason=str(error))
        return
    if unsent:
        with sender.db.transaction() as tx:
            deliveries.give_back(tx, unsent, owner=owner, next_try_at=started)


def _enclosed_sheet(connection: Connection, letter: Addressed) -> Print | None:
    """The sheet that the leader gets with the receipt; everybody else finds it on the project's page."""
    if letter.facts.receipt is None or Audience.LEADER not in letter.facts.audiences:
        return None
    return receipt_print(connection, letter.facts.receipt[0], names_minors=True)


def _put_back(sender: Sender, unsent: Collection[int], *, owner: str, reason: str) -> None:
    """The server is down: one statement puts the whole rest of the batch back, as if it had not been claimed."""
    until = sender.breaker.trip(sender.clock())
    log.warning("the mail server is down until further notice (%s); %s letters wait", reason, len(unsent))
    with sender.db.transaction() as tx:
        deliveries.give_back(tx, unsent, owner=owner, next_try_at=until, error=reason)


def _send(
    sender: Sender, mail: MailConnection, delivery: Claimed, letter: Addressed, owner: str, sheet: Print | None
) -> None:
    try:
        _check(letter, sender.clock())
        mail.send(render(letter, sender.settings, at=sender.clock(), enclosed=sheet))
    except LetterRefusedError as refused:
        _refused(sender, delivery, owner, str(refused))
    except LetterDeferredError as deferred:
        _deferred(sender, delivery, owner, str(deferred))
    except TransportDownError:
        raise
    except Exception as error:
        # A letter that our own code cannot write must neither be lost nor hold up the others.
        log.exception("delivery %s could not be written", delivery.id)
        _deferred(sender, delivery, owner, f"{type(error).__name__}: {error}")
    else:
        sender.breaker.reset()
        with sender.db.transaction() as tx:
            was_owner = deliveries.mark_sent(tx, delivery.id, owner=owner, at=sender.clock())
        if not was_owner:
            log.warning("delivery %s went out after its lease had ended", delivery.id)


def _check(letter: Addressed, at: datetime) -> None:
    """Check once more before sending: whoever left since the relay ran gets no letter."""
    if not letter.reachable or not letter.email:
        raise LetterRefusedError("the person has no active account")
    if not letter.facts.audiences & set(AUDIENCES.get(letter.facts.topic, ())):
        raise LetterRefusedError("this no longer concerns the person")
    if letter.facts.topic is Topic.DIGEST and not still_concerning(letter.items):
        raise LetterRefusedError("nothing in it concerns the person any more")
    if "box" in letter.payload and letter.facts.until and letter.facts.until <= at:
        raise LetterRefusedError("the link in it is too old")


def _refused(sender: Sender, delivery: Claimed, owner: str, reason: str) -> None:
    log.warning("delivery %s failed: %s", delivery.id, reason)
    with sender.db.transaction() as tx:
        deliveries.mark_failed(tx, delivery.id, owner=owner, error=reason)


def _deferred(sender: Sender, delivery: Claimed, owner: str, reason: str) -> None:
    again = next_try(delivery.attempts, at=sender.clock())
    if again is None:
        _refused(sender, delivery, owner, f"given up after {delivery.attempts} tries: {reason}")
        return
    with sender.db.transaction() as tx:
        deliveries.mark_deferred(tx, delivery.id, owner=owner, next_try_at=again, error=reason)
