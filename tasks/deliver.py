"""Deliveries go out: claim a batch under a lease, send each letter, write its outcome while still its owner."""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from tasks.backoff import Breaker, next_try
from tasks.mail import Counter, LetterDeferredError, LetterRefusedError, Post, PostClosedError
from tasks.render import render
from workflow.base.calendar import utc_now
from workflow.base.settings import Settings
from workflow.db.database import Database
from workflow.notifications import deliveries
from workflow.notifications.deliveries import Claimed
from workflow.notifications.mail_pause import is_mail_paused
from workflow.notifications.message_data import Addressed, addressed
from workflow.notifications.topic_recipients import TOLD
from workflow.rules.topics import Audience
from workflow.sheet.pdf import Print
from workflow.submission.queries import receipt_print

BATCH = 20
# A letter may take up to 35 seconds, and the lease of its batch ends after 60.
LAST_START = timedelta(seconds=10)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Courier:
    """What is needed to send; one for each process, for its breaker remembers a server that is down."""

    db: Database
    settings: Settings
    post: Post
    clock: Callable[[], datetime] = utc_now
    breaker: Breaker = field(default_factory=Breaker)


def deliver(courier: Courier, *, ids: Collection[int] | None = None, limit: int = BATCH) -> int:
    """Send up to `limit` due letters, of those in `ids` alone where given; returns how many were claimed.

    In order: claim (one transaction), read the facts, send each letter and write its outcome (one transaction
    each). A letter that was sent but whose outcome could not be written goes out again when the lease ends, with
    the same Message-ID. While mail is paused or the server is known to be down nothing is claimed. Never raises
    for a letter that cannot be sent.
    """
    at = courier.clock()
    if courier.breaker.is_closed(at):
        return 0
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
    with courier.db.reading() as connection:
        if is_mail_paused(connection) or deliveries.oldest_due(connection, at=at) is None:
            return 0
    with courier.db.transaction() as tx:
        claimed = deliveries.claim(tx, owner=owner, at=at, limit=limit, ids=ids)
    if claimed:
        _send_batch(courier, claimed, owner=owner, started=at)
    return len(claimed)


def _send_batch(courier: Courier, claimed: Sequence[Claimed], *, owner: str, started: datetime) -> None:
    with courier.db.reading() as connection:
        letters = addressed(connection, [one.id for one in claimed])
        enclosed = {one: sheet for one, letter in letters.items() if (sheet := _enclosed(connection, letter))}
    left = [one.id for one in claimed]
    try:
        with courier.post.opened() as counter:
            for one in claimed:
                if courier.clock() - started > LAST_START:
                    break
                _send(courier, counter, one, letters[one.id], owner, enclosed.get(one.id))
                left.remove(one.id)
    except PostClosedError as closed:
        _close(courier, left, owner=owner, reason=str(closed))
        return
    if left:
        with courier.db.transaction() as tx:
            deliveries.give_back(tx, left, owner=owner, next_try_at=started)


def _enclosed(connection: Connection, letter: Addressed) -> Print | None:
    """What the leader gets in hand with the receipt; everybody else finds it on the project's page."""
    if letter.facts.receipt is None or Audience.LEADER not in letter.facts.audiences:
        return None
    return receipt_print(connection, letter.facts.receipt[0], names_minors=True)


def _close(courier: Courier, left: Collection[int], *, owner: str, reason: str) -> None:
    """The server is down: one statement puts the whole rest of the batch back, as if it had not been touched."""
    until = courier.breaker.trip(courier.clock())
    log.warning("the mail server is down until further notice (%s); %s letters wait", reason, len(left))
    with courier.db.transaction() as tx:
        deliveries.give_back(tx, left, owner=owner, next_try_at=until, error=reason)


def _send(
    courier: Courier, counter: Counter, one: Claimed, letter: Addressed, owner: str, enclosed: Print | None
) -> None:
    try:
        _check(letter, courier.clock())
        counter.send(render(letter, courier.settings, at=courier.clock(), enclosed=enclosed))
    except LetterRefusedError as refused:
        _refused(courier, one, owner, str(refused))
    except LetterDeferredError as deferred:
        _deferred(courier, one, owner, str(deferred))
    except PostClosedError:
        raise
    except Exception as error:
        # A letter that our own code cannot write must neither be lost nor hold up the others.
        log.exception("delivery %s could not be written", one.id)
        _deferred(courier, one, owner, f"{type(error).__name__}: {error}")
    else:
        courier.breaker.reset()
        with courier.db.transaction() as tx:
            kept = deliveries.mark_sent(tx, one.id, owner=owner, at=courier.clock())
        if not kept:
            log.warning("delivery %s went out after its lease had ended", one.id)


def _check(letter: Addressed, at: datetime) -> None:
    """Look once more before sending: whoever left since the relay ran is told nothing."""
    if not letter.reachable or not letter.email:
        raise LetterRefusedError("the person has no active account")
    if not letter.facts.audiences & set(TOLD.get(letter.facts.topic, ())):
        raise LetterRefusedError("this no longer concerns the person")
    if "box" in letter.payload and letter.facts.until and letter.facts.until <= at:
        raise LetterRefusedError("the link in it is too old")


def _refused(courier: Courier, one: Claimed, owner: str, reason: str) -> None:
    log.warning("delivery %s failed: %s", one.id, reason)
    with courier.db.transaction() as tx:
        deliveries.mark_failed(tx, one.id, owner=owner, error=reason)


def _deferred(courier: Courier, one: Claimed, owner: str, reason: str) -> None:
    again = next_try(one.attempts, at=courier.clock())
    if again is None:
        _refused(courier, one, owner, f"given up after {one.attempts} tries: {reason}")
        return
    with courier.db.transaction() as tx:
        deliveries.mark_deferred(tx, one.id, owner=owner, next_try_at=again, error=reason)
